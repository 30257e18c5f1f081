// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/matrix_view.h"
#include "core/kernels/uniform_quantizer.h"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace bitprism {

struct GptqOptions
{
    GridOptions grid;
    int blockSize = 128; ///< columns between two updates of the rest; changes speed only
    bool staticGroups = false; ///< grids from the weights before any update, in their own order
};

/// What GPTQ needs of a layer's inputs; layers fed by one tensor share it.
template <typename T> struct GptqFactor
{
    std::int64_t cols = 0;
    std::vector<T> upper; ///< [cols, cols]: U with U^T U = (H + damping)^-1, in processing order
    std::vector<std::int64_t> order; ///< processed k-th: column order[k]
    bool actOrder = false; ///< dynamic groups then need a map from columns to groups
    std::vector<bool> isDead; ///< [cols]: inputs that were always zero
    double damping = 0; ///< the share that made H positive definite

    /// Adds `damping` times the mean diagonal to `hessian` ([cols, cols], lower triangle read) and
    /// factors it; `actOrder` puts the columns in order of falling diagonal. A failure raises the
    /// damping tenfold up to 0.1, then throws BadInput. Dead inputs count as 1. O(cols^3).
    static GptqFactor make(MatrixView<const T> hessian, double damping, bool actOrder,
                           std::stop_token stop = {});
};

template <typename T> struct GptqResult
{
    std::vector<std::uint8_t> codes; ///< [rows, cols]
    GridSet grids;
    double error = 0; ///< sum of (w - q)^2 / U_cc^2 over all weights, halved
    std::vector<T> compensation; ///< E [rows, cols], processing order, if asked for: E U = W - Q
};

/// GPTQ (Frantar et al., arXiv 2210.17323) with any grid of uniform_quantizer.h: columns are
/// rounded one after another, each one's error moved to the columns not yet rounded. Groups that
/// are not static take their grids from the up-to-date weights. `hessian` is needed by
/// ClipSearch::Hessian only (undamped, in the weights' own order). Same result for any thread
/// count. Throws BadInput on values that are not finite. O(rows cols^2).
template <typename T>
GptqResult<T> gptq(MatrixView<const T> weights, const GptqFactor<T> &factor,
                   const GptqOptions &options, MatrixView<const T> hessian = {},
                   bool keepCompensation = false, std::stop_token stop = {});

extern template struct GptqFactor<float>;
extern template struct GptqFactor<double>;

} // namespace bitprism
