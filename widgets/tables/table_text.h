// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

class QAbstractItemModel;

namespace bitprism {

/// `rows` and `columns` of a model with their headings, as other programs take them.

/// As shown, cells between tabs: for the clipboard.
QString tableAsTsv(const QAbstractItemModel &model, const QList<int> &rows,
                   const QList<int> &columns);
/// RFC 4180 in UTF-8. Numbers are the values behind the texts (SortRole) with a full stop; what was
/// not measured is an empty field. Behind a column whose cells have a standard error
/// (StandardErrorRole) stands one of those errors.
QByteArray tableAsCsv(const QAbstractItemModel &model, const QList<int> &rows,
                      const QList<int> &columns);

} // namespace bitprism
