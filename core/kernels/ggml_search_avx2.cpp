// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/ggml_search.h"
#include "core/kernels/ggml_search_impl.h"

namespace bitprism::ggml {

const Kernels *avx2Kernels() { return &implementation; }

} // namespace bitprism::ggml
