// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

#include <string_view>

/// Small functions that forward passes share. Those that may write in place do so only where no
/// gradient is wanted.
namespace bitprism::tensor_math {

/// x / sqrt(mean(x^2) + epsilon) * gain over the last dimension.
at::Tensor rmsNorm(const at::Tensor &x, const at::Tensor &gain, double epsilon);

/// x W^T + bias with W [rows, cols]; `bias` may be undefined.
at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias);

/// By its name in config.json: "gelu" (exact), "gelu_new" (by tanh), "relu".
at::Tensor activation(const at::Tensor &x, std::string_view name);

/// a + b; reuses the memory of `a`, which the caller gives up.
at::Tensor addInto(const at::Tensor &a, const at::Tensor &b);

/// silu(gate) * up; reuses the memory of `gate`, which the caller gives up.
at::Tensor siluTimes(at::Tensor gate, const at::Tensor &up);

} // namespace bitprism::tensor_math
