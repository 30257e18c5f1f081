// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/range_search.h"
#include "core/quant/signed_grid.h"

#include <ATen/ATen.h>

namespace bitprism {

/// A per-tensor grid of activations whose scale and zero point are learned (LSQ+, Bhalgat et al.,
/// arXiv 2004.09576, equations 4 to 7, as Wei et al., arXiv 2209.13325, use it). Symmetric grids
/// learn the scale alone.
class LearnedGrid
{
public:
    /// Starts from the grid of `range`. `codes` of symmetric grids; else 0 .. 2^bits-1 are meant.
    LearnedGrid(const ActivationRange &range, int bits, bool isSymmetric,
                const SymmetricCodes &codes);

    /// Scale and zero point want gradients from now on, multiplied by 1 / sqrt(numbers * qmax);
    /// `numbers` are rounded in this step.
    void beginStep(double numbers);
    /// One step of Adam (betas 0.9 and 0.999) on what backward() left.
    void endStep(double learningRate);
    /// Fake-quantized, with straight-through gradients for `input`, scale and zero point.
    at::Tensor quantize(const at::Tensor &input) const;
    /// Whose grid has the same scale and zero point.
    ActivationRange range() const;

    const at::Tensor &scale() const { return m_scale.value; }
    const at::Tensor &zeroPoint() const { return m_zero.value; }

private:
    struct Learned
    {
        at::Tensor value; ///< no dimensions, FP32
        double mean = 0; ///< Adam's moments
        double square = 0;
        void step(double rate, int steps);
    };
    void settle();

    bool m_isSymmetric;
    double m_divisor;
    double m_lowest;
    double m_highest;
    Learned m_scale;
    Learned m_zero; ///< not whole while it is learned
    double m_factor = 1; ///< of the gradients
    int m_steps = 0;
};

} // namespace bitprism
