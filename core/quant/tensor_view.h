// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/kernels/matrix_view.h"

#include <ATen/ATen.h>

namespace bitprism {

/// The tensor as kernels want it: FP32, contiguous, on the CPU; a copy only where it must be.
inline at::Tensor cpuFloat(const at::Tensor &tensor)
{
    return tensor.to(at::kCPU, at::kFloat).contiguous();
}

/// A view of a tensor [rows, cols] that cpuFloat() made and that must outlive the view.
inline MatrixView<float> matrixView(const at::Tensor &tensor)
{
    BITPRISM_ASSERT(tensor.dim() == 2 && tensor.is_contiguous()
                        && tensor.scalar_type() == at::kFloat,
                    "views are of contiguous FP32 matrices");
    return {tensor.data_ptr<float>(), tensor.size(0), tensor.size(1)};
}

} // namespace bitprism
