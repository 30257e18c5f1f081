// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"

namespace bitprism {

/// Seconds that one block takes for one token here and now, measured on a few hundred tokens: what
/// estimates of jobs are made of.
double secondsPerBlockToken(const Model &model);

} // namespace bitprism
