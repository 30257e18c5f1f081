// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/activation_grid.h"

#include "core/kernels/symmetric_codes.h"
#include "core/results/histogram_range.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// The magnitude that `share` of a histogram's entries do not exceed, to a bin.
double magnitudeAt(const Histogram &histogram, double share)
{
    const double width
        = (histogram.high - histogram.low) / static_cast<double>(histogram.counts.size());
    std::vector<std::pair<double, double>> bins; // the farther edge's magnitude, count
    double total = 0;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        const double from = histogram.low + static_cast<double>(i) * width;
        const auto count = static_cast<double>(histogram.counts[i]);
        bins.emplace_back(std::max(std::abs(from), std::abs(from + width)), count);
        total += count;
    }
    std::sort(bins.begin(), bins.end());
    double seen = 0;
    for (const auto &[magnitude, count] : bins) {
        seen += count;
        if (seen >= share * total) {
            return magnitude;
        }
    }
    return bins.empty() ? 0 : bins.back().first;
}

} // namespace

std::vector<double> ActivationGrid::values() const
{
    const int last = steps > 0 ? steps : (1 << bits) - 1;
    const double step = (high - low) / last;
    std::vector<double> values;
    for (int code = 0; code <= last; ++code) {
        values.push_back(low + step * code);
    }
    return values;
}

std::optional<ActivationGrid> activationGrid(const ComponentChoice &activations,
                                             const LayerOutliers &layer)
{
    if (activations.id == "none" || layer.inputHistogram.counts.empty()) {
        return std::nullopt;
    }
    const Json params = activations.parameters();
    ActivationGrid grid;
    grid.bits = params.value("bits", 8);
    const bool isSymmetric = params.value("symmetric", activations.id != "token-wise-clipping");
    const Histogram values = occupiedPart(layer.inputHistogram);
    const double largest = layer.maxAbs > 0 ? layer.maxAbs : INFINITY; // bins reach beyond it
    double low = std::clamp(values.low, -largest, 0.0);
    double high = std::clamp(values.high, 0.0, largest);
    const std::string granularity = params.value("granularity", "tensor");
    if (activations.id == "per-token-dynamic" || granularity == "token") {
        grid.basis = activations.id == "per-token-dynamic" ? ActivationGrid::Basis::TypicalToken
                                                           : ActivationGrid::Basis::AtMost;
        const double reach = layer.tokenMaxMedian * params.value("clip_ratio", 1.0);
        low = std::max(low, -reach);
        high = std::min(high, reach);
    } else if (granularity != "channel" && activations.id == "percentile") {
        const double reach = magnitudeAt(layer.inputHistogram, params.value("kept", 0.99999));
        low = std::max(low, -reach);
        high = std::min(high, reach);
    } else if (granularity == "channel" || activations.id != "static-minmax") {
        grid.basis = ActivationGrid::Basis::AtMost;
    }
    grid.steps = (1 << grid.bits) - 1;
    if (isSymmetric) {
        const std::string name
            = params.value("symmetric_grid", std::string(symmetricGrids::positive));
        const SymmetricCodes codes = symmetricCodes(grid.bits, name);
        const double scale = std::max(-low, high) / codes.divisor;
        low = codes.lowest * scale;
        high = codes.highest * scale;
        grid.steps = static_cast<int>(codes.highest - codes.lowest);
    }
    grid.low = low;
    grid.high = high;
    return grid;
}

} // namespace bitprism
