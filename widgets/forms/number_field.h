// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <QLineEdit>

#include <optional>

namespace bitprism {

/// A field for one number with its range. What is typed is judged while it is typed; arrow keys
/// and the wheel (with the focus) step evenly, or by ratio where the scale is logarithmic.
class NumberField : public QLineEdit
{
    Q_OBJECT

public:
    explicit NumberField(QWidget *parent = nullptr);

    void setRange(double min, double max, Scale scale, bool isInteger);
    void setValue(double value);
    /// Nothing while the text is no number or outside the range.
    std::optional<double> value() const;
    /// What is wrong with the text, for the user; empty: nothing.
    QString problem() const;
    void step(int steps);

Q_SIGNALS:
    /// The user changed the text; it may be wrong.
    void valueEdited();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    QString textOf(double value) const;
    double stepped(double value, int steps) const;

    double m_min = 0;
    double m_max = 1;
    Scale m_scale = Scale::Linear;
    bool m_isInteger = false;
};

} // namespace bitprism
