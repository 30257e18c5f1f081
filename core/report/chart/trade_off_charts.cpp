// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"

#include <algorithm>

namespace bitprism::chart {

namespace {

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

std::vector<Candidate> candidatesOf(const Comparison &comparison, const ComparedMetric &metric)
{
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        const ComparedRun &run = comparison.runs[i];
        if (!run.bytes || !metric.runs[i].measured) {
            continue;
        }
        Candidate candidate;
        candidate.name = run.record.name;
        candidate.isOnFront
            = std::find(comparison.pareto.begin(), comparison.pareto.end(), run.record.id)
            != comparison.pareto.end();
        candidate.bytes = static_cast<double>(*run.bytes);
        candidate.value = metric.runs[i].measured->value;
        candidate.standardError = metric.runs[i].measured->standardError;
        candidates.push_back(candidate);
    }
    return candidates;
}

/// A step line: between two runs of the front nothing smaller is as good.
void addFront(Plot &plot, std::vector<Candidate> candidates, const SizeUnit &unit)
{
    std::erase_if(candidates, [](const Candidate &candidate) { return !candidate.isOnFront; });
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate &a, const Candidate &b) { return a.bytes < b.bytes; });
    Line step;
    step.stroke = {Role::Muted, 0};
    step.width = 1;
    for (const Candidate &candidate : candidates) {
        const Point point{plot.x(candidate.bytes / unit.bytes), plot.y(candidate.value)};
        if (!step.points.empty()) {
            step.points.push_back({point.x, step.points.back().y});
        }
        step.points.push_back(point);
    }
    if (step.points.size() > 1) {
        plot.add(step);
    }
}

void addCandidate(Plot &plot, const Candidate &candidate, int index, const std::string &task,
                  const SizeUnit &unit)
{
    const double x = plot.x(candidate.bytes / unit.bytes);
    if (candidate.standardError > 0) {
        const double high = plot.y(candidate.value + candidate.standardError);
        const double low = plot.y(candidate.value - candidate.standardError);
        const Ink ink{Role::Series, index};
        plot.add(Line{{{x - 4, high}, {x + 4, high}}, ink, 1.5, false});
        plot.add(Line{{{x, high}, {x, low}}, ink, 1.5, false});
        plot.add(Line{{{x - 4, low}, {x + 4, low}}, ink, 1.5, false});
    }
    Marker marker = seriesMarker(index);
    marker.at = {x, plot.y(candidate.value)};
    marker.size = 10;
    marker.tooltip = candidate.name + ": " + task + " "
        + numbers::withError(candidate.value, candidate.standardError) + " at "
        + numbers::bytes(static_cast<std::int64_t>(candidate.bytes));
    plot.add(marker);
}

/// Names beside the markers; those that would stand on one another (runs of one size) are moved
/// down, with a hairline to their marker.
void addNames(Plot &plot, const std::vector<Candidate> &candidates, const SizeUnit &unit)
{
    constexpr double size = 12;
    constexpr double lineHeight = 15;
    constexpr double away = 10; // from the marker
    struct Name
    {
        Point marker;
        double y = 0; ///< of the text's middle
        double left = 0;
        double right = 0;
        std::string text;
        bool isLeft = false; ///< of its marker
    };
    std::vector<Name> names;
    for (const Candidate &candidate : candidates) {
        Name name;
        name.marker = {plot.x(candidate.bytes / unit.bytes), plot.y(candidate.value)};
        name.text = elidedMiddle(candidate.name, 160, size);
        name.isLeft = name.marker.x > (plot.area().left + plot.area().right) / 2;
        const double width = textWidth(name.text, size);
        name.left = name.marker.x + (name.isLeft ? -away - width : away);
        name.right = name.left + width;
        name.y = name.marker.y;
        names.push_back(name);
    }
    std::stable_sort(names.begin(), names.end(),
                     [](const Name &a, const Name &b) { return a.marker.y < b.marker.y; });
    for (std::size_t i = 0; i < names.size(); ++i) {
        Name &name = names[i];
        for (std::size_t j = 0; j < i; ++j) { // those above it, from the top down
            const bool isBeside = name.right < names[j].left || name.left > names[j].right;
            if (!isBeside && name.y < names[j].y + lineHeight) {
                name.y = names[j].y + lineHeight;
            }
        }
        if (name.y - name.marker.y > lineHeight / 2) {
            plot.add(Line{{name.marker, {name.isLeft ? name.right + 2 : name.left - 2, name.y}},
                          {Role::Border, 0},
                          1,
                          false});
        }
        plot.add(Label{{name.isLeft ? name.right : name.left, name.y + size / 3},
                       name.text,
                       name.isLeft ? Anchor::End : Anchor::Start,
                       size,
                       {Role::Text, 0},
                       false,
                       false});
    }
}

