// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <QAbstractItemModel>

#include <map>
#include <memory>
#include <optional>
#include <string>
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
        MeasureColumn, ///< a bar of whatever was measured
        columnTotal
    };
    /// Name of the layer as in the checkpoint; empty for a block.
    static constexpr int layerRole = Qt::UserRole;
    /// Length of the layer's bar from 0 to 1; absent where nothing was measured.
    static constexpr int measureRole = Qt::UserRole + 1;

    /// One figure by layer, and what it is.
    struct Measure
    {
        QString title; ///< "KL divergence at 2 bits, nats per token"
        QString heading; ///< "KL, 2 bits"
        std::map<std::string, double> values;
        QString source{}; ///< whose they are: one run's
    };

    using QAbstractItemModel::QAbstractItemModel;

    /// Null empties the tree.
    void setModelInfo(std::shared_ptr<const ModelInfo> info);
    void setMeasure(Measure measure);
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

    std::optional<double> measured(const QModelIndex &index) const;

    std::shared_ptr<const ModelInfo> m_info;
    Measure m_measure;
    double m_largest = 0; ///< of the measure's values
    std::vector<Node> m_nodes;
};

/// Bytes of a layer's stored weights, rounded up.
std::int64_t layerBytes(const LayerInfo &layer);

} // namespace bitprism
