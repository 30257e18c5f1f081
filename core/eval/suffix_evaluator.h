// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/items.h"
#include "core/eval/probe_evaluator.h"
#include "core/results/evaluation.h"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace bitprism {

/// Losses of one probed model per window (document): sums over its scored tokens, nats.
struct SuffixLosses
{
    std::vector<double> nll;
    std::vector<double> kl; ///< D(base, probed)
    double top1Agreement = 0; ///< share of scored tokens
};

struct SuffixOptions
{
    /// Blocks, and the base's log-probabilities, stay in memory up to this many bytes each; beyond
    /// it they are loaded, or computed from the cached last hidden states, at each probe.
    std::int64_t keepBytes = std::int64_t{1} << 30;
    double progressFrom = 0;
    double progressTo = 1;
    double progressTotal = 1;
};

/// Measures many small changes of one model on the same windows: caches the states that enter every
/// block, so that a probe runs from its block on only. Holds blocks x tokens x hidden floats.
class SuffixEvaluator final : public ProbeEvaluator
{
public:
    /// Runs the base model once. `model` must outlive it.
    SuffixEvaluator(const Model &model, const ItemSet &items, JobContext &context,
                    const SuffixOptions &options = {});
    ~SuffixEvaluator() override;
    SuffixEvaluator(const SuffixEvaluator &) = delete;
    SuffixEvaluator &operator=(const SuffixEvaluator &) = delete;

    static std::int64_t memoryNeed(const Model &model, const ItemSet &items,
                                   const SuffixOptions &options = {});

    Block block(BlockId id) const override;
    std::vector<StreamState> inputs(BlockId id) const override;
    /// The change of the loss and the KL divergence.
    void measure(const Block &changed, SensitivityCell &cell, JobContext &context) const override;

    /// Losses with `changed` in place of the base's block of that id (headOf() included). Exactly
    /// what evaluating the changed model in full gives.
    SuffixLosses evaluate(const Block &changed, JobContext &context) const;
    /// Losses with several blocks changed; the suffix starts at the first.
    SuffixLosses evaluate(const std::map<BlockId, Block> &changed, JobContext &context) const;

    const std::vector<double> &baseNll() const; ///< per window, summed
    const std::vector<std::int64_t> &windowTokens() const; ///< scored, per window
    std::int64_t scoredTokens() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Mean change of the loss per token and its standard error over windows (paired).
MeanWithError deltaNll(const SuffixEvaluator &evaluator, const SuffixLosses &losses);
/// Mean KL divergence per token and its standard error over windows.
MeanWithError klDivergence(const SuffixEvaluator &evaluator, const SuffixLosses &losses);

} // namespace bitprism
