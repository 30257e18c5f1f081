// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/mixed_grids.h"
#include "core/kernels/rounding_variables.h"
#include "core/quant/learned_clip.h"

#include <ATen/ATen.h>

#include <memory>
#include <optional>

namespace bitprism {

/// One layer of the hybrid method (high-impact-ratio.md 3.7): AdaRound's variables on the
/// high-impact part, whose grids are searched beforehand, and OmniQuant's learnable clipping on the
/// rest, which starts from the grids of a clip search. Either part may be empty.
class HybridLayer
{
public:
    /// `weights` [rows, cols].
    HybridLayer(const at::Tensor &weights, ChannelSplit split, const MixedGridOptions &options,
                const std::stop_token &stop);

    /// Soft weights [rows, cols] on the CPU; in gradient mode, between beginStep() and endStep(),
    /// they depend on the variables of both parts.
    at::Tensor weights() const;
    void beginStep();
    /// Steps of Adam on what backward() left.
    void endStep(double roundingRate, double clipRate, double lambda, double beta);

    /// Both parts hardened: codes to nearest or up or down as learned.
    std::shared_ptr<const MixedGridWeight> hardened() const;
    /// Both parts rounded to nearest on their searched grids: what the method must beat.
    const std::shared_ptr<const MixedGridWeight> &rounded() const { return m_rounded; }
    /// Share of the rounding variables that are 0 or 1 by themselves.
    double settledShare() const;

private:
    ChannelSplit m_split;
    std::int64_t m_rows;
    std::int64_t m_cols;
    std::shared_ptr<const MixedGridWeight> m_rounded;
    std::optional<RoundingVariables> m_high;
    std::optional<LearnedClip> m_low;
    at::Tensor m_lowWeights;
    at::Tensor m_highLeaf; ///< of the step at hand
    at::Tensor m_placement; ///< channel -> position among the high ones followed by the low ones
};

} // namespace bitprism
