// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/ggml_search.h"
#include "core/kernels/ggml_types.h"
#include "core/kernels/matrix_view.h"

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

namespace bitprism {

/// Blocks of a matrix [rows, cols], row after row, that ggml's own code reads. What is searched is
/// the least sum of importance[j] * (w - q)^2 over each block: scales by weighted least squares
/// from a scan of clipped ranges, then the two levels of scales together, each code with the scales
/// as they are stored. `importance` has one value a column (mean squared input: the diagonal of the
/// Hessian) or is empty: all alike. Rows in parallel; the same bytes for any thread count and
/// instruction set. Throws BadInput for values that are not finite or beyond F16 scales. `cols` is
/// a multiple of the type's block.
std::vector<std::byte> encodeGgml(GgmlType type, MatrixView<const float> weights,
                                  std::span<const float> importance = {}, std::stop_token stop = {},
                                  const ggml::Kernels &kernels = ggml::kernels());

/// The weights of `blocks`, [rows, cols] as `weights` says, in ggml's own order of operations:
/// bit for bit what it reads.
void decodeGgml(GgmlType type, std::span<const std::byte> blocks, MatrixView<float> weights);

namespace ggml {

/// Blocks of one type, from `values` to `bytes` and back; for tests and the codec itself.
struct BlockSource
{
    const float *values = nullptr; ///< of one block
    const float *importance = nullptr; ///< of its columns; null: all alike
};
/// Encodes 256 weights: one block of 256, or up to eight of 32. `bytes` has room for them.
void encodeTile(GgmlType type, std::span<const BlockSource> blocks, const Kernels &kernels,
                std::byte *bytes);
void decodeBlock(GgmlType type, const std::byte *bytes, float *values);
/// The 16 levels of IQ4_NL.
extern const float iq4Levels[16];

} // namespace ggml

} // namespace bitprism
