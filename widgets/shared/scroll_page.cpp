// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/scroll_page.h"

#include "widgets/shared/window_style.h"

#include <QEvent>
#include <QPainter>

namespace bitprism {

namespace {

constexpr int focusMargin = 2; // for the frame of the focus

} // namespace

ScrollPage::ScrollPage(QWidget *content, QWidget *parent)
    : QScrollArea(parent)
{
    setWidget(content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
}

ScrollPage::ScrollPage(QWidget *content, const QString &name, QWidget *parent)
    : ScrollPage(content, parent)
{
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(name);
    setFocusPolicy(Qt::TabFocus); // a click beside the controls wants nothing
    setViewportMargins(focusMargin, focusMargin, focusMargin, focusMargin);
}

bool ScrollPage::event(QEvent *event)
{
    const bool isDone = QScrollArea::event(event);
    if (event->type() == QEvent::Paint && hasFocus()) {
        const int by = focusMargin;
        QPainter painter(this);
        drawFocusFrame(painter, viewport()->geometry().adjusted(-by, -by, by, by), palette());
    }
    return isDone;
}

} // namespace bitprism
