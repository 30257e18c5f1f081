// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/input_change.h"

#include "core/analysis/channel_sketch.h"
#include "core/analysis/magnitude_map.h"
#include "core/base/random.h"
#include "core/kernels/channel_migration.h"
#include "core/kernels/hadamard.h"
#include "core/kernels/rank_statistics.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitprism {

namespace {

std::vector<float> maxAbsOf(const InputSamples &samples)
{
    std::vector<float> largest(samples.low.size());
    for (std::size_t j = 0; j < largest.size(); ++j) {
        largest[j] = std::max({-samples.low[j], samples.high[j], 0.0F});
    }
    return largest;
}

double columnMax(const InputSamples &samples, std::size_t column)
{
    double largest = 0;
    for (const WeightRows &rows : samples.layers) {
        largest = std::max<double>(largest, rows.columnMaxAbs[column]);
    }
    return largest;
}

/// In place: random signs, then the Hadamard matrix.
void rotate(std::vector<float> &rows, std::int64_t channels)
{
    Random random(0, "what-if rotation");
    std::vector<float> signs(static_cast<std::size_t>(channels));
    for (float &sign : signs) {
        sign = random.below(2) == 0 ? 1.0F : -1.0F;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] *= signs[i % signs.size()];
    }
    HadamardMatrix(channels).multiplyRows(rows);
}

/// Sums over tokens of y, y^2, y^3, y^4 for y = (x - z) / s, from those of x.
std::array<double, 4> changedSums(const std::array<double, 4> &x, double count, double z, double s)
{
    const double z2 = z * z;
    return {(x[0] - count * z) / s, (x[1] - 2 * z * x[0] + count * z2) / (s * s),
            (x[2] - 3 * z * x[1] + 3 * z2 * x[0] - count * z2 * z) / (s * s * s),
            (x[3] - 4 * z * x[2] + 6 * z2 * x[1] - 4 * z2 * z * x[0] + count * z2 * z2)
                / (s * s * s * s)};
}

InputRange exactRange(const InputSamples &samples, const InputChange &change)
{
    const std::size_t channels = change.scale.size();
    const auto tokens = static_cast<double>(samples.tokens);
    InputRange range;
    std::array<double, 4> sums{};
    double count = 0;
    for (std::size_t j = 0; j < channels; ++j) {
        if ((!change.kept.empty() && change.kept[j]) || samples.tokens == 0) {
            continue;
        }
        const double a = (samples.low[j] - change.shift[j]) / change.scale[j];
        const double b = (samples.high[j] - change.shift[j]) / change.scale[j];
        range.low = count == 0 ? std::min(a, b) : std::min({range.low, a, b});
        range.high = count == 0 ? std::max(a, b) : std::max({range.high, a, b});
        count += tokens;
        const double *all = samples.powerSums.data() + j;
        const std::array<double, 4> changed
            = changedSums({all[0], all[channels], all[2 * channels], all[3 * channels]}, tokens,
                          change.shift[j], change.scale[j]);
        for (std::size_t power = 0; power < 4; ++power) {
            sums[power] += changed[power];
        }
    }
    range.kurtosis = kurtosisOf(sums, count);
    return range;
}

/// How much further than `drawn` tokens of a rotated input all `tokens` of that kind reach.
double growthOfRange(std::int64_t drawn, std::int64_t tokens, std::int64_t channels)
{
    const auto of = [channels](std::int64_t count) {
        return std::log(static_cast<double>(count) * static_cast<double>(channels));
    };
    return drawn > 0 && tokens > drawn && of(drawn) > 0 ? std::sqrt(of(tokens) / of(drawn)) : 1;
}

InputRange sampledRange(const InputSamples &samples, const std::vector<float> &rows)
{
    const auto channels = static_cast<std::size_t>(samples.channels);
    const std::vector<double> weights = tokenWeights(samples);
    const double growth = growthOfRange(samples.sampled() - samples.extremes,
                                        samples.tokens - samples.extremes, samples.channels);
    InputRange range;
    std::array<double, 4> sums{};
    double count = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double value = rows[i];
        const bool isDrawn = i >= static_cast<std::size_t>(samples.extremes) * channels;
        const double reach = isDrawn ? growth * value : value;
        range.low = i == 0 ? reach : std::min(range.low, reach);
        range.high = i == 0 ? reach : std::max(range.high, reach);
        const double weight = weights[i / channels];
        double power = weight;
        for (double &sum : sums) {
            sum += power *= value;
        }
        count += weight;
    }
    range.kurtosis = kurtosisOf(sums, count);
    return range;
}

} // namespace

