// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tokens/token_text.h"

#include <QWidget>

class QPainter;

namespace bitprism {

/// The colours of TokenText with what they stand for.
class ChangeLegend : public QWidget
{
    Q_OBJECT

public:
    explicit ChangeLegend(QWidget *parent = nullptr);

    void setComparison(const TokenComparisonPtr &comparison);
    QSize sizeHint() const override;
    /// At the origin, as large as sizeHint().
    void draw(QPainter &painter) const;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString leftText() const;
    QString rightText() const;

    TokenComparisonPtr m_comparison;
};

} // namespace bitprism
