// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/block_model.h"

#include "widgets/outliers/layer_map.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/tables/table_roles.h"

namespace bitprism {

namespace {

bool isText(int column)
{
    return column == BlockModel::WhatColumn || column == BlockModel::TextColumn
        || column == BlockModel::WhereColumn;
}

} // namespace

void BlockModel::setBlocks(const std::vector<BlockOutliers> &blocks)
{
    beginResetModel();
    m_rows.clear();
    for (const BlockOutliers &block : blocks) {
        for (std::size_t i = 0; i < block.massive.size(); ++i) {
            const QString channel = i < block.massiveChannels.size()
                ? tr("channel %1").arg(block.massiveChannels[i])
                : notMeasured();
            m_rows.push_back({block.block, false, block.massive[i], channel});
        }
        for (const AttentionSink &sink : block.sinks) {
            m_rows.push_back({block.block, true, sink.token,
                              tr("%1 of %n heads", nullptr, block.heads).arg(sink.heads)});
        }
    }
    endResetModel();
}

int BlockModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int BlockModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant BlockModel::valueOf(const Row &row, int column) const
{
    switch (column) {
    case BlockColumn:
        return static_cast<double>(row.block);
    case WhatColumn:
        return row.isSink ? tr("attention sink") : tr("massive activation");
    case TextColumn:
        return row.token.text.empty() ? notMeasured() : visibleText(row.token.text);
    case SampleColumn:
        return static_cast<double>(row.token.sample);
    case PositionColumn:
        return static_cast<double>(row.token.position);
    case ValueColumn:
        return row.token.value;
    default:
        return row.where;
    }
}

QVariant BlockModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const int column = index.column();
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    QVariant value = valueOf(row, column);
    switch (role) {
    case Qt::DisplayRole:
        return isText(column)       ? value
            : column != ValueColumn ? QVariant(formatCount(value.toLongLong()))
            : row.isSink            ? QVariant(formatShare(row.token.value))
                                    : QVariant(plotNumber(row.token.value));
    case SortRole:
        return value;
    case Qt::ToolTipRole:
        return column == TextColumn
            ? visibleText(row.token.before + row.token.text + row.token.after)
            : QString();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isText(column) ? Qt::AlignLeft : Qt::AlignRight));
    default:
        return {};
    }
}

QVariant BlockModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isText(section) ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role == Qt::ToolTipRole) {
        return section == WhatColumn
            ? tr("Massive activation: an entry of the block's output above 100 and above 1,000 "
                 "times the median. Attention sink: a token that a head gives more than 0.3 of "
                 "its attention to, whatever the text.")
            : section == ValueColumn ? tr("The entry; of a sink the share of attention it gets")
                                     : QString();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case BlockColumn:
        return tr("Block");
    case WhatColumn:
        return tr("What");
    case TextColumn:
        return tr("Token");
    case SampleColumn:
        return tr("Sample");
    case PositionColumn:
        return tr("Position");
    case ValueColumn:
        return tr("Value");
    default:
        return tr("Where");
    }
}

} // namespace bitprism
