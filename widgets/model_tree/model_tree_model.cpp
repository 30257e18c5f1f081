// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/model_tree/model_tree_model.h"

#include "widgets/shared/format.h"
#include "widgets/shared/text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr quintptr topLevel = 0; // children carry their parent's row plus one

/// Length of the longest common beginning of two names that ends with a dot.
std::size_t commonPrefix(const std::string &a, const std::string &b, std::size_t limit)
{
    std::size_t end = 0;
    const std::size_t length = std::min({a.size(), b.size(), limit});
    for (std::size_t i = 0; i < length && a[i] == b[i]; ++i) {
        if (a[i] == '.') {
            end = i + 1;
        }
    }
    return end;
}

/// Not what another layer's tensor holds already (ALBERT's blocks share one).
bool isStoredOnce(const LayerInfo &layer) { return layer.source.empty(); }

} // namespace

std::int64_t layerBytes(const LayerInfo &layer)
{
    const double bits = static_cast<double>(layer.rows) * static_cast<double>(layer.cols);
    return static_cast<std::int64_t>(std::ceil(bits * layer.bits / 8));
}

void ModelTreeModel::setModelInfo(std::shared_ptr<const ModelInfo> info)
{
    beginResetModel();
    m_info = std::move(info);
    buildNodes();
    endResetModel();
}

void ModelTreeModel::setMeasure(Measure measure)
{
    m_measure = std::move(measure);
    m_largest = 0;
    for (const auto &[layer, value] : m_measure.values) {
        m_largest = std::max(m_largest, value);
    }
    Q_EMIT headerDataChanged(Qt::Horizontal, MeasureColumn, MeasureColumn);
    for (int row = 0; row < rowCount(); ++row) {
        const QModelIndex place = index(row, MeasureColumn);
        Q_EMIT dataChanged(place, place);
        const QModelIndex block = index(row, 0);
        if (rowCount(block) > 0) {
            Q_EMIT dataChanged(index(0, MeasureColumn, block),
                               index(rowCount(block) - 1, MeasureColumn, block));
        }
    }
}

/// A layer's own figure; for a block the largest of its layers.
std::optional<double> ModelTreeModel::measured(const QModelIndex &index) const
{
    const auto valueOf = [this](const LayerInfo &layer) -> std::optional<double> {
        const auto found = m_measure.values.find(layer.name);
        return found == m_measure.values.end() ? std::nullopt : std::optional(found->second);
    };
    if (const LayerInfo *layer = layerAt(index)) {
        return valueOf(*layer);
    }
    std::optional<double> largest;
    for (const int place : m_nodes[static_cast<std::size_t>(index.row())].layers) {
        const auto value = valueOf(m_info->layers[static_cast<std::size_t>(place)]);
        largest = value && value > largest ? value : largest;
    }
    return largest;
}

void ModelTreeModel::buildNodes()
{
    m_nodes.clear();
    if (!m_info) {
        return;
    }
    int stack = -1;
    int block = -1;
    for (int i = 0; i < static_cast<int>(m_info->layers.size()); ++i) {
        const LayerInfo &layer = m_info->layers[static_cast<std::size_t>(i)];
        const bool isNew = m_nodes.empty() || layer.block < 0 || !m_nodes.back().isBlock
            || layer.block != block || layer.stack != stack;
        if (isNew) {
            Node node;
            node.isBlock = layer.block >= 0;
            node.prefix = layer.name.size();
            node.name = QString::fromStdString(layer.name);
            if (node.isBlock && m_info->stacks.size() > 1) {
                const StackInfo &info = m_info->stacks.at(static_cast<std::size_t>(layer.stack));
                node.name
                    = tr("Block %1, %2").arg(layer.block).arg(QString::fromStdString(info.name));
            } else if (node.isBlock) {
                node.name = tr("Block %1").arg(layer.block);
            }
            m_nodes.push_back(std::move(node));
        }
        Node &node = m_nodes.back();
        node.layers.push_back(i);
        if (isStoredOnce(layer)) {
            node.weights += layer.rows * layer.cols;
            node.bytes += layerBytes(layer);
        }
        stack = layer.stack;
        block = layer.block;
    }
    for (Node &node : m_nodes) {
        closeBlock(node);
    }
}

void ModelTreeModel::closeBlock(Node &node) const
{
    const std::string &first = m_info->layers[static_cast<std::size_t>(node.layers[0])].name;
    for (const int place : node.layers) {
        const std::string &name = m_info->layers[static_cast<std::size_t>(place)].name;
        node.prefix = commonPrefix(first, name, node.prefix);
    }
}

QModelIndex ModelTreeModel::indexOfLayer(const QString &name) const
{
    for (int row = 0; row < static_cast<int>(m_nodes.size()); ++row) {
        const Node &node = m_nodes[static_cast<std::size_t>(row)];
        for (int child = 0; child < static_cast<int>(node.layers.size()); ++child) {
            const int place = node.layers[static_cast<std::size_t>(child)];
            if (m_info->layers[static_cast<std::size_t>(place)].name == name.toStdString()) {
                return node.isBlock ? index(child, 0, index(row, 0)) : index(row, 0);
            }
        }
    }
    return {};
}