/// A line across for each unquantized model, named where there are several.
void addBaselines(Plot &plot, const ComparedMetric &metric)
{
    for (const ComparedBaseline &baseline : metric.baselines) {
        const double y = plot.y(baseline.value.value);
        plot.add(
            Line{{{plot.area().left, y}, {plot.area().right, y}}, {Role::Accent, 0}, 1.5, true});
        plot.add(Label{{plot.area().right, y - 6},
                       (metric.commonBaseline() ? "" : baseline.model + ", ")
                           + std::string("unquantized ")
                           + numbers::twoDecimals(baseline.value.value),
                       Anchor::End,
                       12,
                       {Role::Accent, 0},
                       false,
                       false});
    }
}

} // namespace

std::optional<Drawing> tradeOff(const Comparison &comparison)
{
    const ComparedMetric *metric = sharedMetric(comparison);
    if (metric == nullptr) {
        return std::nullopt;
    }
    const std::vector<Candidate> candidates = candidatesOf(comparison, *metric);
    const SizeUnit unit = unitFor(candidates);
    std::vector<double> sizes;
    std::vector<double> values;
    for (const Candidate &candidate : candidates) {
        sizes.push_back(candidate.bytes / unit.bytes);
        values.push_back(candidate.value - candidate.standardError);
        values.push_back(candidate.value + candidate.standardError);
    }
    for (const ComparedBaseline &baseline : metric->baselines) {
        values.push_back(baseline.value.value);
    }
    const std::string better = metric->lowerIsBetter ? "lower is better" : "higher is better";
    const bool hasOwnUnit = !metric->unit.empty() && metric->unit != metric->task;
    Plot plot("Size in " + std::string(unit.name) + " against " + metric->task
                  + (hasOwnUnit ? ", " + metric->unit : ""),
              dataName(comparison, *metric) + ", " + better + ", bars show one standard error",
              {76, 62, 840, 360}, 410);
    plot.valueAxis(Axis::fitting(values, true, false), metric->task);
    plot.baseAxis(Axis::fitting(sizes, false, false),
                  std::string("size of all tensors, ") + unit.name);
    addBaselines(plot, *metric);
    addFront(plot, candidates, unit);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        addCandidate(plot, candidates[i], static_cast<int>(i), metric->task, unit);
    }
    addNames(plot, candidates, unit);
    return plot.take();
}

std::optional<Drawing> frontierCurve(const Allocation &allocation)
{
    if (allocation.frontier.size() < 2) {
        return std::nullopt;
    }
    std::vector<double> bits{allocation.averageBits};
    std::vector<double> objectives{allocation.objective};
    for (const FrontierPoint &point : allocation.frontier) {
        bits.push_back(point.averageBits);
        objectives.push_back(point.objective);
    }
    Plot plot("Predicted change of the loss against average bits, nats per token",
              "Every budget of the allocator " + allocation.allocator + "; the cross is the choice",
              {76, 62, 840, 300}, 350);
    plot.valueAxis(Axis::fitting(objectives, true, true), "predicted change");
    plot.baseAxis(Axis::fitting(bits, false, false), "average bits");
    Line curve;
    curve.stroke = {Role::Series, 0};
    curve.width = 2;
    for (const FrontierPoint &point : allocation.frontier) {
        curve.points.push_back({plot.x(point.averageBits), plot.y(point.objective)});
    }
    plot.add(curve);
    Marker chosen = seriesMarker(4);
    chosen.fill = {Role::Text, 0};
    chosen.size = 12;
    chosen.at = {plot.x(allocation.averageBits), plot.y(allocation.objective)};
    chosen.tooltip = "Chosen: " + numbers::twoDecimals(allocation.averageBits)
        + " bits on average, predicted " + numbers::plain(allocation.objective);
    plot.add(chosen);
    return plot.take();
}

} // namespace bitprism::chart
