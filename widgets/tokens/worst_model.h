// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tokens/token_text.h"

#include <QAbstractTableModel>

namespace bitprism {

/// The tokens whose loss grew most, over all items, each with what stands around it.
class WorstModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        TokenColumn,
        ChangeColumn,
        ContextColumn,
        BeforeColumn,
        AfterColumn,
        ItemColumn,
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null: no rows.
    void setComparison(const TokenComparisonPtr &comparison);
    const PlacedPiece &place(int row) const
    {
        return m_comparison->worst[static_cast<std::size_t>(row)];
    }
    /// Below 0: the piece is not among the worst.
    int rowOf(std::size_t item, int piece) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    TokenComparisonPtr m_comparison;
};

} // namespace bitprism
