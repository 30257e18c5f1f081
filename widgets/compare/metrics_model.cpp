// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/compare/metrics_model.h"

#include "widgets/shared/format.h"
#include "widgets/tables/figures.h"
#include "widgets/tables/table_roles.h"
#include "widgets/tables/task_title.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace bitprism {

namespace {

QString taskText(const ComparedMetric &metric)
{
    if (metric.task == "perplexity") {
        return MetricsModel::tr("Perplexity; change, nats");
    }
    if (metric.task == "kl-divergence") {
        return MetricsModel::tr("KL, nats per token");
    }
    return taskMeasure(metric.task, metric.unit);
}

template <typename Pointer> std::optional<double> value(const Pointer &evaluation)
{
    return evaluation ? std::optional(evaluation->value) : std::nullopt;
}

template <typename Pointer> std::optional<double> error(const Pointer &evaluation)
{
    return evaluation ? std::optional(evaluation->standardError) : std::nullopt;
}

} // namespace

void MetricsModel::setComparison(ComparisonPtr comparison)
{
    beginResetModel();
    m_comparison = std::move(comparison);
    m_rows.clear();
    if (m_comparison) {
        for (const ComparedMetric &metric : m_comparison->metrics) {
            m_rows.push_back(metricRow(metric));
        }
        m_rows.push_back(bitsRow());
        m_rows.push_back(bytesRow());
        addFigures();
        m_rows.push_back(secondsRow());
    }
    endResetModel();
}

MetricsModel::Row MetricsModel::metricRow(const ComparedMetric &metric) const
{
    Row row;
    row.name = taskText(metric);
    if (!metric.distinction.empty()) {
        //: a measure, and what tells it from another by the same task
        row.name = tr("%1 (%2)").arg(row.name, QString::fromStdString(metric.distinction));
    }
    row.tip = QString::fromStdString(metric.data);
    const Evaluation *baseline = metric.commonBaseline();
    row.cells.push_back({formatMeasured(value(baseline), error(baseline)), value(baseline), row.tip,
                         false, false, error(baseline)});
    const std::vector<std::size_t> best = bestRuns(metric);
    for (std::size_t run = 0; run < metric.runs.size(); ++run) {
        const ComparedMetric::Value &entry = metric.runs[run];
        const bool isBest = std::find(best.begin(), best.end(), run) != best.end();
        const QString above = entry.baselineDifference
            ? tr("%1 %2 from the unquantized model")
                  .arg(formatDifference(entry.baselineDifference,
                                        entry.baselineDifferenceStandardError),
                       QString::fromStdString(metric.differenceUnit))
            : QString();
        row.cells.push_back({formatMeasured(value(entry.measured), error(entry.measured)),
                             value(entry.measured), above, false, isBest, error(entry.measured)});
        if (run > 0) {
            row.cells.push_back(differenceCell(entry));
        }
    }
    return row;
}

MetricsModel::Cell MetricsModel::differenceCell(const ComparedMetric::Value &entry)
{
    Cell cell;
    cell.text = formatDifference(entry.difference, entry.differenceStandardError);
    cell.value = entry.difference;
    cell.error = entry.differenceStandardError;
    cell.isMuted = isInsideError(entry.difference, entry.differenceStandardError);
    if (!entry.difference) {
        return cell;
    }
    if (entry.isUnpaired()) {
        //: a difference whose error is not that of the same windows in both runs
        cell.text = tr("%1, unpaired").arg(cell.text);
    }
    cell.tip = entry.isPaired
        ? tr("Paired over the same windows")
        : tr("Not paired: the runs do not both keep what the same windows gave, so the error is "
             "that of two independent measurements");
    if (cell.isMuted) {
        cell.tip = tr("%1; no larger than its standard error").arg(cell.tip);
    }
    return cell;
}

namespace {

/// Runs with the least value where not all are equal.
std::vector<bool> leastOf(const std::vector<std::optional<double>> &values)
{
    std::optional<double> least;
    std::optional<double> most;
    for (const std::optional<double> &each : values) {
        if (each) {
            least = least ? std::min(*least, *each) : *each;
            most = most ? std::max(*most, *each) : *each;
        }
    }
    std::vector<bool> best;
    for (const std::optional<double> &each : values) {
        best.push_back(each && least != most && *each == *least);
    }
    return best;
}

} // namespace

MetricsModel::Row MetricsModel::bitsRow() const
{
    Row row;
    row.name = tr("Average bits");
    row.tip = tr("Stored bits of quantized layers, scales and all else included, divided by their "
                 "weights");
    row.cells.push_back({notMeasured(), std::nullopt, {}, false, false});
    std::vector<std::optional<double>> values;
    for (const ComparedRun &run : m_comparison->runs) {
        values.push_back(run.record.averageBits);
    }
    const std::vector<bool> best = leastOf(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
        row.cells.push_back({formatBits(values[i]), values[i], {}, false, best[i]});
        if (i > 0) {
            const std::optional<double> change
                = values[i] && values[0] ? std::optional(*values[i] - *values[0]) : std::nullopt;
            row.cells.push_back({formatDifference(change, std::nullopt), change, {}, false, false});
        }
    }
    return row;
}

