// SPDX-License-Identifier: GPL-3.0-or-later
// The part of PlotFrame that goes through its items: what is chosen, and what can be.
#include "widgets/plot/plot_frame.h"

#include <QSet>

namespace bitprism {

std::vector<QRectF> PlotFrame::selectedRects() const
{
    std::vector<QRectF> rects;
    const QSet<QString> ids(m_selected.begin(), m_selected.end());
    for (int item = 0; !ids.isEmpty() && item < itemCount(); ++item) {
        if (isChoosable(item) && ids.contains(itemId(item))) {
            rects.push_back(itemRect(item));
        }
    }
    return rects;
}

QStringList PlotFrame::idsIn(const QRectF &pixels) const
{
    QStringList ids;
    QSet<QString> taken;
    for (int item = 0; item < itemCount(); ++item) {
        const QRectF rect = itemRect(item);
        const QString id = itemId(item);
        if (isChoosable(item) && !rect.isEmpty() && pixels.contains(rect.center())
            && !taken.contains(id)) {
            taken.insert(id);
            ids.append(id);
        }
    }
    return ids;
}

int PlotFrame::neighbour(int item, Qt::Key key) const
{
    return nextChoosable(item, key == Qt::Key_Right || key == Qt::Key_Down ? 1 : -1);
}

int PlotFrame::nextChoosable(int item, int step) const
{
    int next = item + step;
    while (next >= 0 && next < itemCount() && !isChoosable(next)) {
        next += step;
    }
    return next >= 0 && next < itemCount() ? next : item;
}

int PlotFrame::choosableAt(const QPointF &pixel) const
{
    const int item = itemAt(pixel);
    return item >= 0 && isChoosable(item) ? item : -1;
}

} // namespace bitprism
