// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/convolution.h"

namespace bitprism::convolution {

at::Tensor patches1d(const at::Tensor &x, std::int64_t kernel, std::int64_t stride,
                     std::int64_t padding)
{
    return at::im2col(x.unsqueeze(2), {1, kernel}, {1, 1}, {0, padding}, {1, stride})
        .transpose(1, 2);
}

at::Tensor patches2d(const at::Tensor &x, std::int64_t kernel, std::int64_t stride,
                     std::int64_t padding)
{
    return at::im2col(x, {kernel, kernel}, {1, 1}, {padding, padding}, {stride, stride})
        .transpose(1, 2);
}

} // namespace bitprism::convolution
