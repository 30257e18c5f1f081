// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/file_drop.h"

#include <QDir>
#include <QDropEvent>
#include <QMimeData>
#include <QUrl>

namespace bitprism {

QStringList draggedPaths(const QMimeData &data)
{
    QStringList paths;
    for (const QUrl &url : data.urls()) {
        if (!url.isLocalFile()) {
            return {};
        }
        paths.append(QDir::cleanPath(url.toLocalFile()));
    }
    return paths;
}

void acceptAsCopy(QDropEvent &event)
{
    event.setDropAction(event.possibleActions().testFlag(Qt::CopyAction) ? Qt::CopyAction
                                                                         : Qt::LinkAction);
    event.accept();
}

} // namespace bitprism
