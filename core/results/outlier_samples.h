// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// Some rows of a layer's weight: drawn at random where there are many, the same ones each time.
struct WeightRows
{
    std::string layer;
    std::int64_t rows = 0; ///< of the whole weight
    std::vector<float> columnMaxAbs; ///< [cols], over all rows
    std::vector<float> values; ///< [sampled, cols], row-major

    std::int64_t sampled() const
    {
        const auto cols = static_cast<std::int64_t>(columnMaxAbs.size());
        return cols == 0 ? 0 : static_cast<std::int64_t>(values.size()) / cols;
    }
};

/// What is cached of one input of layers, so that transforms can be tried on it: exact sums and
/// ranges of each channel, and some tokens and weight rows as they are.
struct InputSamples
{
    std::int64_t channels = 0;
    std::int64_t tokens = 0; ///< all that entered
    std::vector<float> low; ///< [channels], smallest value over all tokens
    std::vector<float> high; ///< [channels]
    /// [4, channels]: sums over all tokens of x, x^2, x^3, x^4.
    std::vector<double> powerSums;

    std::string norm; ///< tensor of the gain of the norm that feeds it; empty: none
    bool canMoveNorm = false; ///< NormInfo::canMove() of that norm
    bool foldsGain = false; ///< a rotation folds the gain into the layers first (a pre-norm stack)
    std::vector<float> gain; ///< [channels]; empty without a norm
    std::vector<float> bias; ///< [channels]; empty: the norm has none

    /// The first `extremes` tokens are those of the largest magnitude and norm, and stand for
    /// themselves; the others were drawn at random from all that remain.
    std::int64_t extremes = 0;
    std::vector<std::int64_t> sampleTokens; ///< [sampled]
    std::vector<float> sample; ///< [sampled, channels], row-major
    std::vector<WeightRows> layers; ///< that read this input

    std::int64_t sampled() const { return static_cast<std::int64_t>(sampleTokens.size()); }
    const WeightRows *find(const std::string &layer) const
    {
        for (const WeightRows &rows : layers) {
            if (rows.layer == layer) {
                return &rows;
            }
        }
        return nullptr;
    }
};

} // namespace bitprism
