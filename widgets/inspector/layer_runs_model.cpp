// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/layer_runs_model.h"

#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/tables/table_roles.h"

#include <limits>

namespace bitprism {

void LayerRunsModel::setRuns(std::vector<LayerRun> runs)
{
    beginResetModel();
    m_runs = std::move(runs);
    std::vector<double> errors;
    for (const LayerRun &each : m_runs) {
        errors.push_back(each.outputMse.value_or(0));
    }
    constexpr int digits = 2;
    m_errors = commonNotation(errors, digits, digits);
    endResetModel();
}

std::optional<double> LayerRunsModel::againstRtn(int row) const
{
    const LayerRun &mine = run(row);
    for (const LayerRun &other : m_runs) {
        if (other.quantizer == QLatin1String("rtn") && other.bits == mine.bits && mine.outputMse
            && other.outputMse && *other.outputMse > 0) {
            return *mine.outputMse / *other.outputMse;
        }
    }
    return std::nullopt;
}

int LayerRunsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}

int LayerRunsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant LayerRunsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    const LayerRun &row = run(index.row());
    const int column = index.column();
    const std::optional<double> against = againstRtn(index.row());
    const double number = column == BitsColumn ? row.bits
        : column == ErrorColumn                ? row.outputMse.value_or(none)
        : against                              ? 100 * (*against - 1)
                                               : none;
    switch (role) {
    case Qt::DisplayRole:
        if (column == RunColumn) {
            return row.name;
        }
        if (column == BitsColumn) {
            return formatBits(row.bits);
        }
        return column == AgainstColumn && against
            ? tr("%1 %").arg(signedNotedNumber(number, Notation()))
            : notedNumber(number, m_errors);
    case SortRole:
        return column == RunColumn ? QVariant(row.name) : QVariant(number);
    case Qt::ToolTipRole:
        return column == RunColumn
            ? tr("%1, weight error %2").arg(row.name, plotNumber(row.weightMse))
            : QString();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (column == RunColumn ? Qt::AlignLeft : Qt::AlignRight));
    default:
        return {};
    }
}

QVariant LayerRunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    if (role == Qt::ToolTipRole) {
        return section == ErrorColumn
            ? tr("Squared error of the layer's output, as a share of the output's square.")
            : section == AgainstColumn
            ? tr(
                "How much larger or smaller the error is than that of rounding to nearest (rtn) at "
                "the same bits, in per cent.")
            : QString();
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (section == RunColumn ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString titles[columnTotal] = {tr("Run"), tr("Bits"), tr("Error"), tr("vs rtn")};
    return titles[section];
}

} // namespace bitprism
