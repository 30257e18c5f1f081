// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

/// Convolutions as products of their patches with a weight [rows, channels x
/// kernel], so that they are layers like any other to hooks, statistics and
/// quantizers.
namespace bitprism::convolution {

/// Patches of `x` [samples, channels, length]: [samples, places, channels x
/// kernel].
at::Tensor patches1d(const at::Tensor &x, std::int64_t kernel, std::int64_t stride,
                     std::int64_t padding);

/// Patches of square kernels over `x` [samples, channels, height, width]:
/// [samples, places, channels x kernel^2], places row by row.
at::Tensor patches2d(const at::Tensor &x, std::int64_t kernel, std::int64_t stride,
                     std::int64_t padding);

} // namespace bitprism::convolution
