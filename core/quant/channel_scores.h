// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/stream.h"
#include "core/quant/weight_quantizer.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace bitprism {

/// Diagonal of the empirical Fisher information of one weight (high-impact-ratio.md 3.1):
/// F = (1/N) sum_n T_n (d l_n / d W)^2, with l_n the mean loss of sequence n over its T_n scored
/// tokens, so that sequences count by their length. FP32.
class FisherDiagonal
{
public:
    /// `gradient` [rows, cols] of the sequence's summed loss.
    void add(const at::Tensor &gradient, std::int64_t scoredTokens);
    /// [rows, cols]; undefined before the first sequence.
    at::Tensor value() const;

private:
    at::Tensor m_sum;
    std::int64_t m_sequences = 0;
};

/// A layer whose channels are ranked.
struct ScoredLayer
{
    const LayerInfo *layer = nullptr;
    const WeightQuantizer *quantizer = nullptr; ///< its needs() name gradients
    int bits = 0;
};
using ChannelScores = std::map<std::string, at::Tensor>; ///< by layer name

/// Collects the Fisher information of one block at a time on a backward stream, and keeps what
/// quantizers make of it.
class ChannelScorer final : public GradientVisitor
{
public:
    explicit ChannelScorer(const std::vector<ScoredLayer> &layers);

    void visit(const Block &block, std::size_t sample, std::int64_t scoredTokens,
               const std::map<std::string, at::Tensor> &gradients) override;
    void leave(const Block &block, JobContext &context) override;

    const ChannelScores &scores() const { return m_scores; }

private:
    void share(const std::vector<const ScoredLayer *> &layers);

    std::map<std::string, ScoredLayer> m_layers;
    std::map<std::string, FisherDiagonal> m_fisher; ///< of the block at hand
    ChannelScores m_scores;
};

/// Kept with a run, so that resuming splits the same channels.
void writeScores(const std::filesystem::path &file, const ChannelScores &scores);
/// Throws BadInput for a file that writeScores() did not write.
ChannelScores readScores(const std::filesystem::path &file);

} // namespace bitprism
