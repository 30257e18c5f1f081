// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint.h"

#include <vector>

namespace bitprism {

/// The tensors of a checkpoint that an export writes, in order: all but the scales of 8-bit floats,
/// of the weights (which are multiplied in) and of their inputs (of which nothing is left).
/// `checkpoint` must outlive the result.
std::vector<const io::TensorInfo *> keptTensors(const io::Checkpoint &checkpoint);

} // namespace bitprism
