// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/model_tree/layer_name_delegate.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>

namespace bitprism {

QString fittingLayerName(const QString &name, const std::function<bool(const QString &)> &fits)
{
    QStringList parts = name.split('.');
    for (qsizetype i = 0; i + 1 < parts.size() && !fits(parts.join('.')); ++i) {
        parts[i] = parts[i].left(1);
    }
    return parts.join('.');
}

void LayerNameDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QWidget *widget = cell.widget;
    const QStyle *style = widget == nullptr ? QApplication::style() : widget->style();
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, &cell, widget) + 1;
    const int room
        = style->subElementRect(QStyle::SE_ItemViewItemText, &cell, widget).width() - 2 * margin;
    cell.text = fittingLayerName(cell.text, [&](const QString &text) {
        return cell.fontMetrics.horizontalAdvance(text) <= room;
    });
    cell.textElideMode = Qt::ElideLeft; // ends tell layers apart
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);
}

} // namespace bitprism
