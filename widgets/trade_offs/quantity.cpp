// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/quantity.h"

#include "core/report/distinction.h"
#include "widgets/shared/format.h"
#include "widgets/tables/figures.h"
#include "widgets/tables/task_title.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct QuantityTexts
{
    Q_DECLARE_TR_FUNCTIONS(TradeOffs)
};

const store::HeadlineMetric *metricOf(const store::RunRecord &run, const Quantity &quantity)
{
    for (const store::HeadlineMetric &metric : run.metrics) {
        if (isSameMeasurement(metric, quantity)) {
            return &metric;
        }
    }
    return nullptr;
}

std::optional<QuantityValue> withError(const std::optional<double> &value,
                                       const std::optional<double> &error)
{
    return value ? std::optional(QuantityValue{*value, error}) : std::nullopt;
}

/// What a measurement's data are called beside other data of the task.
struct DataName
{
    QString whole; ///< for titles
    QString brief; ///< for headings
};

/// The file's name, after the nearest folder that tells it from other data of the task: samples
/// call their texts alike. In brief the folder alone.
DataName dataName(const store::HeadlineMetric &metric,
                  const std::vector<store::HeadlineMetric> &all)
{
    const QStringList own = QString::fromStdString(metric.data).split(u'/');
    qsizetype up = 0; // steps from the end to the part that differs from all others
    for (const store::HeadlineMetric &other : all) {
        if (other.task != metric.task || other.data == metric.data) {
            continue;
        }
        const QStringList parts = QString::fromStdString(other.data).split(u'/');
        qsizetype alike = 0;
        while (alike < std::min(own.size(), parts.size()) - 1
               && own.at(own.size() - 1 - alike) == parts.at(parts.size() - 1 - alike)) {
            ++alike;
        }
        up = std::max(up, alike);
    }
    const QString &telling = own.at(own.size() - 1 - up);
    return {up == 0 ? telling : telling + u'/' + own.last(), telling};
}

/// Behind a title, in brackets.
void addRemark(Quantity &quantity, const QString &remark, const QString &brief)
{
    //: a measure, and the file or the way it was measured
    quantity.title = QuantityTexts::tr("%1 (%2)").arg(quantity.title, remark);
    quantity.shortTitle = QuantityTexts::tr("%1 (%2)").arg(quantity.shortTitle, brief);
}

/// The value of a task in a table's heading; empty where its title is short enough.
QString briefMeasure(const std::string &task)
{
    return task == "masked-nll"      ? QuantityTexts::tr("Masked NLL, nats")
        : task == "kl-divergence"    ? QuantityTexts::tr("KL, nats")
        : task == "wer"              ? QuantityTexts::tr("Word errors, %")
        : task == "accuracy"         ? QuantityTexts::tr("Accuracy")
        : task == "zero-shot-images" ? QuantityTexts::tr("Zero-shot accuracy")
        : task == "output-error"     ? QuantityTexts::tr("Output error")
                                     : QString();
}

/// Titles of what a task measures; `data` names its data where there are several, else it is empty.
void addTitles(Quantity &quantity, const std::string &unit, const DataName &data)
{
    const bool isMasked = quantity.task == "masked-nll"; // its tokens are fewer, and others
    switch (quantity.kind) {
    case Quantity::Kind::DeltaNll:
        quantity.title = isMasked
            ? QuantityTexts::tr("Masked loss above the unquantized model, nats per masked token")
            : QuantityTexts::tr("Loss above the unquantized model, nats per token");
        quantity.shortTitle = isMasked ? QuantityTexts::tr("Masked loss above, nats")
                                       : QuantityTexts::tr("Loss above, nats");
        break;
    case Quantity::Kind::Divergence:
        quantity.title
            = QuantityTexts::tr("KL divergence from the unquantized model, nats per token");
        quantity.shortTitle = QuantityTexts::tr("KL, nats");
        break;
    default:
        quantity.title = quantity.task == "kl-divergence"
            ? QuantityTexts::tr("KL divergence from the unquantized model, nats per token")
            : taskMeasure(quantity.task, unit);
        quantity.shortTitle = briefMeasure(quantity.task);
        if (quantity.shortTitle.isEmpty()) {
            quantity.shortTitle = quantity.title;
        }
    }
    quantity.axis = quantity.title;
    if (!data.whole.isEmpty()) {
        addRemark(quantity, data.whole, data.brief);
    }
}

} // namespace

std::optional<QuantityValue> valueOf(const store::RunRecord &run, const Quantity &quantity)
{
    switch (quantity.kind) {
    case Quantity::Kind::Bytes:
        return run.bytes ? std::optional(QuantityValue{static_cast<double>(*run.bytes), {}})
                         : std::nullopt;
    case Quantity::Kind::AverageBits:
        return withError(run.averageBits, std::nullopt);
    case Quantity::Kind::BitOperations:
        return withError(run.bitOperations, std::nullopt);
    case Quantity::Kind::MovedBytes:
        return withError(run.memoryIoBytes, std::nullopt);
    case Quantity::Kind::Seconds:
        return withError(run.seconds, std::nullopt);
    default:
        break;
    }
    const store::HeadlineMetric *metric = metricOf(run, quantity);
    if (metric == nullptr) {
        return std::nullopt;
    }
    switch (quantity.kind) {
    case Quantity::Kind::DeltaNll:
        return withError(metric->deltaNll, metric->deltaNllStandardError);
    case Quantity::Kind::Divergence:
        return withError(metric->klDivergence, metric->klStandardError);
    default:
        return withError(metric->value, metric->standardError);
    }
}

