// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/block_layers.h"

namespace bitprism {

/// Names of the projections of one attention module, as they follow the block's
/// prefix.
struct AttentionNames
{
    std::string query;
    std::string key;
    std::string value;
};

/// Attention of `input` [samples, length, hidden] over the encoder output of
/// `state`. Keys and values depend on the recording only, so a generation makes
/// them once: they are kept in the cache's memory entries. [samples, length,
/// heads x head size], before the output projection.
at::Tensor crossAttention(const BlockLayers &layers, const AttentionNames &names, BlockId block,
                          const at::Tensor &input, std::int64_t heads, std::int64_t keyHeads,
                          const StreamState &state);

} // namespace bitprism
