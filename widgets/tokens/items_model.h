// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tokens/token_text.h"

#include <QAbstractTableModel>

namespace bitprism {

/// The items of an evaluation with what each cost before and after.
class ItemsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        ItemColumn,
        TextColumn,
        BeforeColumn,
        AfterColumn,
        ChangeColumn,
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Null: no rows.
    void setComparison(const TokenComparisonPtr &comparison);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    TokenComparisonPtr m_comparison;
};

/// What an item is called: its file's name, or its number.
QString itemName(const TokenComparison &comparison, std::size_t item);

} // namespace bitprism
