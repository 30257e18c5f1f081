// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/uniform_kernels.h"
#include "core/kernels/uniform_kernels_impl.h"

namespace bitprism {

const UniformKernels *avx2UniformKernels() { return &implementation; }

} // namespace bitprism
