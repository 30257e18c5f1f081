// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/outlier_sketch.h"
#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace bitprism::test {

/// Tokens of a layer's input, [tokens, channels].
struct ToyInput
{
    std::int64_t tokens = 0;
    std::int64_t channels = 0;
    std::vector<float> values;

    MatrixView<const float> rows(std::int64_t first, std::int64_t count) const
    {
        return {values.data() + first * channels, count, channels};
    }
    MatrixView<const float> all() const { return rows(0, tokens); }
    float at(std::int64_t token, std::int64_t channel) const
    {
        return values[static_cast<std::size_t>(token * channels + channel)];
    }
};

/// Normal values, channel j times 1 + j mod 5, and a shift of its own.
inline ToyInput toyInput(std::int64_t tokens, std::int64_t channels, std::uint64_t seed)
{
    Random random(seed, "toy input");
    ToyInput input{tokens, channels, {}};
    for (std::int64_t i = 0; i < tokens * channels; ++i) {
        const std::int64_t channel = i % channels;
        input.values.push_back(
            static_cast<float>(random.normal() * static_cast<double>(1 + channel % 5)
                               + 0.1 * static_cast<double>(channel % 3)));
    }
    return input;
}

inline std::vector<float> toyWeight(std::int64_t rows, std::int64_t cols, std::uint64_t seed)
{
    Random random(seed, "toy weight");
    std::vector<float> weight;
    for (std::int64_t i = 0; i < rows * cols; ++i) {
        weight.push_back(static_cast<float>(0.1 * random.normal()));
    }
    return weight;
}

inline WeightRows allRows(const std::string &layer, const std::vector<float> &weight,
                          std::int64_t cols)
{
    WeightRows rows;
    rows.layer = layer;
    rows.rows = static_cast<std::int64_t>(weight.size()) / cols;
    rows.values = weight;
    rows.columnMaxAbs.assign(static_cast<std::size_t>(cols), 0);
    for (std::size_t i = 0; i < weight.size(); ++i) {
        float &largest = rows.columnMaxAbs[i % static_cast<std::size_t>(cols)];
        largest = std::max(largest, std::fabs(weight[i]));
    }
    return rows;
}

inline OutlierSketch sketchOf(const ToyInput &input, const MapLimits &limits = {})
{
    OutlierSketch sketch(input.channels, limits);
    sketch.add(input.all());
    return sketch;
}

} // namespace bitprism::test
