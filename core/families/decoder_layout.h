// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/config_reader.h"
#include "core/families/tensor_rules.h"

#include <string>
#include <vector>

namespace bitprism {

/// Sizes and tensor names of the causal families with learned positions: gpt2 and opt. Shared by
/// the descriptions and the forward pass. Names are full, without ".weight".
struct DecoderLayout
{
    std::int64_t hiddenSize = 0;
    std::int64_t intermediateSize = 0;
    std::int64_t embeddingSize = 0; ///< opt-350m's is below hiddenSize
    int blocks = 0;
    std::int64_t heads = 0;
    std::int64_t vocabularySize = 0;
    std::int64_t contextLength = 0;
    std::int64_t firstPosition = 0; ///< row of the first token in the position table (opt: 2)
    std::string activation; ///< gelu, gelu_new, relu
    double normEpsilon = 1e-5;
    bool isPreNorm = true; ///< false: norms stand behind the sums (opt-350m)
    bool hasBias = true; ///< of the linear layers
    bool hasLastNorm = true;
    bool hasTiedHead = true;
    bool isFused = false; ///< query, key and value are one transposed layer (gpt2's Conv1D)
    std::int64_t bosToken = -1;
    std::vector<std::int64_t> eosTokens;

    std::string wordEmbedding, positionEmbedding, lastNorm, head;
    std::string projectIn, projectOut; ///< between embedding and hidden size; empty: none
    std::string blockPrefix; ///< a block's number and a dot follow
    /// Within a block; `qkv` where fused.
    std::string qkv, query, key, value, attentionOut, attentionNorm, up, down, mlpNorm;

    std::string inBlock(int block, const std::string &name) const
    {
        return blockPrefix + std::to_string(block) + "." + name;
    }
    std::vector<TensorRule> tensors() const;
    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const;
};

/// From the checkpoint (description), or from the description (forward pass), which `checkpoint` is
/// then null for. `where` names config.json.
DecoderLayout gpt2Layout(const Json &config, const std::string &where,
                         const io::Checkpoint *checkpoint, const ModelInfo &info);
DecoderLayout optLayout(const Json &config, const std::string &where,
                        const io::Checkpoint *checkpoint, const ModelInfo &info);

} // namespace bitprism
