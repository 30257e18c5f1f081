// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"
#include "core/results/histogram_range.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace bitprism::chart {

namespace {

using report::say;

constexpr std::size_t mostBins = 64;
constexpr int fewBits = 4; // of the grid that is drawn; the lines of 8 bits would touch
constexpr int manyBits = 8;
constexpr double bulk = 0.99;
constexpr std::array<Plot::Area, 2> areas{{{76, 84, 424, 236}, {500, 84, 848, 236}}};

/// A grid of 2^bits values, or one less where it is symmetric.
struct Grid
{
    double low = 0;
    double step = 0;
    int last = 0; ///< values: last + 1

    /// One for all values: from the smallest to the largest, or symmetric about zero.
    static Grid over(const Histogram &histogram, int bits, bool isSymmetric)
    {
        double low = std::min(histogram.low, 0.0);
        double high = std::max(histogram.high, 0.0);
        const int last = (1 << bits) - (isSymmetric ? 2 : 1);
        if (isSymmetric) {
            high = std::max(-low, high);
            low = -high;
        }
        return {low, (high - low) / last, last};
    }

    /// How many of its values lie within [-reach, reach].
    int within(double reach) const
    {
        int count = 0;
        for (int i = 0; i <= last; ++i) {
            count += std::fabs(low + step * i) <= reach ? 1 : 0;
        }
        return std::max(count, 1);
    }
};

/// Neighbouring bins joined until they are few enough to be seen.
Histogram reduced(const Histogram &histogram)
{
    const std::size_t share = (histogram.counts.size() + mostBins - 1) / mostBins;
    const double width
        = (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
    Histogram result{histogram.low, histogram.high, {}};
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        if (i % share == 0) {
            result.counts.push_back(0);
            result.high = histogram.low + width * static_cast<double>(i + share);
        }
        result.counts.back() += std::max<std::int64_t>(0, histogram.counts[i]);
    }
    return result;
}

double binWidth(const Histogram &histogram)
{
    return (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
}

/// The magnitude that 99 % of the entries do not exceed, to a bin.
double bulkReach(const Histogram &histogram)
{
    const double width = binWidth(histogram);
    std::vector<std::pair<double, double>> bins; // the farther edge's magnitude, count
    double total = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        const double from = histogram.low + width * static_cast<double>(i);
        const auto count = static_cast<double>(std::max<std::int64_t>(0, histogram.counts[i]));
        bins.emplace_back(std::max(std::fabs(from), std::fabs(from + width)), count);
        total += count;
    }
    std::sort(bins.begin(), bins.end());
    double seen = 0;
    for (const auto &[magnitude, count] : bins) {
        seen += count;
        if (seen >= bulk * total) {
            return magnitude;
        }
    }
    return 0;
}

struct Panel
{
    Histogram histogram; ///< where it has values
    std::string name;
    double reach = 0; ///< of 99 % of the values
    bool isSymmetric = false;
};

void addBars(Plot &plot, const Histogram &bins)
{
    const auto total = static_cast<double>(
        std::accumulate(bins.counts.begin(), bins.counts.end(), std::int64_t{0}));
    const double width = binWidth(bins);
    for (std::size_t i = 0; i < bins.counts.size(); ++i) {
        if (bins.counts[i] == 0) {
            continue;
        }
        const double from = bins.low + width * static_cast<double>(i);
        const double share = 100 * static_cast<double>(bins.counts[i]) / total;
        const double left = plot.x(from);
        const double top = std::min(plot.y(share), plot.area().bottom - 1);
        plot.add(Rectangle{
            left,
            top,
            std::max(plot.x(from + width) - left - 0.5, 0.5),
            plot.area().bottom - top,
            {Role::Series, 0},
            say(BITPRISM_TR("Report", "%1 to %2: %3 %"),
                {numbers::plain(from), numbers::plain(from + width), numbers::plain(share)})});
    }
}

void addGrid(Plot &plot, const Grid &grid)
{
    for (int i = 0; i <= grid.last; ++i) {
        const double x = plot.x(grid.low + grid.step * i);
        plot.add(
            Line{{{x, plot.area().top}, {x, plot.area().bottom}}, {Role::Series, 1}, 1, false});
    }
}

Drawing withPanel(Drawing drawing, const Panel &panel, const Plot::Area &area)
{
    const Histogram bins = reduced(panel.histogram);
    std::vector<double> shares;
    const auto total = static_cast<double>(
        std::accumulate(bins.counts.begin(), bins.counts.end(), std::int64_t{0}));
    for (const std::int64_t count : bins.counts) {
        if (count > 0) {
            shares.push_back(100 * static_cast<double>(count) / total);
        }
    }
    Plot plot(std::move(drawing), area);
    plot.valueAxis(Axis::fitting(shares, true, true), say(BITPRISM_TR("Report", "share, %")));
    const Grid few = Grid::over(panel.histogram, fewBits, panel.isSymmetric);
    const Grid many = Grid::over(panel.histogram, manyBits, panel.isSymmetric);
    const std::array<double, 4> ends{few.low, few.low + few.step * few.last, bins.low, bins.high};
    plot.baseAxis(Axis::fitting(ends, false, false), panel.name);
    addBars(plot, bins);
    addGrid(plot, few);
    plot.add(Label{{area.left, area.top - 12},
                   say(BITPRISM_TR("Report", "99 % lie on %1 of %2 values, on %3 of %4 at 8 bits"),
                       {std::to_string(few.within(panel.reach)), std::to_string(few.last + 1),
                        std::to_string(many.within(panel.reach)), std::to_string(many.last + 1)}),
                   Anchor::Start,
                   12,
                   {Role::Muted, 0},
                   false,
                   false});
    return plot.take();
}

} // namespace

std::optional<Drawing> valueHistograms(const report::OutlierInput &input, bool isOfWeights,
                                       const std::string &context)
{
    const LayerOutliers &layer = *input.layer;
    std::vector<Panel> panels;
    Histogram inputs = occupiedPart(layer.inputHistogram);
    if (!isOfWeights && !inputs.counts.empty()) {
        const double reach = layer.magnitude99 > 0 ? layer.magnitude99 : bulkReach(inputs);
        panels.push_back(
            {std::move(inputs), say(BITPRISM_TR("Report", "value of the input")), reach, false});
    }
    Histogram weights = occupiedPart(layer.weightHistogram);
    if (!weights.counts.empty()) {
        const double reach = bulkReach(weights);
        panels.push_back({std::move(weights), say(BITPRISM_TR("Report", "weight")), reach, true});
    }
    if (panels.empty()) {
        return std::nullopt;
    }
    Drawing drawing;
    drawing.width = pageWidth;
    drawing.height = 284;
    addHeading(
        drawing,
        panels.size() == 1
            ? say(BITPRISM_TR("Report", "Values of %1 on a 4-bit grid"), {layer.layer})
            : say(BITPRISM_TR("Report", "Input and weights of %1 on a 4-bit grid"), {layer.layer}),
        say(BITPRISM_TR("Report", "%1; lines: the grid over all values, symmetric for weights"),
            {context}));
    for (std::size_t i = 0; i < panels.size(); ++i) {
        drawing = withPanel(std::move(drawing), panels[i], areas[i]);
    }
    return drawing;
}

} // namespace bitprism::chart
