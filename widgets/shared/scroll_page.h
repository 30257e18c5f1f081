// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

namespace bitprism {

/// A page that is scrolled where the window is lower than it needs, instead of squeezed until its
/// plots say nothing; without a frame.
class ScrollPage : public QScrollArea
{
    Q_OBJECT

public:
    /// A page that keys scroll: where it has the focus, that shows around it, and screen readers
    /// say `name`.
    ScrollPage(QWidget *content, const QString &name, QWidget *parent);
    /// A page whose parts take the focus, and are scrolled to.
    ScrollPage(QWidget *content, QWidget *parent);

protected:
    bool event(QEvent *event) override;
};

} // namespace bitprism
