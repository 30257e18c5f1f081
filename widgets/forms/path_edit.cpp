// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/path_edit.h"

#include "widgets/shared/file_drop.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>

namespace bitprism {

void PathEdit::dragEnterEvent(QDragEnterEvent *event)
{
    if (draggedPaths(*event->mimeData()).size() == 1) {
        acceptAsCopy(*event);
    } else {
        QLineEdit::dragEnterEvent(event);
    }
}

void PathEdit::dropEvent(QDropEvent *event)
{
    const QStringList paths = draggedPaths(*event->mimeData());
    if (paths.size() != 1) {
        QLineEdit::dropEvent(event);
        return;
    }
    acceptAsCopy(*event);
    selectAll();
    insert(paths.first()); // as typed: told by textEdited, and Ctrl+Z brings the old one back
}

} // namespace bitprism
