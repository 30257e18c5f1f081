// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"

#include <QAbstractTableModel>

#include <vector>

namespace bitprism {

/// The exceptions of a recipe as an editable table. Edits are only proposed: the recipe's document
/// makes them and shows the table anew.
class OverridesModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        MatchColumn,
        BitsColumn,
        SkipColumn,
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setOverrides(std::vector<LayerOverride> overrides);
    const std::vector<LayerOverride> &overrides() const { return m_overrides; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void proposed(const std::vector<bitprism::LayerOverride> &overrides);

private:
    std::vector<LayerOverride> m_overrides;
};

} // namespace bitprism
