// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/worst_model.h"

#include "widgets/plot/plot_text.h"
#include "widgets/tables/table_roles.h"
#include "widgets/tokens/items_model.h"

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::size_t piecesBefore = 3; // few, so that the token does not fall off the column
constexpr std::size_t piecesAfter = 3;

QString contextOf(const ComparedItem &item, std::size_t piece)
{
    const std::size_t first = piece > piecesBefore ? piece - piecesBefore : 0;
    const std::size_t end = std::min(item.pieces.size(), piece + 1 + piecesAfter);
    QString text = first > 0 ? QStringLiteral("\u2026") : QString();
    for (std::size_t i = first; i < end; ++i) {
        text += QString::fromStdString(item.pieces[i]);
    }
    return (end < item.pieces.size() ? text + QStringLiteral("\u2026") : text).simplified();
}

} // namespace

void WorstModel::setComparison(const TokenComparisonPtr &comparison)
{
    beginResetModel();
    m_comparison = comparison;
    endResetModel();
}

int WorstModel::rowOf(std::size_t item, int piece) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (place(row).item == item && static_cast<int>(place(row).piece) == piece) {
            return row;
        }
    }
    return -1;
}

int WorstModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_comparison ? 0 : static_cast<int>(m_comparison->worst.size());
}

int WorstModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant WorstModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const PlacedPiece &at = place(index.row());
    const ComparedItem &item = m_comparison->items[at.item];
    const bool isShown = role == Qt::DisplayRole || role == Qt::ToolTipRole;
    switch (index.column()) {
    case TokenColumn:
        return isShown ? QVariant(pieceText(item.pieces[at.piece])) : QVariant();
    case ContextColumn:
        return isShown ? QVariant(contextOf(item, at.piece)) : QVariant();
    case ItemColumn:
        if (role == SortRole && item.source.empty()) {
            return static_cast<double>(item.unit) + 1; // as itemName() counts
        }
        return isShown ? QVariant(itemName(*m_comparison, at.item)) : QVariant();
    default:
        break;
    }
    const double before = item.before[at.piece];
    const double after = item.after[at.piece];
    const double value = index.column() == BeforeColumn ? before
        : index.column() == AfterColumn                 ? after
                                                        : after - before;
    if (role == SortRole) {
        return value;
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    return index.column() == ChangeColumn ? signedPlotNumber(value) : plotNumber(value);
}

QVariant WorstModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == GiveWayRole) { // the change says most
        return section == BeforeColumn ? 2 : section == AfterColumn ? 1 : 0;
    }
    if (role == Qt::TextAlignmentRole) {
        const bool isFigure
            = section == BeforeColumn || section == AfterColumn || section == ChangeColumn;
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter | (isFigure ? Qt::AlignRight : Qt::AlignLeft)));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case TokenColumn:
        return tr("Token");
    case ContextColumn:
        return tr("In context");
    case BeforeColumn:
        return tr("Before, nats");
    case AfterColumn:
        return tr("After, nats");
    case ChangeColumn:
        return tr("Change, nats");
    default:
        return tr("Item");
    }
}

} // namespace bitprism
