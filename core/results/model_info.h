// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// One linear (or convolution) weight that can be quantized.
struct LayerInfo
{
    std::string name; ///< as in the checkpoint, without ".weight": "model.layers.3.mlp.down_proj"
    std::string tensor; ///< the tensor's full name; unique in the model
    /// The checkpoint's tensor it is read from, where several layers share one (ALBERT); empty:
    /// `tensor`.
    std::string source;
    /// attention_query, ..., mlp_down, embedding, head; attention_qkv where one weight makes query,
    /// key and value, a third of its rows each (GPT-2).
    std::string kind;
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

    const std::string &stored() const { return source.empty() ? tensor : source; }
};

/// The sum of a post-norm block that takes its input past the layers.
enum class ShortcutPart
{
    Attention, ///< what enters the block
    Mlp ///< what enters the MLP
};

/// The sum that reads a norm's output: in this block of the norm's stack.
struct Shortcut
{
    int block = 0;
    ShortcutPart part = ShortcutPart::Attention;
    bool operator==(const Shortcut &) const = default;
};

/// One normalisation of a stack. What reads it: the layers that name its gain as their producer
/// (in the next block or another stack where it ends a block or stack), and perhaps a shortcut.
struct NormInfo
{
    static constexpr int embedding = -2; ///< `block` of a norm before the first block

    std::string gain; ///< tensor, [size]
    std::string bias; ///< tensor, [size]; empty: none
    bool centres = false; ///< subtracts the mean first (LayerNorm); otherwise an RMS norm
    int stack = 0;
    /// Whose tensors hold it. -1: the last norm, before the head or the stack's output.
    int block = -1;
    /// False where something else reads it too: a shortcut, or whoever reads the stack's output.
    bool feedsLayersOnly = true;
    /// What reads it beside layers in a post-norm stack; nothing else does then.
    std::optional<Shortcut> shortcut = {};
    double epsilon = 0; ///< added to the variance

    /// Whether a scale or shift of its output can be undone wherever it is read: in the layers'
    /// weights, and on the shortcut by BlockHooks::shortcut().
    bool canMove() const { return feedsLayersOnly || shortcut.has_value(); }
};

struct StackInfo
{
    std::string name; ///< "decoder"; Whisper has "encoder" and "decoder", CLIP "image" and "text"
    int blocks = 0;
    bool readsFeatures = false; ///< a batch's features (frames, images) enter it; else its tokens
    int memoryStack = -1; ///< the stack whose output it attends to; -1: none
    /// The one position whose output counts: one of `pooling`, empty for all positions.
    std::string pooled = {};
    int headSize = 0; ///< of attention's values; 0: unknown
    /// Every block adds to one residual stream that is normalised on its way into layers only.
    bool isPreNorm = false;
    /// Tables whose rows, looked up and added, are the whole input of block 0, the tokens' first;
    /// empty where it is made otherwise (convolutions, a projected or normalised embedding).
    std::vector<std::string> embeddings{};
    /// What the head's weight is named in a checkpoint that does not tie it; empty: no head.
    std::string headTensor{};
};

/// Where a tower that ends in one position is read.
namespace pooling {
inline constexpr std::string_view first = "first";
inline constexpr std::string_view endMark = "end-mark"; ///< of a text
} // namespace pooling

/// What the features of a batch are.
namespace featureKinds {
inline constexpr std::string_view logMel = "log-mel"; ///< Whisper's, of 30 seconds
inline constexpr std::string_view waveform = "waveform"; ///< 16 kHz mono
inline constexpr std::string_view image = "image"; ///< square, three channels
} // namespace featureKinds

/// What the output of the last stack is trained to say: what a loss means for the model.
namespace objectives {
inline constexpr std::string_view nextToken = "next-token";
inline constexpr std::string_view maskedToken = "masked-token"; ///< BERT and its relatives
inline constexpr std::string_view maskedDiffusion = "masked-diffusion"; ///< LLaDA
inline constexpr std::string_view classification = "classification";
inline constexpr std::string_view none = "none"; ///< embeddings, or several towers
} // namespace objectives

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
    /// Norms stand behind the sums, so that a shortcut reads what a norm gives (BERT): what is
    /// folded into such a norm must be undone on its shortcut.
    bool hasPostNorm = false;
    std::string objective = "next-token"; ///< one of `objectives`
    std::string featureKind; ///< one of `featureKinds`; empty: the model reads tokens only
    std::int64_t featureSize = 0; ///< mel bins, or pixels of a side
    std::vector<std::string> labels; ///< of a classification head, by class
    std::int64_t maskToken = -1; ///< from config.json; -1: none (the tokenizer may know one)
    std::int64_t bosToken = -1; ///< from config.json; -1: none
    std::vector<std::int64_t> eosTokens;
    std::string tokenizer; ///< "byte-level BPE, 2048 tokens"; empty: none found
    bool runnable = false;
    /// Why it is not runnable, or what part of it is missing; empty otherwise.
    std::string problem;
    std::vector<StackInfo> stacks;
    std::vector<LayerInfo> layers;
    std::vector<NormInfo> norms; ///< of stacks' blocks and ends; not part of the JSON

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static ModelInfo fromJson(const nlohmann::json &json);

    /// Numbers that the head gives per position: the vocabulary, or the classes.
    std::int64_t outputSize() const
    {
        return labels.empty() ? vocabularySize : static_cast<std::int64_t>(labels.size());
    }
    /// Null for an unknown name.
    const LayerInfo *findLayer(std::string_view layerName) const;
};

} // namespace bitprism
