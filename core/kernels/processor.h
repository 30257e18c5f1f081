// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bitprism {

/// Whether files compiled for AVX2 were built and this processor runs them. Kernels exist twice,
/// NAME.cpp for any x86-64 (or other) processor and NAME_avx2.cpp, and give the same bits.
bool hasAvx2();

} // namespace bitprism
