// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/hybrid_training.h"

#include "core/quant/tensor_view.h"

#include <c10/core/GradMode.h>

namespace bitprism {

namespace {

at::Tensor channelsOf(const at::Tensor &weights, const std::vector<std::int64_t> &channels,
                      ChannelAxis axis)
{
    const at::Tensor index
        = at::tensor(at::ArrayRef<std::int64_t>(channels), at::TensorOptions(at::kLong));
    return weights.index_select(axis == ChannelAxis::Columns ? 1 : 0, index).contiguous();
}

} // namespace

HybridLayer::HybridLayer(const at::Tensor &weights, ChannelSplit split,
                         const MixedGridOptions &options, const std::stop_token &stop)
    : m_split(std::move(split))
    , m_rows(weights.size(0))
    , m_cols(weights.size(1))
{
    const at::Tensor W = cpuFloat(weights);
    m_rounded = roundMixed(matrixView(W), m_split, options, {}, stop);
    if (!m_split.high.empty()) {
        const at::Tensor part = channelsOf(W, m_split.high, m_split.axis);
        m_high.emplace(matrixView(part), m_rounded->high()->grids());
    }
    if (!m_split.low.empty()) {
        m_lowWeights = channelsOf(W, m_split.low, m_split.axis);
        GridOptions clip = options.low;
        clip.clip = ClipSearch::None;
        m_low.emplace(m_lowWeights, clip);
        m_low->startFrom(m_rounded->low()->grids());
    }
    std::vector<std::int64_t> placement(static_cast<std::size_t>(m_split.channels()));
    std::int64_t next = 0;
    for (const auto &channels : {m_split.high, m_split.low}) {
        for (const std::int64_t channel : channels) {
            placement[static_cast<std::size_t>(channel)] = next++;
        }
    }
    m_placement = at::tensor(at::ArrayRef<std::int64_t>(placement), at::TensorOptions(at::kLong));
}

void HybridLayer::beginStep()
{
    if (m_high) {
        const GridSet &grids = m_high->grids();
        const at::Tensor soft = at::empty({grids.rows, grids.cols}, at::kFloat);
        m_high->softWeights(matrixView(soft));
        m_highLeaf = soft.requires_grad_(true);
    }
    if (m_low) {
        m_low->beginStep();
    }
}

at::Tensor HybridLayer::weights() const
{
    std::vector<at::Tensor> parts;
    if (m_high) {
        parts.push_back(m_highLeaf);
    }
    if (m_low) {
        parts.push_back(m_low->weights());
    }
    const std::int64_t axis = m_split.axis == ChannelAxis::Columns ? 1 : 0;
    return at::cat(parts, axis).index_select(axis, m_placement);
}

void HybridLayer::endStep(double roundingRate, double clipRate, double lambda, double beta)
{
    if (m_high) {
        const at::Tensor gradient = cpuFloat(m_highLeaf.grad());
        m_high->step(matrixView(gradient), roundingRate, lambda, beta);
    }
    if (m_low) {
        m_low->endStep(clipRate);
    }
}

std::shared_ptr<const MixedGridWeight> HybridLayer::hardened() const
{
    MixedGridWeight::Part high;
    MixedGridWeight::Part low;
    if (m_high) {
        high = std::make_shared<UniformAffineWeight>(m_high->grids(), m_high->codes());
    }
    if (m_low) {
        GridSet grids = m_low->grids();
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(m_lowWeights.numel()));
        quantizeCodes(matrixView(m_lowWeights), grids, codes);
        low = std::make_shared<UniformAffineWeight>(std::move(grids), codes);
    }
    return std::make_shared<MixedGridWeight>(m_rows, m_cols, m_split, std::move(high),
                                             std::move(low));
}

double HybridLayer::settledShare() const { return m_high ? m_high->settledShare() : 1; }

} // namespace bitprism
