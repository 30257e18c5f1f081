// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"

#include <QAbstractTableModel>

namespace bitprism {

/// The largest channels of one layer.
class ChannelModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        ChannelColumn,
        LargestColumn,
        RatioColumn, ///< to the median channel
        GainColumn,
        TokenColumn, ///< that excites it most
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setLayer(const LayerOutliers &layer);
    std::int64_t channel(int row) const;
    /// -1: the channel is not among the largest.
    int rowOf(std::int64_t channel) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant valueOf(const OutlierChannel &channel, int column) const;

    std::vector<OutlierChannel> m_rows;
    double m_median = 0;
};

} // namespace bitprism
