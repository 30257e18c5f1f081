// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/families/tensor_rules.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// Change of the rotary frequencies for contexts beyond the trained one.
struct RopeScaling
{
    enum class Type
    {
        None,
        Linear, ///< positions divided by `factor`
        Llama3, ///< long wavelengths divided by `factor`, short ones kept, blended between
    };
    Type type = Type::None;
    double factor = 1;
    double lowFrequencyFactor = 1;
    double highFrequencyFactor = 4;
    std::int64_t originalContext = 8192;
};

/// config.json of the llama group: llama, mistral, qwen2, qwen3. Shared by the description and the
/// forward pass.
struct LlamaConfig
{
    std::string modelType; ///< llama, mistral, qwen2, qwen3
    std::int64_t hiddenSize = 0;
    std::int64_t intermediateSize = 0;
    int blocks = 0;
    std::int64_t heads = 0;
    std::int64_t keyValueHeads = 0; ///< divides heads
    std::int64_t headSize = 0; ///< even
    std::int64_t vocabularySize = 0;
    std::int64_t contextLength = 0;
    double rmsNormEpsilon = 1e-6;
    double ropeTheta = 10000;
    RopeScaling ropeScaling;
    bool hasQkvBias = false;
    bool hasOutputBias = false; ///< of o_proj
    bool hasMlpBias = false;
    bool hasQueryKeyNorm = false; ///< RMS norm per head before the rotation (qwen3)
    bool hasTiedHead = false;
    /// Attention reaches this many positions back, itself included; 0: all. By block.
    std::vector<std::int64_t> slidingWindow;
    std::int64_t bosToken = -1; ///< -1: none
    std::vector<std::int64_t> eosTokens;

    std::int64_t queryRows() const { return heads * headSize; }
    std::int64_t keyValueRows() const { return keyValueHeads * headSize; }

    /// What the group expects in a checkpoint.
    std::vector<TensorRule> tensors() const;

    /// Reads and checks; `where` names the file. Absurd or contradictory values, an activation
    /// other than SiLU and an unknown rope scaling are BadInput that names the key.
    static LlamaConfig read(const Json &config, std::string_view where);
};

} // namespace bitprism
