// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"

#include <cstdint>
#include <functional>

namespace bitprism {

/// What one token (of speech, one frame) costs on its way through every layer once.
struct TokenCost
{
    double bitOperations = 0; ///< sum over products: multiply-accumulates x bits left x bits right
    double ioBytes = 0; ///< weights read, activations in and out, keys and values

    TokenCost &operator+=(const TokenCost &other)
    {
        bitOperations += other.bitOperations;
        ioBytes += other.ioBytes;
        return *this;
    }
};

/// Width of everything that is not quantized, whatever type the checkpoint has.
inline constexpr double fullWidth = 16;

/// Of one layer whose codes have `weightBits` and whose weights take `storageBits` in all.
TokenCost layerCost(const LayerInfo &layer, double weightBits, std::int64_t storageBits,
                    double activationBits);

/// How a layer is quantized; nothing for one that stays at 16 bits.
struct LayerWidth
{
    double weightBits = fullWidth;
    std::int64_t storageBits = 0;
    double activationBits = fullWidth;
};

/// How attention keeps its keys and values, in bits a value.
struct CacheWidth
{
    double keyBits = fullWidth; ///< of a code, which products see
    double valueBits = fullWidth;
    double storedKeyBits = fullWidth; ///< of a code with its share of the grids, which is moved
    double storedValueBits = fullWidth;
};

/// Positions that the cost of one token counts: a full context, of 2,048 at most.
std::int64_t costedPositions(const ModelInfo &model);

/// Of a whole model, as one generated token sees it with costedPositions() before it (a definition
/// of ours, since the attention products and the cache grow with the context): layers by
/// layerCost(), norms and a row of the embedding at 16 bits, the products of attention at
/// `operandBits` (of queries and probabilities) x the cache's, the cache read for every position
/// and written for one. `widthOf` gives a layer's width, null for one that stays; cross-attention
/// counts its layers only.
TokenCost modelCost(const ModelInfo &model,
                    const std::function<const LayerWidth *(const LayerInfo &)> &widthOf,
                    const CacheWidth &cache = {}, double operandBits = fullWidth);

} // namespace bitprism
