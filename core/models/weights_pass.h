// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/forward_pass.h"

#include <memory>

namespace bitprism {

/// Stands for the forward pass of a model that cannot be run: blocks hold the described layers'
/// weights and nothing else, and whatever would run them throws BadInput with the reason.
std::unique_ptr<ForwardPass> weightsPass(const ModelInfo &info);

} // namespace bitprism
