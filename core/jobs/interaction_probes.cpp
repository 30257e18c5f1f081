// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/interaction_probes.h"

#include "core/base/error.h"
#include "core/kernels/rank_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bitprism {

namespace {

/// A change of the loss that counts against noise.
constexpr double significant = 2; // standard errors

bool isSameCandidate(const ProbedCandidate &a, const ProbedCandidate &b)
{
    return a.layer == b.layer && a.bits == b.bits && a.ratio == b.ratio;
}

} // namespace

InteractionProbes::InteractionProbes(std::string scope, bool blockLocal,
                                     const std::vector<SensitivityCell> &cells)
    : m_isBlockLocal(blockLocal)
{
    m_matrix.scope = std::move(scope);
    m_matrix.estimator = blockLocal ? "block-local" : "suffix";
    for (const SensitivityCell &cell : cells) {
        m_matrix.candidates.push_back(
            {cell.layer, cell.block, cell.bits, cell.ratio, std::nullopt, std::nullopt});
    }
    m_matrix.windows.resize(cells.size());
}

bool InteractionProbes::takeEarlier(const InteractionMatrix &earlier)
{
    const bool isSame = earlier.scope == m_matrix.scope && earlier.estimator == m_matrix.estimator
        && std::equal(earlier.candidates.begin(), earlier.candidates.end(),
                      m_matrix.candidates.begin(), m_matrix.candidates.end(), isSameCandidate)
        && earlier.windows.size() == m_matrix.candidates.size();
    if (isSame) {
        const std::int64_t wanted = m_matrix.pairsWanted;
        m_isScaled = earlier.complete;
        m_matrix = earlier;
        m_matrix.pairsWanted = wanted;
        m_matrix.complete = false;
        for (const ProbedPair &pair : m_matrix.pairs) {
            m_known.insert({pair.first, pair.second});
        }
    }
    return isSame;
}

bool InteractionProbes::isProbed(std::size_t cell) const
{
    return m_matrix.candidates[cell].omega.has_value() && !m_matrix.windows[cell].empty();
}

void InteractionProbes::setProbe(std::size_t cell, const SuffixEvaluator &evaluator,
                                 const SuffixLosses &losses, const SensitivityCell &measured)
{
    m_matrix.candidates[cell].omega = measured.deltaNll;
    m_matrix.candidates[cell].standardError = measured.deltaNllStandardError;
    std::vector<double> &changes = m_matrix.windows[cell];
    changes = losses.nll;
    for (std::size_t w = 0; w < changes.size(); ++w) {
        changes[w] -= evaluator.baseNll()[w];
    }
    m_matrix.windowTokens = evaluator.windowTokens();
}

void InteractionProbes::setLocal(std::size_t cell, double error)
{
    m_matrix.candidates[cell].omega = error;
    m_matrix.windows[cell] = {error}; // unscaled: what pairs are compared with
}

void InteractionProbes::setProjections(std::size_t cell, const std::vector<double> &projections)
{
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    const double share = 1 / std::sqrt(static_cast<double>(projections.size()));
    m_matrix.fisher.resize(projections.size());
    for (std::size_t n = 0; n < projections.size(); ++n) {
        m_matrix.fisher[n].resize(m_matrix.candidates.size(), unknown);
        m_matrix.fisher[n][cell] = share * projections[n];
    }
}

bool InteractionProbes::isSameLayer(std::size_t a, std::size_t b) const
{
    return m_matrix.candidates[a].layer == m_matrix.candidates[b].layer;
}

std::size_t InteractionProbes::pairsWithin(std::size_t first, std::size_t end) const
{
    std::size_t pairs = 0;
    for (std::size_t a = first; a < end; ++a) {
        for (std::size_t b = a + 1; b < end; ++b) {
            pairs += isSameLayer(a, b) ? 0 : 1;
        }
    }
    return pairs;
}

void InteractionProbes::addPair(std::size_t a, std::size_t b, const SuffixEvaluator &evaluator,
                                const SuffixLosses &losses)
{
    std::vector<double> beyond = losses.nll; // Om_12 - Om_1 - Om_2, window by window
    for (std::size_t w = 0; w < beyond.size(); ++w) {
        beyond[w] -= evaluator.baseNll()[w] + m_matrix.windows[a][w] + m_matrix.windows[b][w];
    }
    const MeanWithError mean = meanOverWindows(beyond, evaluator.windowTokens());
    m_matrix.pairs.push_back({a, b, mean.mean, mean.standardError});
    m_known.insert({a, b});
}

