// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/label_placement.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"

#include <algorithm>

namespace bitprism::chart {

namespace {

using report::say;

struct Candidate
{
    std::string name;
    bool isOnFront = false;
    double bytes = 0;
    double value = 0;
    double standardError = 0;
};

/// The decimal unit that the largest size is read in.
struct SizeUnit
{
    const char *name = "MB";
    double bytes = 1e6;
};

SizeUnit unitFor(const std::vector<Candidate> &candidates)
{
    double largest = 0;
    for (const Candidate &candidate : candidates) {
        largest = std::max(largest, candidate.bytes);
    }
    return largest >= 1e9 ? SizeUnit{"GB", 1e9}
        : largest >= 1e6  ? SizeUnit{"MB", 1e6}
                          : SizeUnit{"kB", 1e3};
}

/// The first metric that at least two sized runs have.
const ComparedMetric *sharedMetric(const Comparison &comparison)
{
    for (const ComparedMetric &metric : comparison.metrics) {
        int count = 0;
        for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
            count += comparison.runs[i].bytes && metric.runs[i].measured ? 1 : 0;
        }
        if (count >= 2) {
            return &metric;
        }
    }
    return nullptr;
}

/// The loss above the unquantized model says more than two losses beside each other: its standard
/// error is that of pairs of windows. It is shown where every run has it.
bool hasDifferences(const Comparison &comparison, const ComparedMetric &metric)
{
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const ComparedMetric::Value &value = metric.runs[i];
        if (comparison.runs[i].bytes && value.measured
            && !(value.baselineDifference && value.baselineDifferenceStandardError)) {
            return false;
        }
    }
    return metric.lowerIsBetter && metric.differenceUnit == "nats per token";
}

std::vector<Candidate> candidatesOf(const Comparison &comparison, const ComparedMetric &metric,
                                    bool isDifference)
{
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const ComparedRun &run = comparison.runs[i];
        const ComparedMetric::Value &value = metric.runs[i];
        if (!run.bytes || !value.measured) {
            continue;
        }
        Candidate candidate;
        candidate.name = run.record.name;
        candidate.isOnFront
            = std::find(comparison.pareto.begin(), comparison.pareto.end(), run.record.id)
            != comparison.pareto.end();
        candidate.bytes = static_cast<double>(*run.bytes);
        candidate.value = isDifference ? *value.baselineDifference : value.measured->value;
        candidate.standardError
            = isDifference ? *value.baselineDifferenceStandardError : value.measured->standardError;
        candidates.push_back(candidate);
    }
    return candidates;
}

/// A step line: between two runs of the front nothing smaller is as good.
std::vector<Point> frontOf(const Plot &plot, std::vector<Candidate> candidates,
                           const SizeUnit &unit)
{
    std::erase_if(candidates, [](const Candidate &candidate) { return !candidate.isOnFront; });
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate &a, const Candidate &b) { return a.bytes < b.bytes; });
    std::vector<Point> steps;
    for (const Candidate &candidate : candidates) {
        const Point point{plot.x(candidate.bytes / unit.bytes), plot.y(candidate.value)};
        if (!steps.empty()) {
            steps.push_back({point.x, steps.back().y});
        }
        steps.push_back(point);
    }
    return steps;
}

void addFront(Plot &plot, const std::vector<Point> &steps, LabelPlacement &placement)
{
    if (steps.size() < 2) {
        return;
    }
    const Ink ink{Role::Muted, 0};
    plot.add(Line{steps, ink, 1, false});
    for (std::size_t i = 1; i < steps.size(); ++i) {
        placement.blockLine(steps[i - 1], steps[i]);
    }
    const double y = plot.area().top - 11; // where other plots have their legend
    const double left = plot.area().left;
    plot.add(Line{{{left, y}, {left + 22, y}}, ink, 1, false});
    plot.add(Label{{left + 28, y + 4},
                   say(BITPRISM_TR("Report", "Pareto front: no run beats these")),
                   Anchor::Start,
                   12,
                   ink,
                   false,
                   false});
}

void addCandidate(Plot &plot, const Candidate &candidate, int index, const std::string &quantity,
                  const SizeUnit &unit, LabelPlacement &placement)
{
    const double x = plot.x(candidate.bytes / unit.bytes);
    const Point at{x, plot.y(candidate.value)};
    if (candidate.standardError > 0) {
        const double high = plot.y(candidate.value + candidate.standardError);
        const double low = plot.y(candidate.value - candidate.standardError);
        const Ink ink{Role::Series, index};
        plot.add(Line{{{x - 4, high}, {x + 4, high}}, ink, 1.5, false});
        plot.add(Line{{{x, high}, {x, low}}, ink, 1.5, false});
        plot.add(Line{{{x - 4, low}, {x + 4, low}}, ink, 1.5, false});
        placement.block({x - 4, high, x + 4, low});
    }
    Marker marker = seriesMarker(index);
    marker.at = at;
    marker.size = 10;
    //: a run, what is measured, its value, and its size
    marker.tooltip = say(BITPRISM_TR("Report", "%1: %2 %3, %4"),
                         {candidate.name, quantity,
                          numbers::withError(candidate.value, candidate.standardError),
                          numbers::bytes(static_cast<std::int64_t>(candidate.bytes))});
    plot.add(marker);
    placement.blockMarker(at, marker.size);
}

/// The lines across of unquantized models: at zero for differences, else at each model's value.
struct Reference
{
    double value = 0;
    std::string name;
};

