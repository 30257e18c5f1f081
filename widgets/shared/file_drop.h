// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

class QDropEvent;
class QMimeData;

namespace bitprism {

/// The files and folders of this machine that are dragged; none where anything else is among them.
QStringList draggedPaths(const QMimeData &data);

/// Whatever is proposed, files are only read: who moves would delete them afterwards.
void acceptAsCopy(QDropEvent &event);

} // namespace bitprism
