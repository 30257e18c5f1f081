// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/uniform_kernels.h"

#include "core/kernels/processor.h"
#include "core/kernels/uniform_kernels_impl.h"

namespace bitprism {

const UniformKernels &plainUniformKernels() { return implementation; }

#ifndef BITPRISM_AVX2
const UniformKernels *avx2UniformKernels() { return nullptr; }
#endif

const UniformKernels &uniformKernels()
{
    static const UniformKernels &chosen = hasAvx2() && avx2UniformKernels() != nullptr
        ? *avx2UniformKernels()
        : plainUniformKernels();
    return chosen;
}

} // namespace bitprism
