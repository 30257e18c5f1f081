// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/quantity.h"

#include "widgets/shared/format.h"
#include "widgets/tables/figures.h"

#include <QCoreApplication>
#include <QFileInfo>

#include <cmath>
#include <map>
#include <set>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(TradeOffs)
};

const store::HeadlineMetric *metricOf(const store::RunRecord &run, const Quantity &quantity)
{
    for (const store::HeadlineMetric &metric : run.metrics) {
        if (metric.task == quantity.task && metric.data == quantity.data) {
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

QString fileName(const std::string &path)
{
    return QFileInfo(QString::fromStdString(path)).fileName();
}

/// Titles of what a task measures; the data's file only where there are several.
void addTitles(Quantity &quantity, const std::string &unit, bool namesData)
{
    switch (quantity.kind) {
    case Quantity::Kind::DeltaNll:
        quantity.title = Texts::tr("Loss above the unquantized model, nats per token");
        quantity.shortTitle = Texts::tr("Loss above, nats");
        break;
    case Quantity::Kind::Divergence:
        quantity.title = Texts::tr("KL divergence from the unquantized model, nats per token");
        quantity.shortTitle = Texts::tr("KL, nats");
        break;
    default:
        if (quantity.task == "perplexity") {
            quantity.title = Texts::tr("Perplexity");
        } else if (quantity.task == "kl-divergence") {
            quantity.title = Texts::tr("KL divergence from the unquantized model, nats per token");
            quantity.shortTitle = Texts::tr("KL, nats");
        } else {
            quantity.title = unit.empty()
                ? QString::fromStdString(quantity.task)
                : QString("%1, %2").arg(QString::fromStdString(quantity.task),
                                        QString::fromStdString(unit));
        }
        if (quantity.shortTitle.isEmpty()) {
            quantity.shortTitle = quantity.title;
        }
    }
    if (namesData) {
        //: a measure, and the file it was measured on
        quantity.title = Texts::tr("%1 (%2)").arg(quantity.title, fileName(quantity.data));
        quantity.shortTitle
            = Texts::tr("%1 (%2)").arg(quantity.shortTitle, fileName(quantity.data));
    }
}

} // namespace

bool Quantity::isHigherBetter() const
{
    return kind == Kind::Metric
        && (task == "accuracy" || task == "top1-agreement" || task == "zero-shot-images");
}

std::optional<QuantityValue> valueOf(const store::RunRecord &run, const Quantity &quantity)
{
    switch (quantity.kind) {
    case Quantity::Kind::Bytes:
        return run.bytes ? std::optional(QuantityValue{static_cast<double>(*run.bytes), {}})
                         : std::nullopt;
    case Quantity::Kind::AverageBits:
        return withError(run.averageBits, std::nullopt);
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

std::optional<double> baselineOf(std::span<const store::RunRecord> runs, const Quantity &quantity)
{
    if (quantity.isLoss()) {
        return 0; // against itself
    }
    if (quantity.kind != Quantity::Kind::Metric) {
        return std::nullopt;
    }
    for (const store::RunRecord &run : runs) {
        const store::HeadlineMetric *metric = metricOf(run, quantity);
        if (metric != nullptr && metric->baseline) {
            return metric->baseline;
        }
    }
    return std::nullopt;
}

std::vector<Quantity> quantitiesOf(std::span<const store::RunRecord> runs)
{
    std::vector<Quantity> all{
        {Quantity::Kind::Bytes, {}, {}, Texts::tr("Size of the checkpoint, MB"), Texts::tr("Size")},
        {Quantity::Kind::AverageBits,
         {},
         {},
         Texts::tr("Average bits per quantized weight"),
         Texts::tr("Average bits")}};
    std::map<std::string, std::set<std::string>> dataOf;
    std::map<std::pair<std::string, std::string>, store::HeadlineMetric> known;
    for (const store::RunRecord &run : runs) {
        for (const store::HeadlineMetric &metric : run.metrics) {
            dataOf[metric.task].insert(metric.data);
            store::HeadlineMetric &merged = known[{metric.task, metric.data}];
            merged.unit = metric.unit;
            merged.deltaNll = merged.deltaNll ? merged.deltaNll : metric.deltaNll;
            merged.klDivergence = merged.klDivergence ? merged.klDivergence : metric.klDivergence;
        }
    }
    for (const auto &[key, metric] : known) {
        const auto add = [&](Quantity::Kind kind) {
            Quantity quantity{kind, key.first, key.second, {}, {}};
            addTitles(quantity, metric.unit, dataOf[key.first].size() > 1);
            all.push_back(std::move(quantity));
        };
        add(Quantity::Kind::Metric);
        if (metric.deltaNll) {
            add(Quantity::Kind::DeltaNll);
        }
        if (metric.klDivergence && key.first != "kl-divergence") {
            add(Quantity::Kind::Divergence);
        }
    }
    all.push_back({Quantity::Kind::Seconds,
                   {},
                   {},
                   Texts::tr("Time to quantize and measure, s"),
                   Texts::tr("Time")});
    return all;
}

QString quantityText(const std::optional<QuantityValue> &value, const Quantity &quantity)
{
    if (!value) {
        return notMeasured();
    }
    switch (quantity.kind) {
    case Quantity::Kind::Bytes:
        return formatBytes(static_cast<std::int64_t>(value->value));
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
