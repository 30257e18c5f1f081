// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/block_probe.h"
#include "core/results/interaction_matrix.h"

#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace bitprism {

/// Fills an InteractionMatrix: what single probes gave, then pairs of cells by polarisation
/// (high-impact-ratio.md 3.3), measured or by block-local errors (3.6 b). What an earlier execution
/// found is kept.
class InteractionProbes
{
public:
    /// `cells` are the table's; `blockLocal` estimates by local errors.
    InteractionProbes(std::string scope, bool blockLocal,
                      const std::vector<SensitivityCell> &cells);

    const InteractionMatrix &matrix() const { return m_matrix; }
    InteractionMatrix &matrix() { return m_matrix; }
    /// Takes over a stored matrix of the same candidates; false if it is of others.
    bool takeEarlier(const InteractionMatrix &earlier);

    bool isBlockLocal() const { return m_isBlockLocal; }
    /// Whether the cell's single probe is known, with what pairs are compared with.
    bool isProbed(std::size_t cell) const;
    void setProbe(std::size_t cell, const SuffixEvaluator &evaluator, const SuffixLosses &losses,
                  const SensitivityCell &measured);
    void setLocal(std::size_t cell, double error);
    void setProjections(std::size_t cell, const std::vector<double> &projections);

    /// Pairs of cells that the scope names among these blocks' cells: [first, end) of each block.
    std::size_t pairsWithin(std::size_t first, std::size_t end) const;
    bool isKnown(std::size_t a, std::size_t b) const { return m_known.contains({a, b}); }

    /// Pairs within a block whose cells begin at `first`; calls `done` after each that was probed.
    void probeBlock(BlockProbe &probe, std::size_t first, const SuffixEvaluator &evaluator,
                    JobContext &context, const std::function<void()> &done);
    /// Pairs of cells of two blocks.
    void probeAcross(const BlockProbe &a, std::size_t firstA, const BlockProbe &b,
                     std::size_t firstB, const SuffixEvaluator &evaluator, JobContext &context,
                     const std::function<void()> &done);

    /// What puts a block's local errors on the scale of the loss: the whole block at `candidate` of
    /// every layer, measured both ways.
    void scaleBlock(BlockProbe &probe, int block, std::size_t candidate, std::size_t candidates,
                    const SuffixEvaluator &evaluator, JobContext &context);
    /// Local errors times their blocks' weights; blocks whose weight drowned in noise get the
    /// median of the others.
    void applyScales(std::vector<SensitivityCell> &cells);

private:
    void addPair(std::size_t a, std::size_t b, const SuffixEvaluator &evaluator,
                 const SuffixLosses &losses);
    void addLocalPair(std::size_t a, std::size_t b, double error);
    bool isSameLayer(std::size_t a, std::size_t b) const;

    InteractionMatrix m_matrix;
    bool m_isBlockLocal;
    std::set<std::pair<std::size_t, std::size_t>> m_known;
    bool m_isScaled = false; ///< what an earlier execution left is on the scale of the loss already
};

} // namespace bitprism
