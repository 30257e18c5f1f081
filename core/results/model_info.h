// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// One linear (or convolution) weight that can be quantized.
struct LayerInfo
{
    std::string name; ///< as in the checkpoint, without ".weight": "model.layers.3.mlp.down_proj"
    std::string tensor; ///< the tensor's full name
    std::string kind; ///< attention_query, ..., mlp_down, embedding, head
    int stack = 0;
    int block = -1; ///< -1: outside the blocks (embedding, head)
    std::int64_t rows = 0; ///< output dimension
    std::int64_t cols = 0; ///< input dimension
    std::string dtype; ///< as stored: F32, F16, BF16, F8_E4M3
    double bits = 0; ///< stored bits per weight
    bool quantizable = true;
    bool isTransposed = false; ///< stored [cols, rows] (GPT-2's Conv1D)
    /// Layers of a block fed by one tensor share the group's name ("attention_input"); statistics
    /// are collected once per group.
    std::string inputGroup;
    /// Tensor whose output channels a scale of this layer's input folds into; empty: none.
    std::string producer;
};

/// One normalisation of a stack. What reads it: the layers that name its gain as their producer.
struct NormInfo
{
    std::string gain; ///< tensor, [size]
    std::string bias; ///< tensor, [size]; empty: none
    bool centres = false; ///< subtracts the mean first (LayerNorm); otherwise an RMS norm
    int stack = 0;
    int block = -1; ///< -1: the last norm, before the head or the stack's output
    /// False where something else reads it too (a post-norm block's residual stream), so that a
    /// scale cannot move into those layers alone.
    bool feedsLayersOnly = true;
};

struct StackInfo
{
    std::string name; ///< "decoder"; Whisper has "encoder" and "decoder", CLIP "image" and "text"
    int blocks = 0;
    int headSize = 0; ///< of attention's values; 0: unknown
    /// Every block adds to one residual stream that is normalised on its way into layers only.
    bool isPreNorm = false;
    /// Tables whose rows, looked up and added, are the whole input of block 0; empty where it is
    /// made otherwise (convolutions, a projected or normalised embedding).
    std::vector<std::string> embeddings{};
    /// What the head's weight is named in a checkpoint that does not tie it; empty: no head.
    std::string headTensor{};
};

/// What is known of a checkpoint without running it.
struct ModelInfo final : Result
{
    static constexpr std::string_view kind = "model";

    std::string family; ///< id of the family component; the model_type where none knows it
    std::string modelType; ///< config.json's `model_type`
    std::string name;
    std::string path; ///< absolute
    std::int64_t parameters = 0;
    int blocks = 0; ///< over all stacks
    std::string dtype; ///< of most weights
    std::int64_t bytes = 0; ///< of all tensors
    std::int64_t contextLength = 0; ///< 0: none
    std::int64_t vocabularySize = 0;
    std::int64_t hiddenSize = 0;
    bool hasTiedHead = false;
    std::int64_t bosToken = -1; ///< from config.json; -1: none
    std::vector<std::int64_t> eosTokens;
    std::string tokenizer; ///< "byte-level BPE, 2048 tokens"; empty: none found
    bool runnable = false;
    std::string problem; ///< why it is not runnable; empty otherwise
    std::vector<StackInfo> stacks;
    std::vector<LayerInfo> layers;
    std::vector<NormInfo> norms; ///< of stacks' blocks and ends; not part of the JSON

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static ModelInfo fromJson(const nlohmann::json &json);

    /// Null for an unknown name.
    const LayerInfo *findLayer(std::string_view layerName) const;
};

} // namespace bitprism
