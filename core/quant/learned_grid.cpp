// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/learned_grid.h"

#include "core/kernels/adam.h"
#include "core/quant/straight_through.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// `x`, with its gradient multiplied.
at::Tensor throttled(const at::Tensor &x, double factor) { return straightThrough(x, x * factor); }

} // namespace

LearnedGrid::LearnedGrid(const ActivationRange &range, int bits, bool isSymmetric,
                         const SymmetricCodes &codes)
    : m_isSymmetric(isSymmetric)
    , m_divisor(isSymmetric ? codes.divisor : (1 << bits) - 1)
    , m_lowest(isSymmetric ? codes.lowest : 0)
    , m_highest(isSymmetric ? codes.highest : (1 << bits) - 1)
{
    const double reach = isSymmetric ? std::max(-range.low, range.high) : range.high - range.low;
    const double scale = std::max(reach, leastActivationRange) / m_divisor;
    const double zero = isSymmetric ? 0 : std::nearbyint(-range.low / scale);
    m_scale.value = at::scalar_tensor(scale, at::kFloat);
    m_zero.value = at::scalar_tensor(zero, at::kFloat);
    settle();
}

void LearnedGrid::settle()
{
    constexpr double leastScale = 1.19e-7;
    m_scale.value = m_scale.value.detach().abs().clamp_min(leastScale);
    m_zero.value = m_zero.value.detach().clamp(m_lowest, m_highest);
}

void LearnedGrid::beginStep(double numbers)
{
    m_factor = 1 / std::sqrt(std::max(1.0, numbers * m_highest));
    m_scale.value = m_scale.value.detach().requires_grad_(true);
    m_zero.value = m_zero.value.detach().requires_grad_(!m_isSymmetric);
}

at::Tensor LearnedGrid::quantize(const at::Tensor &input) const
{
    const at::Tensor scale = throttled(m_scale.value, m_factor).to(input.device());
    const at::Tensor whole = straightThrough(m_zero.value.round(), m_zero.value);
    const at::Tensor zero = throttled(whole, m_factor).to(input.device());
    const at::Tensor ratio = input / scale;
    const at::Tensor code
        = (straightThrough(ratio.round(), ratio) + zero).clamp(m_lowest, m_highest);
    return (code - zero) * scale;
}

void LearnedGrid::Learned::step(double rate, int steps)
{
    const double gradient = value.grad().defined() ? value.grad().item<double>() : 0.0;
    mean = adam::meanMemory * mean + (1 - adam::meanMemory) * gradient;
    square = adam::squareMemory * square + (1 - adam::squareMemory) * gradient * gradient;
    const double first = mean / (1 - std::pow(adam::meanMemory, steps));
    const double second = square / (1 - std::pow(adam::squareMemory, steps));
    value = value.detach() - rate * first / (std::sqrt(second) + adam::floor);
}

void LearnedGrid::endStep(double learningRate)
{
    ++m_steps;
    m_scale.step(learningRate, m_steps);
    if (!m_isSymmetric) {
        m_zero.step(learningRate, m_steps);
    }
    settle();
}

ActivationRange LearnedGrid::range() const
{
    const double scale = m_scale.value.item<float>();
    if (m_isSymmetric) {
        return {-m_divisor * scale, m_divisor * scale};
    }
    const double zero = std::nearbyint(m_zero.value.item<float>());
    return {-zero * scale, (m_highest - zero) * scale};
}

} // namespace bitprism
