// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

#include <QString>

#include <optional>

namespace bitprism {

/// "\u2713 Finished", "43 %" or "Stopped at 43 %"; `progress` is that of a job at work on the run
/// (or that was until it stopped), from 0 to 1.
QString runStatusText(const store::RunRecord &run, const std::optional<double> &progress = {});

} // namespace bitprism
