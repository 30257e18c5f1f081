// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/sampler.h"
#include "core/models/model.h"

namespace bitprism {

/// Seconds that one block takes for one token (frame, patch) where nothing else runs, measured on a
/// few hundred of them: what estimates of jobs are made of. 0 where the model reads features and
/// `samples` has none to run a block on.
double secondsPerBlockToken(const Model &model, const SampleSet &samples);

} // namespace bitprism
