// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"

namespace bitprism {

/// Opens libbitprism-engine (and with it LibTorch) on the first call and keeps it for the life of
/// the process; later calls return the same engine. Takes 0.6 to 2 s the first time, so the window
/// calls it from a worker thread. Registers the engine's components. Throws Error (Internal) with
/// the loader's words when the library is missing. Thread-safe; the first call's priority holds.
Engine &loadEngine(ComputePriority priority = ComputePriority::Normal);

} // namespace bitprism
