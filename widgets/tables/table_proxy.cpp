// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/table_proxy.h"

#include "widgets/shared/format.h"
#include "widgets/tables/table_roles.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace bitprism {

namespace {

bool isNumber(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Double:
    case QMetaType::Float:
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
        return true;
    default:
        return false;
    }
}

/// A cell without a value, or with the sign of one: models need not tell them apart.
bool isMissing(const QVariant &value)
{
    if (!value.isValid()) {
        return true;
    }
    if (isNumber(value)) {
        return std::isnan(value.toDouble());
    }
    const QString text = value.toString();
    return text.isEmpty() || text == notMeasured();
}

QVariant sortValue(const QModelIndex &index)
{
    const QVariant value = index.data(SortRole);
    return value.isValid() ? value : index.data(Qt::DisplayRole);
}

} // namespace

int compareNaturally(QStringView left, QStringView right)
{
    qsizetype i = 0;
    qsizetype j = 0;
    const auto numberAt = [](QStringView text, qsizetype &place) {
        const qsizetype start = place;
        while (place < text.size() && text[place].isDigit()) {
            ++place;
        }
        return text.mid(start, place - start).toULongLong();
    };
    while (i < left.size() && j < right.size()) {
        if (left[i].isDigit() && right[j].isDigit()) {
            const qulonglong a = numberAt(left, i);
            const qulonglong b = numberAt(right, j);
            if (a != b) {
                return a < b ? -1 : 1;
            }
            continue;
        }
        const int order = QStringView(left.mid(i, 1)).compare(right.mid(j, 1), Qt::CaseInsensitive);
        if (order != 0) {
            return order;
        }
        ++i;
        ++j;
    }
    return static_cast<int>((left.size() - i) - (right.size() - j));
}

TableProxy::TableProxy(QObject *parent)
    : QSortFilterProxyModel(parent)
{
}

void TableProxy::setWords(const QStringList &words)
{
    if (words != m_words) {
        m_words = words;
        invalidateFilter();
    }
}

bool TableProxy::isNumeric(int column) const
{
    if (sourceModel() == nullptr) {
        return false;
    }
    constexpr int examined = 50; // a column may begin with what was not measured
    const int rows = qMin(examined, sourceModel()->rowCount());
    for (int row = 0; row < rows; ++row) {
        const QVariant value = sourceModel()->index(row, column).data(SortRole);
        if (value.isValid()) {
            return isNumber(value);
        }
    }
    return false;
}

QVariant TableProxy::data(const QModelIndex &index, int role) const
{
    QVariant own = QSortFilterProxyModel::data(index, role);
    if (role != Qt::TextAlignmentRole || own.isValid()) {
        return own;
    }
    const bool isRight = isNumber(index.data(SortRole)) || isNumeric(index.column());
    return QVariant::fromValue(
        Qt::Alignment(Qt::AlignVCenter | (isRight ? Qt::AlignRight : Qt::AlignLeft)));
}

QVariant TableProxy::headerData(int section, Qt::Orientation orientation, int role) const
{
    QVariant own = QSortFilterProxyModel::headerData(section, orientation, role);
    if (orientation != Qt::Horizontal || own.isValid()) {
        return own;
    }
    if (role == Qt::ToolTipRole) { // a narrow column cuts its heading
        return QSortFilterProxyModel::headerData(section, orientation, Qt::DisplayRole);
    }
    if (role != Qt::TextAlignmentRole) {
        return own;
    }
    return QVariant::fromValue(
        Qt::Alignment(Qt::AlignVCenter | (isNumeric(section) ? Qt::AlignRight : Qt::AlignLeft)));
}

bool TableProxy::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    const QAbstractItemModel &source = *sourceModel();
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString &word) {
        for (int column = 0; column < source.columnCount(parent); ++column) {
            const QString text = source.index(row, column, parent).data().toString();
            if (text.contains(word, Qt::CaseInsensitive)) {
                return true;
            }
        }
        return false;
    });
}

bool TableProxy::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const QVariant a = sortValue(left);
    const QVariant b = sortValue(right);
    if (isMissing(a) || isMissing(b)) {
        // The view turns the order round when it descends; what is missing stays last.
        const bool isAscending = sortOrder() == Qt::AscendingOrder;
        return isMissing(a) == isMissing(b) ? false : isMissing(b) == isAscending;
    }
    if (isNumber(a) && isNumber(b)) {
        return a.toDouble() < b.toDouble();
    }
    return compareNaturally(a.toString(), b.toString()) < 0;
}

} // namespace bitprism
