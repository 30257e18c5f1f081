// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/rotary.h"

#include <cmath>
#include <numbers>

namespace bitprism {

namespace {

/// Llama 3.1: wavelengths beyond the original context are stretched by the factor, short ones kept,
/// those between blended linearly in the number of turns within the original context.
double llama3Frequency(double frequency, const RopeScaling &scaling)
{
    const double turns
        = static_cast<double>(scaling.originalContext) * frequency / (2 * std::numbers::pi);
    if (turns < scaling.lowFrequencyFactor) {
        return frequency / scaling.factor;
    }
    if (turns > scaling.highFrequencyFactor) {
        return frequency;
    }
    const double share = (turns - scaling.lowFrequencyFactor)
        / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
    return (1 - share) * frequency / scaling.factor + share * frequency;
}

} // namespace

std::vector<double> rotaryFrequencies(std::int64_t headSize, double theta,
                                      const RopeScaling &scaling)
{
    std::vector<double> frequencies;
    for (std::int64_t channel = 0; channel < headSize; channel += 2) {
        const double frequency
            = std::pow(theta, -static_cast<double>(channel) / static_cast<double>(headSize));
        switch (scaling.type) {
        case RopeScaling::Type::None:
            frequencies.push_back(frequency);
            break;
        case RopeScaling::Type::Linear:
            frequencies.push_back(frequency / scaling.factor);
            break;
        case RopeScaling::Type::Llama3:
            frequencies.push_back(llama3Frequency(frequency, scaling));
            break;
        }
    }
    return frequencies;
}

RotaryTable rotaryTable(const std::vector<double> &frequencies, const at::Tensor &positions)
{
    const at::Tensor frequency = at::tensor(
        frequencies, at::TensorOptions().dtype(at::kDouble).device(positions.device()));
    const at::Tensor angles = at::outer(positions.to(at::kDouble), frequency);
    return {at::cos(angles).to(at::kFloat), at::sin(angles).to(at::kFloat)};
}

at::Tensor rotateHalves(const at::Tensor &x, const RotaryTable &table)
{
    const std::int64_t half = x.size(-1) / 2;
    const at::Tensor first = x.narrow(-1, 0, half);
    const at::Tensor second = x.narrow(-1, half, half);
    if (x.requires_grad()) {
        return at::cat({first * table.cosine - second * table.sine,
                        second * table.cosine + first * table.sine},
                       -1);
    }
    at::Tensor rotated = at::empty(x.sizes(), x.options()); // contiguous, whatever x is
    at::Tensor rotatedFirst = rotated.narrow(-1, 0, half);
    at::Tensor rotatedSecond = rotated.narrow(-1, half, half);
    at::mul_out(rotatedFirst, first, table.cosine);
    rotatedFirst.addcmul_(second, table.sine, -1);
    at::mul_out(rotatedSecond, second, table.cosine);
    rotatedSecond.addcmul_(first, table.sine);
    return rotated;
}

} // namespace bitprism
