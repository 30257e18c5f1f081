// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

namespace bitprism {

/// `exact`, with the gradient of `soft`.
inline at::Tensor straightThrough(const at::Tensor &exact, const at::Tensor &soft)
{
    return soft + (exact - soft).detach();
}

} // namespace bitprism
