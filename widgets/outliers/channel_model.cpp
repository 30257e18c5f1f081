// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/channel_model.h"

#include "widgets/outliers/layer_map.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/tables/table_roles.h"

#include <algorithm>

namespace bitprism {

void ChannelModel::setLayer(const LayerOutliers &layer)
{
    beginResetModel();
    m_rows = layer.outlierChannels;
    m_median = layer.channelMaxMedian;
    endResetModel();
}

std::int64_t ChannelModel::channel(int row) const
{
    return m_rows[static_cast<std::size_t>(row)].channel;
}

int ChannelModel::rowOf(std::int64_t channel) const
{
    const auto row
        = std::find_if(m_rows.begin(), m_rows.end(),
                       [channel](const OutlierChannel &each) { return each.channel == channel; });
    return row == m_rows.end() ? -1 : static_cast<int>(row - m_rows.begin());
}

int ChannelModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ChannelModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant ChannelModel::valueOf(const OutlierChannel &channel, int column) const
{
    switch (column) {
    case ChannelColumn:
        return static_cast<double>(channel.channel);
    case LargestColumn:
        return channel.maxAbs;
    case RatioColumn:
        return m_median > 0 ? QVariant(channel.maxAbs / m_median) : QVariant();
    case GainColumn:
        return channel.gain ? QVariant(*channel.gain) : QVariant();
    default:
        return channel.tokens.empty() || channel.tokens.front().text.empty()
            ? notMeasured()
            : visibleText(channel.tokens.front().text);
    }
}

QVariant ChannelModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const int column = index.column();
    const OutlierChannel &row = m_rows[static_cast<std::size_t>(index.row())];
    QVariant value = valueOf(row, column);
    switch (role) {
    case Qt::DisplayRole:
        return column == TokenColumn ? value
            : column == ChannelColumn
            ? QVariant(formatCount(row.channel))
            : QVariant(value.isValid() ? plotNumber(value.toDouble()) : notMeasured());
    case SortRole:
        return value;
    case Qt::ToolTipRole:
        return column == TokenColumn && !row.tokens.empty() ? visibleText(
                   row.tokens.front().before + row.tokens.front().text + row.tokens.front().after)
                                                            : QString();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (column == TokenColumn ? Qt::AlignLeft : Qt::AlignRight));
    default:
        return {};
    }
}

QVariant ChannelModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (section == TokenColumn ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role == Qt::ToolTipRole) {
        return section == RatioColumn ? tr("Its largest magnitude over that of the median channel")
            : section == GainColumn   ? tr("Of the norm that feeds the layer, at this channel")
                                      : QString();
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case ChannelColumn:
        return tr("Channel");
    case LargestColumn:
        return tr("Largest");
    case RatioColumn:
        return tr("Over median");
    case GainColumn:
        return tr("Gain");
    default:
        return tr("At the token");
    }
}

} // namespace bitprism