MetricsModel::Row MetricsModel::bytesRow() const
{
    Row row;
    row.name = tr("Size");
    row.tip = tr("All tensors of the checkpoint, unquantized ones included");
    row.cells.push_back({notMeasured(), std::nullopt, {}, false, false});
    std::vector<std::optional<double>> values;
    for (const ComparedRun &run : m_comparison->runs) {
        values.push_back(run.bytes ? std::optional(static_cast<double>(*run.bytes)) : std::nullopt);
    }
    const std::vector<bool> best = leastOf(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::optional<std::int64_t> &bytes = m_comparison->runs[i].bytes;
        row.cells.push_back(
            {bytes ? formatBytes(*bytes) : notMeasured(), values[i], {}, false, best[i]});
        if (i > 0) {
            const std::optional<std::int64_t> &first = m_comparison->runs[0].bytes;
            QString text = notMeasured();
            std::optional<double> change;
            if (bytes && first) {
                const std::int64_t bytesMore = *bytes - *first;
                change = static_cast<double>(bytesMore);
                text = bytesMore == 0 ? QStringLiteral("0")
                    : bytesMore > 0   ? QString("+%1").arg(formatBytes(bytesMore))
                                      : QString("\u2212%1").arg(formatBytes(-bytesMore));
            }
            row.cells.push_back({text, change, {}, false, false});
        }
    }
    return row;
}

MetricsModel::Row MetricsModel::figureRow(const QString &name, const QString &tip,
                                          const Getter &figure, const Writer &text) const
{
    Row row;
    row.name = name;
    row.tip = tip;
    row.cells.push_back({notMeasured(), std::nullopt, {}, false, false});
    std::vector<std::optional<double>> values;
    for (const ComparedRun &run : m_comparison->runs) {
        values.push_back(figure(run));
    }
    const std::vector<bool> best = leastOf(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
        row.cells.push_back(
            {values[i] ? text(*values[i]) : notMeasured(), values[i], {}, false, best[i]});
        if (i > 0) {
            std::optional<double> change;
            if (values[i] && values[0].value_or(0) > 0) {
                change = *values[i] / *values[0] - 1;
            }
            const QString sign = change.value_or(0) > 0 ? QStringLiteral("+")
                : change.value_or(0) < 0                ? QStringLiteral("\u2212")
                                                        : QString();
            row.cells.push_back({!change            ? notMeasured()
                                     : *change == 0 ? QStringLiteral("0")
                                                    : sign + formatShare(std::abs(*change)),
                                 change,
                                 {},
                                 false,
                                 false});
        }
    }
    return row;
}

void MetricsModel::addFigures()
{
    const std::vector<Row> rows{
        figureRow(
            tr("Weight error"), tr("Mean squared error of the quantized weights"),
            [](const ComparedRun &run) { return run.meanWeightError(); },
            [](double x) { return formatFigure(x); }),
        figureRow(
            tr("Output error"),
            tr("Squared error of the layers' outputs relative to the outputs' squares, mean over "
               "all weights"),
            [](const ComparedRun &run) { return run.meanOutputError(); },
            [](double x) { return formatFigure(x); }),
        figureRow(
            tr("Bit operations per token"),
            tr("Multiply-accumulates times the bits of both operands, over all products"),
            [](const ComparedRun &run) { return run.record.bitOperations; },
            [](double x) { return formatCompactCount(std::llround(x)); }),
        figureRow(
            tr("Bytes moved per token"),
            tr("Weights, activations and the cache, read and written for one token"),
            [](const ComparedRun &run) { return run.record.memoryIoBytes; },
            [](double x) { return formatBytes(std::llround(x)); })};
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(m_rows), [](const Row &row) {
        return std::any_of(row.cells.begin(), row.cells.end(),
                           [](const Cell &cell) { return cell.value.has_value(); });
    });
}

MetricsModel::Row MetricsModel::secondsRow() const
{
    Row row;
    row.name = tr("Time");
    row.cells.push_back({notMeasured(), std::nullopt, {}, false, false});
    for (std::size_t i = 0; i < m_comparison->runs.size(); ++i) {
        const std::optional<double> &seconds = m_comparison->runs[i].record.seconds;
        row.cells.push_back({formatSeconds(seconds), seconds, {}, false, false});
        if (i > 0) {
            row.cells.push_back({QString(), std::nullopt, {}, false, false});
        }
    }
    return row;
}

int MetricsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int MetricsModel::columnCount(const QModelIndex &parent) const
{
    if (parent.isValid() || !m_comparison) {
        return 0;
    }
    return 1 + 2 * static_cast<int>(m_comparison->runs.size());
}

QVariant MetricsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() == nameColumn) {
        return role == Qt::DisplayRole ? QVariant(row.name)
            : role == Qt::ToolTipRole  ? QVariant(row.name + u'\n' + row.tip) // it may be cut
                                       : QVariant();
    }
    const Cell &cell = row.cells[static_cast<std::size_t>(index.column() - baselineColumn)];
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.tip;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | Qt::AlignRight));
    case SortRole:
        return cell.value ? QVariant(*cell.value) : QVariant();
    case StandardErrorRole:
        return cell.error ? QVariant(*cell.error) : QVariant();
    case MutedRole:
        return cell.isMuted;
    case BestRole:
        return cell.isBest;
    default:
        return {};
    }
}

QVariant MetricsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (section == nameColumn ? Qt::AlignLeft : Qt::AlignRight)));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (section == nameColumn) {
        return tr("Metric");
    }
    if (section == baselineColumn) {
        return tr("Unquantized");
    }
    const int run = section == 2 ? 0 : (section - 1) / 2;
    const QString name
        = QString::fromStdString(m_comparison->runs[static_cast<std::size_t>(run)].record.name);
    //: a column of differences from the first run
    return section == valueColumn(run) ? name : tr("Difference");
}

} // namespace bitprism
