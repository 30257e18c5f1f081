// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace bitprism {

/// The checkpoint as a tree: one row a block with its layers below, and one row for each layer
/// outside the blocks (embedding, head), in the checkpoint's order.
class ModelTreeModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column
    {
        NameColumn,
        KindColumn,
        ShapeColumn,
        BitsColumn,
        SizeColumn,
        columnTotal
    };
    /// Name of the layer as in the checkpoint; empty for a block.
    static constexpr int layerRole = Qt::UserRole;

    using QAbstractItemModel::QAbstractItemModel;

    /// Null empties the tree.
    void setModelInfo(std::shared_ptr<const ModelInfo> info);
    /// Invalid for an unknown name.
    QModelIndex indexOfLayer(const QString &name) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    /// A top row: a block, or a single layer outside the blocks.
    struct Node
    {
        QString name;
        bool isBlock = false;
        std::vector<int> layers; ///< places in ModelInfo::layers
        std::size_t prefix = 0; ///< characters that all layers of the block begin with
        std::int64_t weights = 0;
        std::int64_t bytes = 0;
    };

    const LayerInfo *layerAt(const QModelIndex &index) const;
    QString displayText(const QModelIndex &index) const;
    QString toolTip(const QModelIndex &index) const;
    void buildNodes();
    void closeBlock(Node &node) const;

    std::shared_ptr<const ModelInfo> m_info;
    std::vector<Node> m_nodes;
};

/// Bytes of a layer's stored weights, rounded up.
std::int64_t layerBytes(const LayerInfo &layer);

} // namespace bitprism
