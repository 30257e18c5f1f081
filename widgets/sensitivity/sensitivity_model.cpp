// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sensitivity/sensitivity_model.h"

#include "widgets/plot/plot_text.h"
#include "widgets/sensitivity/sensitivity_metric.h"
#include "widgets/shared/format.h"
#include "widgets/shared/text.h"
#include "widgets/tables/table_roles.h"

#include <cmath>
#include <optional>

namespace bitprism {

namespace {

std::optional<SensitivityMetric> metricOf(int column)
{
    switch (column) {
    case SensitivityModel::KlColumn:
        return SensitivityMetric::KlDivergence;
    case SensitivityModel::DeltaNllColumn:
        return SensitivityMetric::DeltaNll;
    case SensitivityModel::PredictedColumn:
        return SensitivityMetric::PredictedDeltaNll;
    case SensitivityModel::OutputErrorColumn:
        return SensitivityMetric::OutputError;
    case SensitivityModel::WeightErrorColumn:
        return SensitivityMetric::WeightError;
    default:
        return std::nullopt;
    }
}

bool isText(int column)
{
    return column == SensitivityModel::LayerColumn || column == SensitivityModel::KindColumn;
}

} // namespace

void SensitivityModel::setTable(std::shared_ptr<const SensitivityTable> table,
                                std::shared_ptr<const ModelInfo> model)
{
    // While a job runs the same cells fill up: the rows, and with them sorting, selection and
    // scroll position, stay.
    const bool isSameShape = m_table && table && m_model == model
        && m_table->cells.size() == table->cells.size() && m_table->widths == table->widths
        && m_table->model == table->model;
    if (isSameShape) {
        m_table = std::move(table);
        findNotations();
        if (rowCount() > 0) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnTotal - 1));
        }
        return;
    }
    beginResetModel();
    m_table = std::move(table);
    m_model = std::move(model);
    findNotations();
    m_kinds.clear();
    for (std::size_t i = 0; m_model && i < m_model->layers.size(); ++i) {
        m_kinds.emplace(m_model->layers[i].name, layerKindText(m_model->layers[i].kind));
    }
    endResetModel();
}

void SensitivityModel::findNotations()
{
    for (int column = 0; column < columnTotal; ++column) {
        const std::optional<SensitivityMetric> metric = metricOf(column);
        std::vector<double> values;
        for (int row = 0; metric && row < rowCount(); ++row) {
            values.push_back(metricValue(cell(row), *metric));
        }
        constexpr int leastDigits = 2;
        m_notations[static_cast<std::size_t>(column)] = commonNotation(values, 4, leastDigits);
    }
}

int SensitivityModel::rowOf(const QString &layer, int bits) const
{
    const std::string name = layer.toStdString();
    for (int row = 0; row < rowCount(); ++row) {
        if (cell(row).layer == name && (bits == 0 || cell(row).bits == bits)) {
            return row;
        }
    }
    return -1;
}

int SensitivityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_table ? 0 : static_cast<int>(m_table->cells.size());
}

int SensitivityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QString SensitivityModel::kindOf(const SensitivityCell &cell) const
{
    const auto kind = m_kinds.find(cell.layer);
    return kind == m_kinds.end() ? notMeasured() : kind->second;
}

QVariant SensitivityModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const SensitivityCell &row = cell(index.row());
    const int column = index.column();
    const std::optional<SensitivityMetric> metric = metricOf(column);
    switch (role) {
    case Qt::DisplayRole:
        if (metric) {
            return notedNumber(metricValue(row, *metric), metricError(row, *metric),
                               m_notations[static_cast<std::size_t>(column)]);
        }
        return column == LayerColumn ? QString::fromStdString(row.layer)
            : column == KindColumn   ? kindOf(row)
            : column == BitsColumn   ? QString::number(row.bits)
                                     : formatBytes((row.storageBits + 7) / 8);
    case SortRole:
        if (metric) {
            return metricValue(row, *metric);
        }
        return column == LayerColumn ? QVariant(QString::fromStdString(row.layer))
            : column == KindColumn   ? QVariant(kindOf(row))
            : column == BitsColumn   ? QVariant(static_cast<double>(row.bits))
                                     : QVariant(static_cast<double>((row.storageBits + 7) / 8));
    case StandardErrorRole:
        return metric ? QVariant(metricError(row, *metric)) : QVariant();
    case MutedRole:
        return metric && isInsideNoise(row, *metric);
    case Qt::ToolTipRole:
        return metric && isInsideNoise(row, *metric)
            ? tr("Below its standard error: cannot be told from nothing.")
            : QString();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isText(column) ? Qt::AlignLeft : Qt::AlignRight));
    default:
        return {};
    }
}

QVariant SensitivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    const std::optional<SensitivityMetric> metric = metricOf(section);
    if (role == Qt::ToolTipRole) {
        //: a measure with its unit, and its definition
        return metric ? tr("%1: %2").arg(metricAxis(*metric), metricDefinition(*metric))
                      : QString();
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isText(section) ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (metric) {
        return metricHeading(*metric);
    }
    return section == LayerColumn ? tr("Layer")
        : section == KindColumn   ? tr("Kind")
        : section == BitsColumn   ? tr("Bits")
                                  : tr("Size");
}

} // namespace bitprism
