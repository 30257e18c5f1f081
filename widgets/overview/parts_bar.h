// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/overview/model_parts.h"

#include <QColor>
#include <QWidget>

#include <vector>

namespace bitprism {

/// The model's bytes as one bar, cut by part. The table below it holds the same figures.
class PartsBar : public QWidget
{
    Q_OBJECT

public:
    explicit PartsBar(QWidget *parent = nullptr);

    /// `share` of the width is filled, for a model that is that much smaller than the one above.
    void setParts(std::vector<ModelPart> parts, double share = 1);
    /// Colours by place in the enumeration Part.
    static std::vector<QColor> colors(const QPalette &palette);

    QSize sizeHint() const override;

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    QRectF rectOf(std::size_t part) const;

    std::vector<ModelPart> m_parts;
    double m_share = 1;
};

} // namespace bitprism
