// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/rotation.h"
#include "core/quant/transform.h"

#include <map>
#include <vector>

namespace bitprism {

/// Which rotations a model gets.
struct RotationParts
{
    bool residualOffline = false;
    bool residualOnline = false;
    bool headsOffline = false;
    bool headsOnline = false;
    bool hiddenOnline = false;
    bool keysOnline = false;
    bool hasRandomSigns = true;
};

/// What these parts mean for a model. Throws BadInput, saying what to do, where one cannot be done.
TransformPlan planRotation(const ModelGraph &graph, const RotationParts &parts);

/// A model whose hidden states are rotated (QuaRot, arXiv 2404.00456; base-methods.md 8.2), with
/// the products worked out in FP64:
/// - offline: norms' gains (and biases) move into the layers that read them, these become W Q, the
///   layers that write to the residual stream Q^T W, its embeddings E Q. The last norm is left
///   plain and its gain moves into the head (or a tower's projection), which is untied for that.
///   Where the stream begins with other than tables, or ends without a head, the states are rotated
///   online at that end. A LayerNorm stays one: Q keeps the vector of ones, and what writes is
///   centred first, which the norm would do anyway. (The publication replaces it by an RMS norm;
///   keeping it leaves the forward pass and exported checkpoints as they are.)
/// - heads: H on each head's values and on the columns of the output projection; online, the part
///   across heads is done on the projection's input.
/// - online parts: inputs of layers, or queries and keys, through the hooks.
class RotatedModel final : public ModelTransform, private BlockHooks
{
public:
    RotatedModel(const ModelGraph &graph, const RotationParts &parts, std::uint64_t seed);

    void edit(Block &block) const override;
    at::Tensor editRows(const std::string &tensor, const at::Tensor &rows) const override;
    BlockHooks *hooks() const override;
    void begun(int stack, StreamState &state) const override;
    at::Tensor finishing(int stack, const at::Tensor &hidden) const override;

private:
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override;
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override;

    const Rotation *inputRotation(const LayerInfo &layer) const;
    const Rotation &plain(std::int64_t size) const;
    void foldNorm(Block &block, const NormInfo &norm) const;
    void rotateReader(Block &block, const LayerInfo &layer) const;
    void rotateWriter(Block &block, const LayerInfo &layer) const;
    void rotateHeads(Block &block) const;
    void editHead(Block &block) const;

    ModelGraph m_graph;
    RotationParts m_parts;
    std::map<int, Rotation> m_residual; ///< by stack
    std::map<std::int64_t, Rotation> m_plain; ///< Hadamard alone, by size
};

} // namespace bitprism
