// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/page_scroll.h"

#include <QEvent>
#include <QLayout>

namespace bitprism {

PageScroll::PageScroll(QWidget *page, QWidget *parent)
    : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus); // what takes the focus inside is scrolled to
    setWidgetResizable(true);
    setWidget(page);
}

bool PageScroll::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == widget() && event->type() == QEvent::LayoutRequest) {
        fit();
    }
    return QScrollArea::eventFilter(watched, event);
}

void PageScroll::resizeEvent(QResizeEvent *event)
{
    fit();
    QScrollArea::resizeEvent(event);
}

void PageScroll::fit()
{
    const QLayout *layout = widget()->layout();
    if (layout != nullptr && layout->hasHeightForWidth()) {
        const int needed = layout->totalMinimumHeightForWidth(viewport()->width());
        if (widget()->minimumHeight() != needed) {
            widget()->setMinimumHeight(needed);
        }
    }
}

} // namespace bitprism