bool Quantity::isLoss() const
{
    return kind == Kind::DeltaNll || kind == Kind::Divergence
        || (kind == Kind::Metric && task == "kl-divergence");
}

bool isInsideNoise(const QuantityValue &value, const Quantity &quantity)
{
    return quantity.isLoss() && value.standardError
        && std::abs(value.value) <= *value.standardError;
}

std::optional<double> baselineOf(std::span<const store::RunRecord> runs, const Quantity &quantity,
                                 const std::string &modelHash)
{
    if (quantity.isLoss()) {
        return 0; // against itself
    }
    if (quantity.kind != Quantity::Kind::Metric) {
        return std::nullopt;
    }
    for (const store::RunRecord &run : runs) {
        const store::HeadlineMetric *metric
            = run.modelHash == modelHash ? metricOf(run, quantity) : nullptr;
        if (metric != nullptr && metric->baseline) {
            return metric->baseline;
        }
    }
    return std::nullopt;
}

namespace {

/// All that were measured, by task and data; of each what any run knows.
std::vector<store::HeadlineMetric> measurementsOf(std::span<const store::RunRecord> runs)
{
    std::vector<store::HeadlineMetric> known;
    for (const store::RunRecord &run : runs) {
        for (const store::HeadlineMetric &metric : run.metrics) {
            const auto found = std::find_if(known.begin(), known.end(), [&](const auto &other) {
                return isSameMeasurement(other, metric);
            });
            if (found == known.end()) {
                known.push_back(metric);
                continue;
            }
            found->deltaNll = found->deltaNll ? found->deltaNll : metric.deltaNll;
            found->klDivergence = found->klDivergence ? found->klDivergence : metric.klDivergence;
        }
    }
    std::stable_sort(known.begin(), known.end(), [](const auto &a, const auto &b) {
        return std::pair(a.task, a.data) < std::pair(b.task, b.data);
    });
    return known;
}

/// What the runs have of a measurement: its value, and losses beside it.
void addMeasurement(const store::HeadlineMetric &metric,
                    const std::vector<store::HeadlineMetric> &all,
                    std::vector<Quantity> &quantities)
{
    const bool namesData = std::any_of(all.begin(), all.end(), [&](const auto &other) {
        return other.task == metric.task && other.data != metric.data;
    });
    const QString distinction = QString::fromStdString(distinctionOf(metric, all));
    const auto add = [&](Quantity::Kind kind) {
        Quantity quantity{kind, metric.task, metric.data, {}, {}};
        quantity.key = metric.key;
        quantity.length = metric.length;
        quantity.stride = metric.stride;
        quantity.isTaskHigherBetter = metric.higherIsBetter;
        addTitles(quantity, metric.unit, namesData ? dataName(metric, all) : DataName());
        if (!distinction.isEmpty()) {
            addRemark(quantity, distinction, distinction);
        }
        quantities.push_back(std::move(quantity));
    };
    add(Quantity::Kind::Metric);
    if (metric.deltaNll) {
        add(Quantity::Kind::DeltaNll);
    }
    if (metric.klDivergence && metric.task != "kl-divergence") {
        add(Quantity::Kind::Divergence);
    }
}

} // namespace

std::vector<Quantity> quantitiesOf(std::span<const store::RunRecord> runs)
{
    std::vector<Quantity> all{{Quantity::Kind::Bytes,
                               {},
                               {},
                               QuantityTexts::tr("Size of the checkpoint, MB"),
                               QuantityTexts::tr("Size")},
                              {Quantity::Kind::AverageBits,
                               {},
                               {},
                               QuantityTexts::tr("Average bits per quantized weight"),
                               QuantityTexts::tr("Average bits")}};
    const std::vector<store::HeadlineMetric> known = measurementsOf(runs);
    for (const store::HeadlineMetric &metric : known) {
        addMeasurement(metric, known, all);
    }
    const auto isKnown = [&](std::optional<double> store::RunRecord::*figure) {
        return std::any_of(runs.begin(), runs.end(),
                           [&](const store::RunRecord &run) { return (run.*figure).has_value(); });
    };
    if (isKnown(&store::RunRecord::bitOperations)) {
        all.push_back({Quantity::Kind::BitOperations,
                       {},
                       {},
                       QuantityTexts::tr("Bit operations per token"),
                       QuantityTexts::tr("Bit operations")});
    }
    if (isKnown(&store::RunRecord::memoryIoBytes)) {
        all.push_back({Quantity::Kind::MovedBytes,
                       {},
                       {},
                       QuantityTexts::tr("Bytes moved per token, MB"),
                       QuantityTexts::tr("Moved")});
    }
    all.push_back({Quantity::Kind::Seconds,
                   {},
                   {},
                   QuantityTexts::tr("Time to quantize and measure, s"),
                   QuantityTexts::tr("Time")});
    return all;
}

QString quantityText(const std::optional<QuantityValue> &value, const Quantity &quantity)
{
    if (!value) {
        return notMeasured();
    }
    switch (quantity.kind) {
    case Quantity::Kind::Bytes:
    case Quantity::Kind::MovedBytes:
        return formatBytes(static_cast<std::int64_t>(value->value));
    case Quantity::Kind::BitOperations:
        return formatCompactCount(static_cast<std::int64_t>(value->value));
    case Quantity::Kind::AverageBits:
        return formatBits(value->value);
    case Quantity::Kind::Seconds:
        return formatSeconds(value->value);
    case Quantity::Kind::DeltaNll:
        return formatDifference(value->value, value->standardError);
    default:
        return formatMeasured(value->value, value->standardError);
    }
}

} // namespace bitprism
