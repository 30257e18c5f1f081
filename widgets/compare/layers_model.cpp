// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/compare/layers_model.h"

#include "widgets/shared/format.h"
#include "widgets/tables/figures.h"
#include "widgets/tables/table_roles.h"

namespace bitprism {

QString layerMeasureText(LayerMeasure measure)
{
    switch (measure) {
    case LayerMeasure::OutputError:
        return ComparedLayersModel::tr("Output error, relative");
    case LayerMeasure::WeightError:
        return ComparedLayersModel::tr("Weight error, squared");
    case LayerMeasure::Bits:
        return ComparedLayersModel::tr("Bits per code");
    case LayerMeasure::StoredBits:
        return ComparedLayersModel::tr("Stored bits per weight");
    }
    return {};
}

QString layerDifferenceTitle(LayerMeasure measure, const QString &run, const QString &reference)
{
    switch (measure) {
    case LayerMeasure::OutputError:
        //: %1 a run, %2 the run it is compared with
        return ComparedLayersModel::tr("Difference in each layer's output error, as a share of "
                                       "the output's square: %1 against %2")
            .arg(run, reference);
    case LayerMeasure::WeightError:
        //: %1 a run, %2 the run it is compared with
        return ComparedLayersModel::tr("Difference in the mean squared error of each layer's "
                                       "weights: %1 against %2")
            .arg(run, reference);
    case LayerMeasure::Bits:
        //: %1 a run, %2 the run it is compared with
        return ComparedLayersModel::tr("Difference in bits per code, layer by layer: %1 against %2")
            .arg(run, reference);
    case LayerMeasure::StoredBits:
        //: %1 a run, %2 the run it is compared with
        return ComparedLayersModel::tr(
                   "Difference in stored bits per weight, layer by layer: %1 against %2")
            .arg(run, reference);
    }
    return {};
}

void ComparedLayersModel::setComparison(std::shared_ptr<const Comparison> comparison,
                                        std::size_t run, LayerMeasure measure)
{
    beginResetModel();
    m_comparison = std::move(comparison);
    m_run = run;
    m_measure = measure;
    std::vector<double> values;
    std::vector<double> differences;
    for (int row = 0; row < rowCount(); ++row) {
        for (const Column column : {FirstColumn, OtherColumn}) {
            values.push_back(value(row, column).value_or(0));
        }
        differences.push_back(difference(row).value_or(0));
    }
    m_values = commonNotation(values);
    m_differences = commonNotation(differences);
    endResetModel();
}

QString ComparedLayersModel::layer(int row) const
{
    return QString::fromStdString(m_comparison->layers[static_cast<std::size_t>(row)].name);
}

int ComparedLayersModel::rowOf(const QString &layer) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (m_comparison->layers[static_cast<std::size_t>(row)].name == layer.toStdString()) {
            return row;
        }
    }
    return -1;
}

std::optional<double> ComparedLayersModel::difference(int row) const
{
    return value(row, DifferenceColumn);
}

std::optional<double> ComparedLayersModel::value(int row, int column) const
{
    const ComparedLayer &layer = m_comparison->layers[static_cast<std::size_t>(row)];
    if (column == DifferenceColumn) {
        return layerDifference(layer, m_run, m_measure);
    }
    const bool isFirst = column == FirstBitsColumn || column == FirstColumn;
    const std::optional<RunLayer> &entry = layer.runs[isFirst ? 0 : m_run];
    const bool isBits = column == FirstBitsColumn || column == OtherBitsColumn;
    return entry ? layerValue(*entry, isBits ? LayerMeasure::Bits : m_measure) : std::nullopt;
}

int ComparedLayersModel::rowCount(const QModelIndex &parent) const
{
    const bool isEmpty = parent.isValid() || !m_comparison || m_run >= m_comparison->runs.size();
    return isEmpty ? 0 : static_cast<int>(m_comparison->layers.size());
}

int ComparedLayersModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant ComparedLayersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (index.column() == LayerColumn) {
        return role == Qt::DisplayRole || role == Qt::ToolTipRole ? QVariant(layer(index.row()))
                                                                  : QVariant();
    }
    if (role != Qt::DisplayRole && role != SortRole) {
        return {};
    }
    const std::optional<double> shown = value(index.row(), index.column());
    if (role == SortRole) {
        return shown ? QVariant(*shown) : QVariant();
    }
    if (index.column() == FirstBitsColumn || index.column() == OtherBitsColumn) {
        return formatBits(shown);
    }
    if (!shown) {
        return notMeasured();
    }
    return index.column() == DifferenceColumn ? differenceText(index.row())
                                              : notedNumber(*shown, m_values);
}

QString ComparedLayersModel::differenceText(int row) const
{
    const std::optional<double> shown = difference(row);
    return shown ? signedNotedNumber(*shown, m_differences) : notMeasured();
}

QString ComparedLayersModel::runName(std::size_t run) const
{
    return m_comparison && run < m_comparison->runs.size()
        ? QString::fromStdString(m_comparison->runs[run].record.name)
        : QString();
}

QVariant ComparedLayersModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (section == LayerColumn ? Qt::AlignLeft : Qt::AlignRight)));
    }
    if (role == Qt::ToolTipRole) {
        const bool isFirst = section == FirstColumn || section == FirstBitsColumn;
        return section == LayerColumn || section == DifferenceColumn ? QString()
                                                                     : runName(isFirst ? 0 : m_run);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case LayerColumn:
        return tr("Layer");
    case FirstColumn:
        return tr("Reference");
    case OtherColumn:
        return tr("This run");
    case FirstBitsColumn:
        return tr("Reference's bits");
    case OtherBitsColumn:
        return tr("Bits");
    case DifferenceColumn:
        return tr("Difference");
    default:
        return {};
    }
}

} // namespace bitprism