QModelIndex ModelTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column,
                       parent.isValid() ? static_cast<quintptr>(parent.row() + 1) : topLevel);
}

QModelIndex ModelTreeModel::parent(const QModelIndex &child) const
{
    if (!child.isValid() || child.internalId() == topLevel) {
        return {};
    }
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, topLevel);
}

int ModelTreeModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid()) {
        return static_cast<int>(m_nodes.size());
    }
    if (parent.internalId() != topLevel || parent.column() != 0) {
        return 0;
    }
    const Node &node = m_nodes[static_cast<std::size_t>(parent.row())];
    return node.isBlock ? static_cast<int>(node.layers.size()) : 0;
}

int ModelTreeModel::columnCount(const QModelIndex &) const { return columnTotal; }

const LayerInfo *ModelTreeModel::layerAt(const QModelIndex &index) const
{
    const bool isTop = index.internalId() == topLevel;
    const std::size_t row = isTop ? static_cast<std::size_t>(index.row()) : index.internalId() - 1;
    const Node &node = m_nodes[row];
    if (isTop && node.isBlock) {
        return nullptr;
    }
    const int place = node.layers[isTop ? 0 : static_cast<std::size_t>(index.row())];
    return &m_info->layers[static_cast<std::size_t>(place)];
}

QVariant ModelTreeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const LayerInfo *layer = layerAt(index);
    switch (role) {
    case Qt::DisplayRole:
        return displayText(index);
    case Qt::ToolTipRole:
        return toolTip(index);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment(Qt::AlignVCenter)
            | (index.column() >= ShapeColumn ? Qt::AlignRight : Qt::AlignLeft));
    case measureRole:
        if (const std::optional<double> value = measured(index);
            value && m_largest > 0 && index.column() == MeasureColumn) {
            return std::max(0.0, *value / m_largest);
        }
        return {};
    case layerRole:
        return layer == nullptr ? QString() : QString::fromStdString(layer->name);
    default:
        return {};
    }
}

QString ModelTreeModel::displayText(const QModelIndex &index) const
{
    const LayerInfo *layer = layerAt(index);
    if (layer == nullptr) {
        const Node &node = m_nodes[static_cast<std::size_t>(index.row())];
        switch (index.column()) {
        case NameColumn:
            return node.name;
        case BitsColumn:
            return node.weights == 0 ? notMeasured()
                                     : formatBits(static_cast<double>(node.bytes) * 8
                                                  / static_cast<double>(node.weights));
        case SizeColumn:
            return node.bytes > 0 ? formatBytes(node.bytes) : tr("shared");
        default:
            return {};
        }
    }
    switch (index.column()) {
    case NameColumn: {
        const bool isTop = index.internalId() == topLevel;
        const std::size_t prefix = isTop ? 0 : m_nodes[index.internalId() - 1].prefix;
        return QString::fromStdString(layer->name.substr(prefix));
    }
    case KindColumn:
        return layerKindText(layer->kind);
    case ShapeColumn:
        return tr("%1 \u00d7 %2").arg(layer->rows).arg(layer->cols);
    case BitsColumn:
        return formatBits(layer->bits);
    case SizeColumn:
        //: in the column of sizes: the weights are those of an earlier layer
        return isStoredOnce(*layer) ? formatBytes(layerBytes(*layer)) : tr("shared");
    default:
        return {};
    }
}

QString ModelTreeModel::toolTip(const QModelIndex &index) const
{
    if (index.column() == MeasureColumn) {
        const std::optional<double> value = measured(index);
        const int digits = 4;
        if (!value) {
            return tr("Nothing was measured of this yet.");
        }
        return tr("%1: %2").arg(m_measure.title, QLocale().toString(*value, 'g', digits)) + '\n'
            + m_measure.source;
    }
    const LayerInfo *layer = layerAt(index);
    if (layer == nullptr) {
        return m_nodes[static_cast<std::size_t>(index.row())].name; // a narrow column cuts it
    }
    //: a layer's name, kind, rows, columns, type and bits
    const QString text = tr("%1\n%2, %3 \u00d7 %4, stored as %5, %6 bits a weight")
                             .arg(QString::fromStdString(layer->name), layerKindText(layer->kind))
                             .arg(layer->rows)
                             .arg(layer->cols)
                             .arg(QString::fromStdString(layer->dtype), formatBits(layer->bits));
    return isStoredOnce(*layer)
        ? text
        : text + '\n' + tr("Shares the weights of %1").arg(QString::fromStdString(layer->source));
}

QVariant ModelTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (section >= ShapeColumn ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == Qt::ToolTipRole && section == MeasureColumn) {
        return m_measure.title + '\n' + m_measure.source;
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (section == MeasureColumn && !m_measure.heading.isEmpty()) {
        return m_measure.heading;
    }
    const QString titles[columnTotal]
        = {tr("Layer"), tr("Kind"), tr("Shape"), tr("Bits"), tr("Size"), tr("Measured")};
    return titles[section];
}

} // namespace bitprism
