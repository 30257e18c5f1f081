// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/model_tree/layer_name_delegate.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>

namespace bitprism {

QString fittingLayerName(const QString &name, const std::function<bool(const QString &)> &fits)
{
    const qsizetype dot = name.lastIndexOf('.');
    if (dot < 0 || fits(name)) {
        return name;
    }
    const QString last = name.mid(dot + 1);
    for (qsizetype kept = dot; kept > 0; --kept) {
        const QString form = name.left(kept) + QChar(0x2026) + last;
        if (fits(form)) {
            return form;
        }
    }
    return last;
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
    // Both ends tell layers apart; of a block, named before its part of the model, the number does.
    cell.textElideMode = cell.text.contains('.') ? Qt::ElideMiddle : Qt::ElideRight;
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);
}

} // namespace bitprism
