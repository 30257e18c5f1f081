// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"

namespace bitprism {

/// Options of the job `resume`: none. The request names the store and the run (`runId`); kind,
/// model, options, seed and threads come from the run's stored request. Publishes what the
/// interrupted job would have.
using ResumeJobOptions = NoParams;

} // namespace bitprism
