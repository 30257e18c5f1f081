// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/page_scroll.h"

namespace bitprism {

PageScroll::PageScroll(QWidget *page, QWidget *parent)
    : QScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus); // what takes the focus inside is scrolled to
    setWidgetResizable(true);
    setWidget(page);
}

} // namespace bitprism
