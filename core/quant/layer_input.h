// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"

#include <ATen/ATen.h>

namespace bitprism {

/// What enters `layer` when the block runs on `state`, which stays as it is; `hooks` (may be null)
/// act on the layers before it. The rest of the block does not run.
at::Tensor inputOf(const Model &model, const Block &block, const LayerInfo &layer,
                   const StreamState &state, BlockHooks *hooks = nullptr);

} // namespace bitprism