InputChange noChange(std::int64_t channels)
{
    InputChange change;
    change.shift.assign(static_cast<std::size_t>(channels), 0);
    change.scale.assign(static_cast<std::size_t>(channels), 1);
    return change;
}

InputChange smoothed(const InputSamples &samples, double alpha)
{
    InputChange change = noChange(samples.channels);
    const std::vector<float> largest = maxAbsOf(samples);
    for (std::size_t j = 0; j < largest.size(); ++j) {
        change.scale[j] = smoothingScale(largest[j], columnMax(samples, j), alpha);
    }
    return change;
}

InputChange migrated(const InputSamples &samples, double guard)
{
    InputChange change = noChange(samples.channels);
    const std::vector<float> moved = migratedGains(samples.gain, guard);
    std::copy(moved.begin(), moved.end(), change.scale.begin());
    return change;
}

std::vector<double> centres(const InputSamples &samples)
{
    std::vector<double> shift(samples.low.size(), 0);
    for (std::size_t j = 0; !samples.bias.empty() && j < shift.size(); ++j) {
        shift[j] = suppressionShift(samples.low[j], samples.high[j]);
    }
    return shift;
}

InputChange clippedAt(const InputSamples &samples, double threshold)
{
    InputChange change = noChange(samples.channels);
    change.shift = centres(samples);
    for (std::size_t j = 0; j < change.scale.size(); ++j) {
        change.scale[j] = suppressionScale(samples.low[j] - change.shift[j],
                                           samples.high[j] - change.shift[j], threshold);
    }
    return change;
}

InputChange rotated(const InputSamples &samples)
{
    InputChange change = noChange(samples.channels);
    change.rotates = true;
    for (std::size_t j = 0; samples.foldsGain && j < samples.gain.size(); ++j) {
        change.scale[j] = samples.gain[j];
        change.shift[j] = samples.bias.empty() ? 0 : samples.bias[j];
    }
    return change;
}

InputChange keepingTop(const InputSamples &samples, double share)
{
    InputChange change = noChange(samples.channels);
    change.kept.assign(change.scale.size(), false);
    const auto count
        = static_cast<std::size_t>(std::ceil(share * static_cast<double>(samples.channels)));
    for (const std::int64_t channel : largestOf(maxAbsOf(samples), count)) {
        change.kept[static_cast<std::size_t>(channel)] = true;
    }
    return change;
}

std::vector<float> changedInput(const InputChange &change, const std::vector<float> &rows)
{
    const std::size_t channels = change.scale.size();
    std::vector<float> inverse(channels);
    std::vector<float> shift(change.shift.begin(), change.shift.end());
    for (std::size_t j = 0; j < channels; ++j) {
        const bool isOut = change.scale[j] == 0 || (!change.kept.empty() && change.kept[j]);
        inverse[j] = isOut ? 0.0F : static_cast<float>(1 / change.scale[j]);
    }
    std::vector<float> result(rows.size());
    for (std::size_t first = 0; first < rows.size(); first += channels) {
        for (std::size_t j = 0; j < channels; ++j) {
            result[first + j] = (rows[first + j] - shift[j]) * inverse[j];
        }
    }
    if (change.rotates) {
        rotate(result, static_cast<std::int64_t>(channels));
    }
    return result;
}

std::vector<float> changedWeight(const InputChange &change, const std::vector<float> &rows)
{
    const std::size_t channels = change.scale.size();
    std::vector<float> scale(change.scale.begin(), change.scale.end());
    for (std::size_t j = 0; j < change.kept.size(); ++j) {
        scale[j] = change.kept[j] ? 0.0F : scale[j];
    }
    std::vector<float> result(rows.size());
    for (std::size_t first = 0; first < rows.size(); first += channels) {
        for (std::size_t j = 0; j < channels; ++j) {
            result[first + j] = rows[first + j] * scale[j];
        }
    }
    if (change.rotates) {
        rotate(result, static_cast<std::int64_t>(channels));
    }
    return result;
}

InputRange rangeOf(const InputSamples &samples, const InputChange &change)
{
    return change.rotates ? sampledRange(samples, changedInput(change, samples.sample))
                          : exactRange(samples, change);
}

std::vector<double> tokenWeights(const InputSamples &samples)
{
    const std::int64_t drawn = samples.sampled() - samples.extremes;
    std::vector<double> weights(static_cast<std::size_t>(samples.sampled()), 1);
    for (std::size_t i = static_cast<std::size_t>(samples.extremes); i < weights.size(); ++i) {
        weights[i]
            = static_cast<double>(samples.tokens - samples.extremes) / static_cast<double>(drawn);
    }
    return weights;
}

} // namespace bitprism
