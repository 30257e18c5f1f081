// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/metric.h"

namespace bitprism {

ItemSet Metric::items(const TaskInput &input) const { return lossItems(input); }

} // namespace bitprism
