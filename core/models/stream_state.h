// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace bitprism {

/// Keys and values that a decoder keeps between calls, per block. `length` positions are held by
/// every block; who generates adds the positions just run to it after the last block.
struct KeyValueCache
{
    struct Entry
    {
        at::Tensor keys; ///< [samples, key heads, capacity, head size], rotary positions applied
        at::Tensor values;
    };
    std::int64_t capacity = 0; ///< positions, at most
    std::int64_t length = 0;
    std::vector<Entry> blocks; ///< one per block of the stack; filled by the forward pass
    /// Keys and values of the memory, made at the first call, [samples, heads, frames, head size];
    /// one per block of a stack that attends to one.
    std::vector<Entry> memory;
};

/// What one call of a stack starts from. Absent tensors are undefined.
struct Batch
{
    at::Tensor tokens; ///< [samples, length], int64
    at::Tensor mask; ///< [samples, length], true where a token is real; undefined: everywhere
    at::Tensor features; ///< [samples, ...]: log-mel frames, images
    at::Tensor memory; ///< [samples, frames, hidden]: the encoder's output, for a decoder
    std::shared_ptr<KeyValueCache> cache; ///< null unless generating
};

/// All that travels from block to block: padding and masks, positions, the cache of a decoder and
/// the encoder output it attends to. A causal stack ignores padding at the end: real tokens never
/// see it.
struct StreamState
{
    at::Tensor hidden; ///< [samples, length, hidden]
    at::Tensor mask; ///< as in Batch
    at::Tensor positions; ///< [length], int64
    std::shared_ptr<KeyValueCache> cache;
    at::Tensor memory;
};

} // namespace bitprism
