// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstddef>

namespace bitprism {

/// Bytes that a result holds, for caches: the long lists counted, the rest by a flat sum.
std::size_t approximateBytes(const Result &result);

} // namespace bitprism
