// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/section_builder.h"

namespace bitprism::report {

/// What an `outliers` run found: the atlas, the map and the histograms of the most outlying inputs,
/// depth, causes and tokens, and what transforms would change. `run` has outliers.
void addOutliers(const ReportRun &run, const std::string &context, SectionBuilder &builder);

} // namespace bitprism::report
