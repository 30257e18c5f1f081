// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_text.h"

#include <QWidget>

class QLabel;

namespace bitprism {

/// The small card by the pointer: exact values, their rank, and what a click does. It lies above
/// the plot and lets the mouse through.
class HoverCard : public QWidget
{
    Q_OBJECT

public:
    explicit HoverCard(QWidget *parent);

    /// Beside `point` of the parent, wherever there is room.
    void showReading(const PlotReading &reading, const QString &hint, const QPointF &point);
    void showMessage(const QString &text);
    QString text() const;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void place(const QPointF &point);

    QLabel *m_label;
    QString m_text;
};

} // namespace bitprism
