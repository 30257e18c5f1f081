// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/rounding_variables.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/adam.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr float low = -0.1F; // gamma
constexpr float stretch = 1.2F; // zeta - gamma
constexpr auto meanMemory = static_cast<float>(adam::meanMemory);
constexpr auto squareMemory = static_cast<float>(adam::squareMemory);
constexpr auto adamFloor = static_cast<float>(adam::floor);
constexpr std::int64_t grainWeights = 1 << 13;

/// The smallest fraction's logit stays finite: h of it is the fraction still.
float variableOf(float fraction) { return -std::log(stretch / (fraction - low) - 1.0F); }

struct Gate
{
    float value = 0; ///< h(V)
    float slope = 0; ///< dh/dV
};

Gate gateOf(float variable)
{
    const float sigmoid = 1.0F / (1.0F + std::exp(-variable));
    const float wide = stretch * sigmoid + low;
    const bool isInside = wide > 0 && wide < 1;
    return {std::clamp(wide, 0.0F, 1.0F), isInside ? stretch * sigmoid * (1.0F - sigmoid) : 0.0F};
}

} // namespace

template <typename Body> void RoundingVariables::forWeights(const Body &body) const
{
    const auto grain
        = static_cast<std::size_t>(std::max<std::int64_t>(1, grainWeights / m_grids.cols));
    parallelFor(static_cast<std::size_t>(m_grids.rows), grain,
                [&](std::size_t begin, std::size_t end) {
                    for (auto i = static_cast<std::int64_t>(begin);
                         i < static_cast<std::int64_t>(end); ++i) {
                        for (std::int64_t j = 0; j < m_grids.cols; ++j) {
                            body(i, j, static_cast<std::size_t>(i * m_grids.cols + j),
                                 m_grids.grid(i, m_grids.group(j)));
                        }
                    }
                });
}

RoundingVariables::RoundingVariables(MatrixView<const float> weights, GridSet grids)
    : m_grids(std::move(grids))
{
    BITPRISM_ASSERT(weights.rows == m_grids.rows && weights.cols == m_grids.cols,
                    "the grids belong to these weights");
    const auto count = static_cast<std::size_t>(weights.rows * weights.cols);
    m_floors.resize(count);
    m_variables.resize(count);
    m_means.assign(count, 0.0F);
    m_squares.assign(count, 0.0F);
    forWeights([&](std::int64_t i, std::int64_t j, std::size_t index, Grid grid) {
        const float level = weights(i, j) / grid.scale;
        const float floor = std::floor(level);
        m_floors[index] = floor + static_cast<float>(grid.zeroPoint);
        m_variables[index] = variableOf(level - floor);
    });
}

void RoundingVariables::softWeights(MatrixView<float> result) const
{
    const auto maxCode = static_cast<float>(m_grids.maxCode());
    forWeights([&](std::int64_t i, std::int64_t j, std::size_t index, Grid grid) {
        const float code
            = std::clamp(m_floors[index] + gateOf(m_variables[index]).value, 0.0F, maxCode);
        result(i, j) = grid.scale * (code - static_cast<float>(grid.zeroPoint));
    });
}

void RoundingVariables::step(MatrixView<const float> gradient, double learningRate, double lambda,
                             double beta)
{
    m_meanDecay *= static_cast<double>(meanMemory);
    m_squareDecay *= static_cast<double>(squareMemory);
    const auto rate = static_cast<float>(learningRate / (1 - m_meanDecay));
    const auto squareScale = static_cast<float>(1 / (1 - m_squareDecay));
    const auto maxCode = static_cast<float>(m_grids.maxCode());
    const auto weight = static_cast<float>(lambda);
    const auto power = static_cast<float>(beta);
    forWeights([&](std::int64_t i, std::int64_t j, std::size_t index, Grid grid) {
        const Gate gate = gateOf(m_variables[index]);
        const float code = m_floors[index] + gate.value;
        const bool isInRange = code >= 0 && code <= maxCode;
        float slope = isInRange ? gradient(i, j) * grid.scale : 0.0F;
        if (weight > 0) {
            const float side = 2 * gate.value - 1;
            const float distance = std::pow(std::fabs(side), power - 1);
            slope -= weight * power * 2 * (side < 0 ? -distance : distance);
        }
        slope *= gate.slope;
        float &mean = m_means[index];
        float &square = m_squares[index];
        mean = meanMemory * mean + (1 - meanMemory) * slope;
        square = squareMemory * square + (1 - squareMemory) * slope * slope;
        m_variables[index] -= rate * mean / (std::sqrt(square * squareScale) + adamFloor);
    });
}

double RoundingVariables::settledShare() const
{
    std::size_t settled = 0;
    for (const float variable : m_variables) {
        const float value = gateOf(variable).value;
        settled += value <= 0 || value >= 1 ? 1 : 0;
    }
    return static_cast<double>(settled) / static_cast<double>(m_variables.size());
}

std::vector<std::uint8_t> RoundingVariables::codes() const
{
    std::vector<std::uint8_t> codes(m_floors.size());
    const auto maxCode = static_cast<float>(m_grids.maxCode());
    forWeights([&](std::int64_t, std::int64_t, std::size_t index, Grid) {
        const float code
            = std::clamp(m_floors[index] + (m_variables[index] >= 0 ? 1.0F : 0.0F), 0.0F, maxCode);
        codes[index] = static_cast<std::uint8_t>(static_cast<std::int32_t>(code));
    });
    return codes;
}

RoundingSchedule::Regulariser RoundingSchedule::at(int step) const
{
    const double share = static_cast<double>(step) / steps;
    if (share < warmUp || warmUp >= 1) {
        return {0, betaStart};
    }
    const double part = (share - warmUp) / (1 - warmUp);
    return {lambda, betaStart + (betaEnd - betaStart) * part};
}

} // namespace bitprism
