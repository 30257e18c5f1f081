// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/convolution.h"

namespace bitprism::convolution {

// Views of windows and one copy. LibTorch 1.13's im2col does the same, but its gradient is not the
// same twice.

at::Tensor patches1d(const at::Tensor &x, std::int64_t kernel, std::int64_t stride,
                     std::int64_t padding)
{
    const at::Tensor padded = padding > 0 ? at::constant_pad_nd(x, {padding, padding}) : x;
    return padded.unfold(2, kernel, stride).permute({0, 2, 1, 3}).flatten(2);
}

at::Tensor patches2d(const at::Tensor &x, std::int64_t kernel, std::int64_t stride,
                     std::int64_t padding)
{
    const at::Tensor padded
        = padding > 0 ? at::constant_pad_nd(x, {padding, padding, padding, padding}) : x;
    return padded.unfold(2, kernel, stride)
        .unfold(3, kernel, stride)
        .permute({0, 2, 3, 1, 4, 5})
        .flatten(3)
        .flatten(1, 2);
}

} // namespace bitprism::convolution
