// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"

namespace bitprism {

/// The histogram without the empty bins at its ends, which reach to a power of two: where its
/// values lie, to a bin. One of nothing but empty bins, or of a damaged range, has none.
Histogram occupiedPart(const Histogram &histogram);

} // namespace bitprism
