// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <ATen/ATen.h>

#include <cstdint>

namespace bitprism::test {

/// Standard normal numbers, FP32 [rows, cols]; the same for the same seed.
inline at::Tensor randomMatrix(std::int64_t rows, std::int64_t cols, std::uint64_t seed)
{
    Random random(seed, "matrix");
    at::Tensor matrix = at::empty({rows, cols}, at::kFloat);
    float *values = matrix.data_ptr<float>();
    for (std::int64_t i = 0; i < matrix.numel(); ++i) {
        values[i] = static_cast<float>(random.normal());
    }
    return matrix;
}

} // namespace bitprism::test