std::vector<Reference> referencesOf(const ComparedMetric &metric, bool isDifference)
{
    if (isDifference) {
        return {{0, say(BITPRISM_TR("Report", "the unquantized model"))}};
    }
    std::vector<Reference> references;
    for (const ComparedBaseline &baseline : metric.baselines) {
        const std::string value = numbers::twoDecimals(baseline.value.value);
        references.push_back(
            {baseline.value.value,
             metric.commonBaseline() != nullptr
                 ? say(BITPRISM_TR("Report", "unquantized %1"), {value})
                 : say(BITPRISM_TR("Report", "%1, unquantized %2"), {baseline.model, value})});
    }
    return references;
}

/// Fits the candidates with their errors, and the references unless the axis is logarithmic (zero
/// has no place there).
Axis valueAxisOf(const std::vector<Candidate> &candidates, const std::vector<Reference> &references)
{
    std::vector<double> values;
    for (const Candidate &candidate : candidates) {
        values.push_back(candidate.value);
        values.push_back(candidate.value + candidate.standardError);
    }
    const bool canBeLogarithmic
        = std::all_of(values.begin(), values.end(), [](double value) { return value > 0; });
    if (canBeLogarithmic) {
        Axis axis = Axis::fitting(values, true, false);
        if (axis.isLogarithmic()) {
            return axis;
        }
    }
    for (const Candidate &candidate : candidates) {
        values.push_back(candidate.value - candidate.standardError);
    }
    for (const Reference &reference : references) {
        values.push_back(reference.value);
    }
    return Axis::fitting(values, false, false);
}

void addReferences(Plot &plot, const std::vector<Reference> &references, LabelPlacement &placement)
{
    const Ink ink{Role::Accent, 0};
    for (const Reference &reference : references) {
        if (reference.value < plot.value().low() || reference.value > plot.value().high()) {
            continue;
        }
        const double y = plot.y(reference.value);
        plot.add(Line{{{plot.area().left, y}, {plot.area().right, y}}, ink, 1.5, true});
        placement.blockLine({plot.area().left, y}, {plot.area().right, y});
    }
    for (const Reference &reference : references) {
        if (reference.value >= plot.value().low() && reference.value <= plot.value().high()) {
            placement.nameLine(plot, plot.y(reference.value), reference.name, ink);
        }
    }
}

/// Title, context and the name of the value axis.
struct TradeOffTexts
{
    std::string title;
    std::string context;
    std::string quantity;
};

TradeOffTexts textsOf(const Comparison &comparison, const ComparedMetric &metric,
                      const SizeUnit &unit, bool isDifference)
{
    const std::string data = dataName(comparison, metric);
    if (isDifference) {
        return {say(BITPRISM_TR("Report",
                                "Loss above the unquantized model, nats per token, against size "
                                "of the checkpoint, %1"),
                    {unit.name}),
                say(BITPRISM_TR("Report",
                                "%1, lower is better; bars: one standard error, paired over "
                                "windows"),
                    {data}),
                say(BITPRISM_TR("Report", "loss above the unquantized model"))};
    }
    const std::string task = report::metricText(metric.task);
    const bool hasOwnUnit = !metric.unit.empty() && metric.unit != metric.task;
    return {
        //: the title of a chart: what is upwards, and the unit of the size across
        say(BITPRISM_TR("Report", "%1, against size of the checkpoint, %2"),
            {hasOwnUnit
                 ? say(BITPRISM_TR("Report", "%1, %2"), {task, report::unitText(metric.unit)})
                 : task,
             unit.name}),
        metric.lowerIsBetter
            ? say(BITPRISM_TR("Report", "%1, lower is better; bars: one standard error"), {data})
            : say(BITPRISM_TR("Report", "%1, higher is better; bars: one standard error"), {data}),
        task};
}

} // namespace

std::optional<Drawing> tradeOff(const Comparison &comparison)
{
    const ComparedMetric *metric = sharedMetric(comparison);
    if (metric == nullptr) {
        return std::nullopt;
    }
    const bool isDifference = hasDifferences(comparison, *metric);
    const std::vector<Candidate> candidates = candidatesOf(comparison, *metric, isDifference);
    const SizeUnit unit = unitFor(candidates);
    const std::vector<Reference> references = referencesOf(*metric, isDifference);
    std::vector<double> sizes;
    for (const Candidate &candidate : candidates) {
        sizes.push_back(candidate.bytes / unit.bytes);
    }
    const TradeOffTexts texts = textsOf(comparison, *metric, unit, isDifference);
    Plot plot(texts.title, texts.context, {76, 62, 840, 360}, 410);
    plot.valueAxis(valueAxisOf(candidates, references), texts.quantity);
    plot.baseAxis(Axis::fitting(sizes, false, false),
                  say(BITPRISM_TR("Report", "size of the checkpoint, %1"), {unit.name}));
    LabelPlacement placement(plot.area());
    addFront(plot, frontOf(plot, candidates, unit), placement);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        addCandidate(plot, candidates[i], static_cast<int>(i), texts.quantity, unit, placement);
    }
    addReferences(plot, references, placement);
    for (const Candidate &candidate : candidates) {
        placement.name(plot, {plot.x(candidate.bytes / unit.bytes), plot.y(candidate.value)},
                       candidate.name, {Role::Text, 0});
    }
    return plot.take();
}

} // namespace bitprism::chart
