// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/ggml_search.h"

#include "core/kernels/ggml_search_impl.h"
#include "core/kernels/processor.h"

namespace bitprism::ggml {

const Kernels &plainKernels() { return implementation; }

#ifndef BITPRISM_AVX2
const Kernels *avx2Kernels() { return nullptr; }
#endif

const Kernels &kernels()
{
    static const Kernels &chosen
        = hasAvx2() && avx2Kernels() != nullptr ? *avx2Kernels() : plainKernels();
    return chosen;
}

} // namespace bitprism::ggml
