// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/block.h"

#include <ATen/ATen.h>

#include <cstdint>

namespace bitprism {

/// One call of softmax(Q K^T / sqrt(head size)) V with fewer key heads than query heads allowed
/// (query head h reads key head h / (heads / key heads)).
struct AttentionCall
{
    at::Tensor query; ///< [samples, heads, length, head size]
    at::Tensor key; ///< [samples, key heads, keys, head size]; keys >= length, the last are new
    at::Tensor value; ///< as key
    bool isCausal
        = true; ///< false: every query reaches every key, of which there may be any number
    /// [samples, keys], true where a key is real; undefined: everywhere. A query without any real
    /// key, being padding itself, reads all alike. A causal call needs none: padding stands at the
    /// end.
    at::Tensor keyMask;
    std::int64_t window = 0; ///< keys a query reaches, its own included; 0: all before it
    BlockId block;
    BlockHooks *hooks = nullptr;
    /// Most scores held at once; queries are worked through in chunks to stay below it.
    std::int64_t maxScores = std::int64_t{1} << 20;
};

/// [samples, length, heads x head size]. Needs memory for maxScores (or one query's scores), not
/// for length x length.
at::Tensor attend(const AttentionCall &attention);

} // namespace bitprism
