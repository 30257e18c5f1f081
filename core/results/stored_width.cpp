// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/stored_width.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

namespace bitprism {

bool isQuantizedByDefault(const LayerInfo &layer)
{
    const bool isProjection = layer.kind == "projection" && layer.block < 0; // behind a tower
    return layer.quantizable && layer.kind != "embedding" && layer.kind != "head" && !isProjection;
}

std::optional<int> codeBits(std::string_view type)
{
    const std::size_t first = type.find_first_of("0123456789");
    int bits = 0;
    if (first == std::string_view::npos
        || std::from_chars(type.data() + first, type.data() + type.size(), bits).ec
            != std::errc()) {
        return std::nullopt;
    }
    return bits;
}

std::optional<double> averageStoredBits(const ModelInfo &model)
{
    double bits = 0;
    double weights = 0;
    for (const RunLayer &layer : storedLayers(model)) {
        bits += static_cast<double>(layer.storageBits);
        weights += static_cast<double>(layer.weights);
    }
    return weights > 0 ? std::optional(bits / weights) : std::nullopt;
}

std::string commonStoredType(const ModelInfo &model)
{
    std::map<std::string_view, std::int64_t> weights;
    for (const LayerInfo &layer : model.layers) {
        if (isQuantizedByDefault(layer)) {
            weights[layer.dtype] += layer.rows * layer.cols;
        }
    }
    const auto most
        = std::max_element(weights.begin(), weights.end(),
                           [](const auto &a, const auto &b) { return a.second < b.second; });
    return most == weights.end() ? model.dtype : std::string(most->first);
}

std::vector<RunLayer> storedLayers(const ModelInfo &model)
{
    constexpr double notMeasured = std::numeric_limits<double>::quiet_NaN();
    std::vector<RunLayer> rows;
    for (const LayerInfo &layer : model.layers) {
        if (!isQuantizedByDefault(layer) || !(layer.bits > 0)) {
            continue;
        }
        RunLayer &row = rows.emplace_back();
        row.name = layer.name;
        row.block = layer.block;
        const std::optional<int> width = codeBits(layer.dtype);
        row.bits = width ? *width : layer.bits;
        row.weightMse = notMeasured;
        row.seconds = notMeasured;
        row.weights = layer.rows * layer.cols;
        row.storageBits = std::llround(layer.bits * static_cast<double>(row.weights));
    }
    return rows;
}

} // namespace bitprism
