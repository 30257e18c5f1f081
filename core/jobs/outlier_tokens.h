// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/stream_state.h"
#include "core/results/outlier_atlas.h"
#include "core/results/outlier_table.h"
#include "core/tokenize/tokenizer.h"

#include <cstdint>
#include <vector>

namespace bitprism {

/// The tokens of a stack in the order in which statistics count them. `states` enter its first
/// block; `batches` are what it reads where that is tokens, else empty. `tokenizer` may be null:
/// ids then stand for texts.
AtlasTokens atlasTokens(const std::vector<StreamState> &states, const std::vector<Batch> &batches,
                        const tokenize::Tokenizer *tokenizer);

/// Token `token` with its surroundings; without them where `tokens` does not hold it.
TokenMark tokenMark(const AtlasTokens &tokens, std::int64_t token, double value);

} // namespace bitprism
