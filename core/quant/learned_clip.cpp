// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/learned_clip.h"

#include "core/base/error.h"
#include "core/kernels/adam.h"
#include "core/kernels/omni_limits.h"
#include "core/quant/straight_through.h"
#include "core/quant/tensor_view.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr double firstLogit = 4;

at::Tensor asStored(const at::Tensor &scale, ScaleType type)
{
    switch (type) {
    case ScaleType::F16:
        return scale.to(at::kHalf).to(at::kFloat);
    case ScaleType::Bf16:
        return scale.to(at::kBFloat16).to(at::kFloat);
    case ScaleType::F32:
        break;
    }
    return scale;
}

} // namespace

LearnedClip::LearnedClip(const at::Tensor &weights, const GridOptions &options)
    : m_options(options)
    , m_cols(weights.size(1))
{
    BITPRISM_ASSERT(options.rule == RangeRule::OmniAsym || options.rule == RangeRule::OmniSym
                        || options.rule == RangeRule::GptqAsym,
                    "learned clipping has OmniQuant's grids, or those that include zero");
    const at::Tensor W = weights.to(at::kFloat);
    const at::Tensor onCpu = cpuFloat(W);
    checkFinite(matrixView(onCpu));
    const GridSet shape = emptyGrids(W.size(0), m_cols, options);
    const std::int64_t padding = shape.groupsPerRow * shape.groupSize - m_cols;
    const at::Tensor last = W.narrow(1, m_cols - 1, 1).expand({W.size(0), padding});
    m_grouped = at::cat({W, last}, 1).view({W.size(0), shape.groupsPerRow, shape.groupSize});
    m_least = m_grouped.amin(-1);
    m_most = m_grouped.amax(-1);
    if (options.rule == RangeRule::OmniSym) {
        m_most = m_grouped.abs().amax(-1);
        m_least = -m_most;
    }
    if (options.rule == RangeRule::GptqAsym) {
        m_least = m_least.clamp_max(0);
        m_most = m_most.clamp_min(0);
    }
    m_logits = at::full({2, W.size(0), shape.groupsPerRow}, firstLogit, W.options());
    m_mean = at::zeros_like(m_logits);
    m_square = at::zeros_like(m_logits);
    keep();
}

std::pair<at::Tensor, at::Tensor> LearnedClip::range() const
{
    const at::Tensor factors = at::sigmoid(m_logits);
    const at::Tensor most = factors[0] * m_most;
    return {m_options.rule == RangeRule::OmniSym ? -most : factors[1] * m_least, most};
}

at::Tensor LearnedClip::weights() const
{
    const auto [least, most] = range();
    const bool isSym = m_options.rule == RangeRule::OmniSym;
    const double maxCode = (1 << m_options.bits) - 1;
    const double maxMagnitude = (1 << (m_options.bits - 1)) - 1;
    const at::Tensor exact = (isSym ? most / maxMagnitude : (most - least) / maxCode)
                                 .clamp(omni_limits::leastScale, omni_limits::largestScale);
    const at::Tensor scale = straightThrough(asStored(exact, m_options.scaleType), exact);
    const bool isNarrow = m_options.rule == RangeRule::GptqAsym;
    const at::Tensor zeroPoint = isSym
        ? at::full_like(scale, maxMagnitude)
        : (-least / scale)
              .detach()
              .round()
              .clamp(isNarrow ? 0 : -omni_limits::largestZeroPoint,
                     isNarrow ? maxCode : omni_limits::largestZeroPoint);
    const at::Tensor s = scale.unsqueeze(-1);
    const at::Tensor z = zeroPoint.unsqueeze(-1);
    const at::Tensor level = m_grouped / s;
    const at::Tensor code = (straightThrough(level.round(), level) + z).clamp(0, maxCode);
    return ((code - z) * s).flatten(1).narrow(1, 0, m_cols);
}

GridSet LearnedClip::grids() const
{
    const auto [least, most] = range();
    const at::Tensor low = cpuFloat(least);
    const at::Tensor high = cpuFloat(most);
    GridSet grids = emptyGrids(low.size(0), m_cols, m_options);
    for (std::size_t i = 0; i < grids.scales.size(); ++i) {
        const Grid grid
            = gridFromRange(low.data_ptr<float>()[i], high.data_ptr<float>()[i], m_options);
        grids.scales[i] = grid.scale;
        grids.zeroPoints[i] = grid.zeroPoint;
    }
    return grids;
}

void LearnedClip::startFrom(const GridSet &grids)
{
    constexpr double margin = 1e-3; // a sigmoid does not reach the whole range
    const at::Tensor scale = at::empty({grids.gridRows, grids.groupsPerRow}, at::kFloat);
    std::copy(grids.scales.begin(), grids.scales.end(), scale.data_ptr<float>());
    const bool isSym = m_options.rule == RangeRule::OmniSym;
    const int steps = isSym ? (1 << m_options.bits) - 2 : grids.maxCode();
    // A zero point is whole, so a grid's ends need not be those of its range; its width is.
    const at::Tensor share = scale.to(m_least.device()) * steps / (m_most - m_least);
    const at::Tensor logit = share.nan_to_num(1).clamp(margin, 1 - margin).logit();
    m_logits = at::stack({logit, logit});
    keep();
}

void LearnedClip::open()
{
    m_logits = at::full_like(m_logits, std::numeric_limits<float>::infinity());
}

void LearnedClip::beginStep() { m_logits = m_logits.detach().requires_grad_(true); }

void LearnedClip::endStep(double learningRate)
{
    const at::Tensor gradient = m_logits.grad().detach();
    ++m_steps;
    m_mean = adam::meanMemory * m_mean + (1 - adam::meanMemory) * gradient;
    m_square = adam::squareMemory * m_square + (1 - adam::squareMemory) * gradient.square();
    const double rate = learningRate / (1 - std::pow(adam::meanMemory, m_steps));
    const at::Tensor spread = (m_square / (1 - std::pow(adam::squareMemory, m_steps))).sqrt();
    m_logits = m_logits.detach() - rate * m_mean / (spread + adam::floor);
}

} // namespace bitprism
