// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/table_text.h"

#include "core/report/escape.h"
#include "widgets/shared/format.h"
#include "widgets/tables/table_roles.h"

#include <QAbstractItemModel>
#include <QCoreApplication>
#include <QSet>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

QString heading(const QAbstractItemModel &model, int column)
{
    return model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
}

/// A cell must not break the table.
QString inOneLine(QString text)
{
    for (const QChar breaker : {u'\t', u'\n', u'\r'}) {
        text.replace(breaker, u' ');
    }
    return text;
}

QByteArray csvText(const QString &text)
{
    return QByteArray::fromStdString(report::csvField(text.toStdString()));
}

QByteArray csvNumber(double number)
{
    return std::isfinite(number) ? QByteArray::number(number, 'g', 17) : QByteArray();
}

QByteArray csvCell(const QModelIndex &index)
{
    const QVariant value = index.data(SortRole);
    const int type = value.typeId();
    if (type == QMetaType::Double || type == QMetaType::Float) {
        return csvNumber(value.toDouble());
    }
    if (type == QMetaType::Int || type == QMetaType::LongLong || type == QMetaType::UInt) {
        return QByteArray::number(value.toLongLong());
    }
    const QString text = index.data().toString();
    return text == notMeasured() ? QByteArray() : csvText(text);
}

QByteArray csvError(const QModelIndex &index)
{
    const QVariant error = index.data(StandardErrorRole);
    return error.isValid() ? csvNumber(error.toDouble()) : QByteArray(); // NaN: none
}

} // namespace

QString tableAsTsv(const QAbstractItemModel &model, const QList<int> &rows,
                   const QList<int> &columns)
{
    QString text;
    QStringList cells;
    for (const int column : columns) {
        cells.append(inOneLine(heading(model, column)));
    }
    text += cells.join(u'\t') + u'\n';
    for (const int row : rows) {
        cells.clear();
        for (const int column : columns) {
            cells.append(inOneLine(model.index(row, column).data().toString()));
        }
        text += cells.join(u'\t') + u'\n';
    }
    return text;
}

QByteArray tableAsCsv(const QAbstractItemModel &model, const QList<int> &rows,
                      const QList<int> &columns)
{
    QByteArrayList cells;
    QSet<int> withErrors;
    for (const int column : columns) {
        cells.append(csvText(heading(model, column)));
        if (std::any_of(rows.begin(), rows.end(),
                        [&](int row) { return !csvError(model.index(row, column)).isEmpty(); })) {
            withErrors.insert(column);
            //: a column of a file, behind that of the values; %1 what it is the error of
            const QString error = QCoreApplication::translate("TableText", "%1: standard error");
            cells.append(csvText(error.arg(heading(model, column))));
        }
    }
    QByteArray text = cells.join(',') + "\r\n";
    for (const int row : rows) {
        cells.clear();
        for (const int column : columns) {
            cells.append(csvCell(model.index(row, column)));
            if (withErrors.contains(column)) {
                cells.append(csvError(model.index(row, column)));
            }
        }
        text += cells.join(',') + "\r\n";
    }
    return text;
}

} // namespace bitprism
