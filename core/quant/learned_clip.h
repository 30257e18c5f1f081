// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/uniform_quantizer.h"

#include <ATen/ATen.h>

namespace bitprism {

/// Learnable weight clipping of one layer (OmniQuant, arXiv 2308.13137; base-methods.md 6.1): the
/// range of each grid is [sigmoid(l) min, sigmoid(u) max] (omni-asym; symmetric: sigmoid(u)
/// absmax), with logits that start at 4, a factor of 0.98201. Gradients pass straight through the
/// rounding of codes and of the scale to its stored type, and not through the zero point. What
/// weights() gives is what grids() and rounding to nearest give.
class LearnedClip
{
public:
    /// `weights` [rows, cols]; rules OmniAsym, OmniSym and GptqAsym (OmniAsym on ranges that
    /// include zero, so that zero points stay among the codes), one grid per row or group.
    LearnedClip(const at::Tensor &weights, const GridOptions &options);

    /// Fake-quantized, [rows, cols], on the weights' device; in gradient mode between beginStep()
    /// and endStep() it depends on the logits.
    at::Tensor weights() const;
    GridSet grids() const;

    /// Logits that give `grids`, which a clip search found: the whole range shrunk by one factor.
    void startFrom(const GridSet &grids);
    /// The whole range: logits without bound.
    void open();
    void beginStep();
    /// One step of AdamW without decay (betas 0.9 and 0.999) on what backward() left.
    void endStep(double learningRate);
    /// Remembers the logits, and goes back to those remembered last.
    void keep() { m_kept = m_logits.clone(); }
    void restoreKept() { m_logits = m_kept.clone(); }

    const at::Tensor &logits() const { return m_logits; } ///< [2, rows, groups]: u, then l

private:
    /// Low and high ends of the grids, [rows, groups].
    std::pair<at::Tensor, at::Tensor> range() const;

    GridOptions m_options;
    std::int64_t m_cols = 0;
    at::Tensor m_grouped; ///< [rows, groups, groupSize]; a ragged end repeats its last column
    at::Tensor m_least; ///< [rows, groups]
    at::Tensor m_most;
    at::Tensor m_logits;
    at::Tensor m_kept;
    at::Tensor m_mean; ///< Adam's moments
    at::Tensor m_square;
    int m_steps = 0;
};

} // namespace bitprism
