// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

namespace bitprism {

/// Around a view's page: where the window is lower than the page needs, the page is scrolled
/// instead of squeezed until its plots say nothing.
class PageScroll : public QScrollArea
{
    Q_OBJECT

public:
    explicit PageScroll(QWidget *page, QWidget *parent = nullptr);
};

} // namespace bitprism
