// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/config_reader.h"
#include "core/families/tensor_rules.h"

#include <string>
#include <vector>

namespace bitprism {

/// What stands behind the last block of an encoder.
enum class EncoderHead
{
    None, ///< the hidden states themselves
    MaskedTokens, ///< dense, activation, norm, decoder
    Classes ///< of the first position: dense, tanh, classifier
};

/// Sizes and tensor names of the BERT family (bert, roberta, albert): post-norm blocks of
/// bidirectional attention and a two-layer feed-forward part. Shared by the descriptions and the
/// forward pass. Names are full, without ".weight".
struct EncoderLayout
{
    std::int64_t hiddenSize = 0;
    std::int64_t intermediateSize = 0;
    std::int64_t embeddingSize = 0; ///< albert's is below hiddenSize
    int blocks = 0;
    std::int64_t heads = 0;
    std::int64_t vocabularySize = 0;
    std::int64_t positions = 0; ///< rows of the position table
    std::int64_t firstPosition = 0; ///< row of the first token (roberta: padding id + 1)
    std::int64_t tokenTypes = 0;
    std::string activation; ///< gelu, gelu_new, relu
    double normEpsilon = 1e-12;
    std::vector<std::string> labels;
    EncoderHead headKind = EncoderHead::None;

    struct BlockNames
    {
        std::string query, key, value, attentionOut, attentionNorm, up, down, outputNorm;
    };
    std::string wordEmbedding, positionEmbedding, typeEmbedding, embeddingNorm;
    std::string mapping; ///< albert: from embedding to hidden size; empty: none
    BlockNames names; ///< within a block
    std::vector<std::string> blockPrefixes; ///< by block
    std::vector<std::string> sourcePrefixes; ///< by block: the checkpoint's; empty: the same
    std::string headDense, headNorm, headDecoder, headBias; ///< of masked tokens
    bool hasTiedHead = true; ///< the decoder's weight is the word embedding's
    std::string pooler, classifier;
    std::string normScale = ".weight"; ///< ".gamma" in old checkpoints
    std::string normShift = ".bias";

    std::int64_t contextLength() const { return positions - firstPosition; }
    std::string inBlock(std::size_t block, const std::string &name) const
    {
        return blockPrefixes.at(block) + name;
    }
    std::vector<TensorRule> tensors() const;

    /// Reads the keys that the family shares; `where` names the file.
    void readConfig(const ConfigReader &config);
    /// Finds labels and the head that the checkpoint has, among the given tensors.
    void findHead(const io::Checkpoint &checkpoint);
    /// The same from what findHead() made of the description.
    void takeHead(const ModelInfo &info);
    /// Fills everything of `info` that the layout knows.
    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const;
};

/// The layouts by family: from the checkpoint (description), or from the description (forward
/// pass), which `checkpoint` is then null for.
EncoderLayout bertLayout(const Json &config, const std::string &where,
                         const io::Checkpoint *checkpoint, const ModelInfo &info);
EncoderLayout robertaLayout(const Json &config, const std::string &where,
                            const io::Checkpoint *checkpoint, const ModelInfo &info);
EncoderLayout albertLayout(const Json &config, const std::string &where,
                           const io::Checkpoint *checkpoint, const ModelInfo &info);

} // namespace bitprism
