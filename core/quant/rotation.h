// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/kernels/hadamard.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <string_view>

namespace bitprism {

/// A fixed orthogonal matrix Q [size, size] made of a Hadamard matrix M and random signs D: x Q is
/// worked out in O(n log n). Arithmetic in FP64 unless the values are FP32 and `inPlaceType` below
/// says so; results have the type of what came in.
class Rotation
{
public:
    enum class Shape
    {
        Plain, ///< M
        Signed, ///< D M: signs first (QuaRot, arXiv 2404.00456)
        /// M D M^T with D = 1 at the first place of each block: Q maps the vector of ones to
        /// itself, so that LayerNorm(x Q) = LayerNorm(x) Q and the norm can stay a LayerNorm.
        KeepsOnes,
    };

    /// `random` is used unless the shape is plain.
    Rotation(std::int64_t size, Shape shape, Random random);

    std::int64_t size() const { return m_matrix.size(); }
    const HadamardMatrix &matrix() const { return m_matrix; }

    /// x Q over the last dimension, worked out in FP64: for weights.
    at::Tensor right(const at::Tensor &x) const { return multiplied(x.to(at::kDouble), false); }
    /// x Q^T over the last dimension, in FP64.
    at::Tensor rightTransposed(const at::Tensor &x) const
    {
        return multiplied(x.to(at::kDouble), true);
    }
    /// Q^T W for W [size, cols], in FP64.
    at::Tensor left(const at::Tensor &W) const { return right(W.t()).t().contiguous(); }

    /// x Q, or x Q^T, in FP32: while a model runs. Differentiable.
    at::Tensor online(const at::Tensor &x, bool isTransposed = false) const
    {
        return multiplied(x, isTransposed);
    }

private:
    at::Tensor multiplied(const at::Tensor &x, bool isTransposed) const;
    at::Tensor byMatrix(const at::Tensor &x, bool isTransposed) const;

    HadamardMatrix m_matrix;
    Shape m_shape;
    at::Tensor m_signs; ///< [size], FP64
};

} // namespace bitprism
