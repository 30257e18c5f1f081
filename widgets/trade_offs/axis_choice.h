// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/project_reader.h"
#include "widgets/trade_offs/quantity.h"

#include <QObject>

#include <string>
#include <vector>

class QComboBox;
class QWidget;

namespace bitprism {

/// What stands on the axes of the trade-offs: two boxes of all that the runs have.
class AxisChoice : public QObject
{
    Q_OBJECT

public:
    explicit AxisChoice(QWidget *parent);

    /// Lists what the runs have. What the user chose stays chosen, unless another model is open that
    /// has no run with it; else it is the main measure of the open model, and the size.
    void setRuns(const RunList &runs, const std::string &modelHash);
    const std::vector<Quantity> &quantities() const { return m_quantities; }
    /// A run of the open model has it; true for all where none has any.
    bool isOfModel(std::size_t quantity) const { return m_ofModel == 0 || quantity < m_ofModel; }
    /// Only where there are quantities.
    const Quantity &x() const { return at(*m_xBox); }
    const Quantity &y() const { return at(*m_yBox); }
    QComboBox &xBox() { return *m_xBox; }
    QComboBox &yBox() { return *m_yBox; }

Q_SIGNALS:
    /// The user chose another.
    void changed();

private:
    const Quantity &at(const QComboBox &box) const;

    std::vector<Quantity> m_quantities; ///< those of the open model first
    std::size_t m_ofModel = 0;
    std::string m_modelHash; ///< that they were listed for
    bool m_isChosen = false; ///< the measure, by the user
    QComboBox *m_xBox;
    QComboBox *m_yBox;
};

} // namespace bitprism