void InteractionProbes::addLocalPair(std::size_t a, std::size_t b, double error)
{
    m_matrix.pairs.push_back(
        {a, b, error - m_matrix.windows[a].front() - m_matrix.windows[b].front(), std::nullopt});
    m_known.insert({a, b});
}

void InteractionProbes::probeBlock(BlockProbe &probe, std::size_t first,
                                   const SuffixEvaluator &evaluator, JobContext &context,
                                   const std::function<void()> &done)
{
    for (std::size_t i = 0; i < probe.size(); ++i) {
        for (std::size_t j = i + 1; j < probe.size(); ++j) {
            if (isSameLayer(first + i, first + j) || isKnown(first + i, first + j)) {
                continue;
            }
            context.throwIfCancelled();
            if (m_isBlockLocal) {
                addLocalPair(first + i, first + j, probe.localError({i, j}, context));
            } else {
                addPair(first + i, first + j, evaluator, probe.measure({i, j}, context));
            }
            done();
        }
    }
}

void InteractionProbes::probeAcross(const BlockProbe &a, std::size_t firstA, const BlockProbe &b,
                                    std::size_t firstB, const SuffixEvaluator &evaluator,
                                    JobContext &context, const std::function<void()> &done)
{
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Block changedA = a.changed({i});
        for (std::size_t j = 0; j < b.size(); ++j) {
            if (isKnown(firstA + i, firstB + j)) {
                continue;
            }
            context.throwIfCancelled();
            const Block changedB = b.changed({j});
            addPair(firstA + i, firstB + j, evaluator,
                    evaluator.evaluate({{changedA.id(), changedA}, {changedB.id(), changedB}},
                                       context));
            done();
        }
    }
}

void InteractionProbes::scaleBlock(BlockProbe &probe, int block, std::size_t candidate,
                                   std::size_t candidates, const SuffixEvaluator &evaluator,
                                   JobContext &context)
{
    const auto known
        = std::find_if(m_matrix.scales.begin(), m_matrix.scales.end(),
                       [block](const BlockScale &scale) { return scale.block == block; });
    if (known != m_matrix.scales.end()) {
        return;
    }
    std::vector<std::size_t> whole;
    for (std::size_t i = candidate; i < probe.size(); i += candidates) {
        whole.push_back(i);
    }
    const MeanWithError change = deltaNll(evaluator, probe.measure(whole, context));
    const double local = probe.localError(whole, context);
    BlockScale scale;
    scale.block = block;
    scale.isMedian = !(change.mean > significant * change.standardError) || !(local > 0);
    scale.weight = scale.isMedian ? 1 : change.mean / local;
    m_matrix.scales.push_back(scale);
}

void InteractionProbes::applyScales(std::vector<SensitivityCell> &cells)
{
    if (std::exchange(m_isScaled, true)) { // an execution that ended right behind this did it
        return;
    }
    std::vector<double> weights;
    for (const BlockScale &scale : m_matrix.scales) {
        if (!scale.isMedian) {
            weights.push_back(scale.weight);
        }
    }
    std::sort(weights.begin(), weights.end());
    const double median = weights.empty() ? 1 : sortedQuantile(weights, 0.5);
    std::map<int, double> byBlock;
    for (BlockScale &scale : m_matrix.scales) {
        scale.weight = scale.isMedian ? median : scale.weight;
        byBlock[scale.block] = scale.weight;
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto scale = byBlock.find(cells[i].block);
        if (scale != byBlock.end() && isProbed(i)) {
            cells[i].deltaNll = scale->second * m_matrix.windows[i].front();
            m_matrix.candidates[i].omega = cells[i].deltaNll;
        }
    }
    // Pairs follow from their unscaled errors once, when everything is known.
    for (ProbedPair &pair : m_matrix.pairs) {
        pair.value *= byBlock[m_matrix.candidates[pair.first].block];
    }
}

} // namespace bitprism
