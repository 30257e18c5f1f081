// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <vector>

namespace bitprism {

/// Fields of the recipe form that belong to no component: what ParamForm needs to know of them.
std::vector<ParamInfo> dataParameters(); ///< calibration and evaluation file
std::vector<ParamInfo> sampleParameters(); ///< samples and length of the calibration
std::vector<ParamInfo> evaluationParameters(); ///< windows and their length of the measurements
std::vector<ParamInfo> runParameters(); ///< seed, name and experiment of a run

} // namespace bitprism
