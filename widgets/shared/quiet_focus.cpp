// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/quiet_focus.h"

#include <QAbstractItemView>
#include <QFocusEvent>
#include <QItemSelectionModel>
#include <QSignalBlocker>

namespace bitprism {

QuietFocus::QuietFocus(QAbstractItemView &view)
    : QObject(&view)
    , m_view(view)
{
    view.installEventFilter(this);
}

bool QuietFocus::eventFilter(QObject *watched, QEvent *event)
{
    QItemSelectionModel *rows = m_view.selectionModel();
    if (event->type() != QEvent::FocusIn || rows == nullptr || rows->currentIndex().isValid()) {
        return QObject::eventFilter(watched, event);
    }
    if (static_cast<QFocusEvent *>(event)->reason() == Qt::MouseFocusReason) {
        m_view.setCurrentIndex({}); // keeps Qt from it: the click itself says which row
    } else {
        const QSignalBlocker quiet(rows);
        rows->setCurrentIndex(m_view.indexAt({1, 1}), QItemSelectionModel::NoUpdate);
        m_view.viewport()->update();
    }
    return QObject::eventFilter(watched, event);
}

} // namespace bitprism
