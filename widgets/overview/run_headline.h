// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

#include <QString>

namespace bitprism {

class RunLibrary;

/// What a run found, in one line: of a quantization the loss above the unquantized model with its
/// standard error (or else its first metric), of an analysis what stands out most. Empty while
/// nothing is known; results that are not in memory are asked for.
QString runHeadline(RunLibrary &library, const store::RunRecord &run);

} // namespace bitprism
