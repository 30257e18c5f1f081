// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"

#include <QAbstractTableModel>

namespace bitprism {

/// Massive activations and attention sinks of every block, one a row.
class BlockModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        BlockColumn,
        WhatColumn,
        TextColumn,
        SampleColumn,
        PositionColumn,
        ValueColumn,
        WhereColumn, ///< channel, or number of heads
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setBlocks(const std::vector<BlockOutliers> &blocks);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row
    {
        int block = 0;
        bool isSink = false;
        TokenMark token;
        QString where;
    };

    QVariant valueOf(const Row &row, int column) const;

    std::vector<Row> m_rows;
};

} // namespace bitprism
