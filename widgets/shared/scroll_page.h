// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QScrollArea>

namespace bitprism {

/// A page that scrolls up and down, without a frame; where it has the keyboard's focus, which
/// scrolls it, that shows around it.
class ScrollPage : public QScrollArea
{
    Q_OBJECT

public:
    /// `name` is said by screen readers.
    ScrollPage(QWidget *content, const QString &name, QWidget *parent);

protected:
    bool event(QEvent *event) override;
};

} // namespace bitprism
