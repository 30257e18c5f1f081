// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QAbstractItemView;

namespace bitprism {

/// Where a list without a current row gets the focus, one is marked, so that it shows where the
/// keyboard goes. Qt does so too, but tells it like a choice: here nobody is told.
class QuietFocus : public QObject
{
    Q_OBJECT

public:
    /// The view, which has its model, owns it.
    explicit QuietFocus(QAbstractItemView &view);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QAbstractItemView &m_view;
};

} // namespace bitprism
