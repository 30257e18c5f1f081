// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/processor.h"

namespace bitprism {

bool hasAvx2()
{
#ifdef BITPRISM_AVX2
    return __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}

} // namespace bitprism
