// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint.h"
#include "core/results/model_info.h"

#include <filesystem>

namespace bitprism {

/// What is known of a checkpoint without running it; no tensor data is read. An unknown
/// `model_type` is described by its two-dimensional weights, with runnable = false and the reason.
/// `tokenizer` stays empty: core/tokenize describes it.
ModelInfo describeModel(const io::Checkpoint &checkpoint);
ModelInfo describeModel(const std::filesystem::path &folder);

} // namespace bitprism
