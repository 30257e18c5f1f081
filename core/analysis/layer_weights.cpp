// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/layer_weights.h"

#include "core/io/checkpoint.h"
#include "core/kernels/uniform_quantizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace bitprism {

namespace {

constexpr std::int64_t mostWeights = 1 << 20;
constexpr std::size_t histogramBins = 96;
/// More lines than this would fill the plot.
constexpr int mostLevels = 64;

struct Rows
{
    std::vector<float> values; ///< [rows, cols]
    std::int64_t rows = 0;
};

/// Whole rows, evenly spread over the layer where it has more weights than are needed.
Rows readWeightRows(const std::string &checkpoint, const LayerInfo &layer)
{
    const io::Checkpoint file(checkpoint);
    const std::int64_t wanted
        = std::clamp<std::int64_t>(mostWeights / std::max<std::int64_t>(layer.cols, 1), 1,
                                   std::max<std::int64_t>(layer.rows, 1));
    Rows rows;
    if (layer.isTransposed || layer.dtype.starts_with("F8") || wanted >= layer.rows) {
        const std::vector<float> stored = file.readFloat(layer.tensor);
        rows.rows = std::min(wanted, layer.rows);
        rows.values.resize(static_cast<std::size_t>(rows.rows * layer.cols));
        for (std::int64_t row = 0; row < rows.rows; ++row) {
            const std::int64_t from = row * layer.rows / rows.rows;
            for (std::int64_t col = 0; col < layer.cols; ++col) {
                const std::int64_t place
                    = layer.isTransposed ? col * layer.rows + from : from * layer.cols + col;
                rows.values[static_cast<std::size_t>(row * layer.cols + col)]
                    = stored[static_cast<std::size_t>(place)];
            }
        }
        return rows;
    }
    rows.rows = wanted;
    rows.values.resize(static_cast<std::size_t>(wanted * layer.cols));
    for (std::int64_t row = 0; row < wanted; ++row) {
        const auto cols = static_cast<std::size_t>(layer.cols);
        file.readRowsInto(
            layer.tensor, row * layer.rows / wanted,
            std::span(rows.values).subspan(static_cast<std::size_t>(row) * cols, cols));
    }
    return rows;
}

Histogram histogramOf(const std::vector<float> &values)
{
    Histogram histogram;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    histogram.low = *low;
    histogram.high = *high > *low ? *high : *low + 1;
    histogram.counts.resize(histogramBins);
    const double scale = static_cast<double>(histogramBins) / (histogram.high - histogram.low);
    for (const float value : values) {
        const auto bin = static_cast<std::size_t>((value - histogram.low) * scale);
        ++histogram.counts[std::min(bin, histogramBins - 1)];
    }
    return histogram;
}

/// Quantizers whose grids follow from the weights alone, by the rule of ranges: others scale or
/// clip by what enters the layer first (awq), learn ranges (omniquant-clip), quantize the grids
/// themselves without what they keep apart (spqr), or have levels of another kind. Of those nothing
/// is known before the run.
bool hasGridOfWeights(std::string_view id)
{
    return id == "rtn" || id == "gptq" || id == "adaround";
}

/// The parameters that all uniform quantizers share, by their keys in a recipe; nothing where the
/// component's grid is not known from the weights.
std::optional<GridOptions> gridOptionsOf(const ResolvedLayer &resolved)
{
    if (!hasGridOfWeights(resolved.weights.id)) {
        return std::nullopt;
    }
    const Json params = resolved.weights.parameters();
    GridOptions options;
    options.bits = resolved.bits > 0 ? resolved.bits : params.value("bits", 4);
    options.groupSize = params.value("group_size", std::int64_t(128));
    const std::string rule = params.value("range_rule", std::string("auto"));
    const bool isSymmetricGrid = params.value("symmetric", false);
    options.rule = rule != "auto" ? rangeRuleFromName(rule)
        : isSymmetricGrid         ? RangeRule::GptqSym
                                  : RangeRule::GptqAsym;
    options.scaleType = scaleTypeFromName(params.value("scale_type", std::string("f16")));
    options.clip = clipSearchFromName(params.value("clip_search", std::string("none")));
    return options.bits >= 1 && options.bits <= 8 ? std::optional<GridOptions>(options)
                                                  : std::nullopt;
}

std::vector<double> typicalLevels(const Rows &rows, std::int64_t cols, const GridOptions &options)
{
    const GridSet grids = fitGrids({rows.values.data(), rows.rows, cols}, options);
    std::vector<std::size_t> order(grids.scales.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    const auto middle = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
    std::nth_element(order.begin(), middle, order.end(), [&](std::size_t a, std::size_t b) {
        return grids.scales[a] < grids.scales[b];
    });
    std::vector<double> levels;
    for (int code = 0; code <= grids.maxCode(); ++code) {
        levels.push_back(static_cast<double>(grids.scales[*middle])
                         * (code - grids.zeroPoints[*middle]));
    }
    return levels;
}

} // namespace

LayerWeights readLayerWeights(const std::string &checkpoint, const LayerInfo &layer,
                              const ResolvedLayer &resolved)
{
    const Rows rows = readWeightRows(checkpoint, layer);
    LayerWeights weights;
    weights.layer = layer.name;
    weights.rows = layer.rows;
    weights.rowsRead = rows.rows;
    weights.histogram = histogramOf(rows.values);
    if (resolved.skip) {
        return weights;
    }
    weights.bits = resolved.bits;
    if (const std::optional<GridOptions> options = gridOptionsOf(resolved)) {
        weights.bits = options->bits;
        weights.groupSize = options->groupSize;
        if ((1 << options->bits) <= mostLevels) {
            weights.levels = typicalLevels(rows, layer.cols, *options);
        }
    }
    return weights;
}

} // namespace bitprism
