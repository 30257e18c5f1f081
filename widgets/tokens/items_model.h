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
        ChangeColumn,
        TextColumn,
        BeforeColumn,
        AfterColumn,
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
    QString textTitle() const;

    TokenComparisonPtr m_comparison;
};

/// What an item is called: its file's name, with the folder where it is a picture (each class has
/// its 0.png), or its number.
QString itemName(const TokenComparison &comparison, std::size_t item);

/// The item that lost most, or where nothing is compared, or nothing changed, costs most. -1: none.
int worstItem(const TokenComparison &comparison);

} // namespace bitprism
