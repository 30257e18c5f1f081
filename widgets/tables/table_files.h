// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

class QTableView;
class QWidget;

namespace bitprism {

/// Writes a table's CSV, whole or not at all, while the window goes on; what fails is told in a box
/// above `table`.
void writeCsv(QWidget &table, const QString &path, const QByteArray &csv);

/// Asks where, and writes; a name without an ending becomes a .csv file. What fails is told.
void askAndWriteCsv(QWidget *parent, const QString &name, const QByteArray &csv);

/// Copying (selected rows, or all where none is) and saving as CSV for a plain table that is too
/// small for a DataTable's head: by key and by its context menu. `name` is what files are called.
void addCopying(QTableView &table, const QString &name);

} // namespace bitprism
