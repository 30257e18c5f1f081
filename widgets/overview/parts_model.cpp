// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/parts_model.h"

#include "widgets/shared/format.h"

namespace bitprism {

namespace {

QString displayText(const ModelPart &part, int column)
{
    switch (column) {
    case PartsModel::PartColumn:
        return partText(part.part);
    case PartsModel::LayersColumn:
        return part.part == Part::Rest ? notMeasured() : formatCount(part.layers);
    case PartsModel::WeightsColumn:
        return formatCount(part.weights);
    case PartsModel::BitsColumn:
        return part.weights == 0
            ? notMeasured()
            : formatBits(static_cast<double>(part.bytes) * 8 / static_cast<double>(part.weights));
    case PartsModel::SizeColumn:
        return formatBytes(part.bytes);
    case PartsModel::ShareColumn:
        return formatShare(part.share);
    default:
        return {};
    }
}

QVariant alignment(int column)
{
    return QVariant::fromValue(
        Qt::Alignment(Qt::AlignVCenter)
        | (column == PartsModel::PartColumn ? Qt::AlignLeft : Qt::AlignRight));
}

} // namespace

void PartsModel::setParts(std::vector<ModelPart> parts)
{
    beginResetModel();
    m_parts = std::move(parts);
    endResetModel();
}

void PartsModel::setColors(std::vector<QColor> colors)
{
    m_colors = std::move(colors);
    if (!m_parts.empty()) {
        Q_EMIT dataChanged(index(0, PartColumn), index(rowCount() - 1, PartColumn),
                           {Qt::DecorationRole});
    }
}

int PartsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_parts.size());
}

int PartsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant PartsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const ModelPart &part = m_parts[static_cast<std::size_t>(index.row())];
    const auto color = static_cast<std::size_t>(part.part);
    switch (role) {
    case Qt::DisplayRole:
        return displayText(part, index.column());
    case Qt::TextAlignmentRole:
        return alignment(index.column());
    case Qt::DecorationRole:
        return index.column() == PartColumn && color < m_colors.size() ? QVariant(m_colors[color])
                                                                       : QVariant();
    default:
        return {};
    }
}

QVariant PartsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return alignment(section);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString titles[columnTotal]
        = {tr("Part"), tr("Layers"), tr("Weights"), tr("Bits per weight"), tr("Size"), tr("Share")};
    return titles[section];
}

} // namespace bitprism
