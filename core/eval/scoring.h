// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/metric.h"
#include "core/models/model.h"
#include "core/results/evaluation.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace bitprism {

/// Positions whose logits are held at once; the same for every way of scoring, so that equal hidden
/// states give equal losses to the bit.
std::int64_t scoredAtOnce(const Model &model);

/// Log-probabilities [count, vocabulary] behind `hidden` [count, hidden size].
at::Tensor logProbabilities(const Model &model, const Block &head, const at::Tensor &hidden);

/// Sum over the vocabulary of exp(reference) * (reference - probed), one per row, never negative.
at::Tensor divergence(const at::Tensor &reference, const at::Tensor &probed);

/// True per row where the reference's most likely token is a most likely one here too.
at::Tensor agreesOnTop(const at::Tensor &reference, const at::Tensor &probed);

/// 1 per row whose target is the most likely, else 0, FP32.
at::Tensor isCorrect(const at::Tensor &logProbabilities, const at::Tensor &targets);

/// -log p(target), one per row.
at::Tensor lossOf(const at::Tensor &logProbabilities, const at::Tensor &targets);

/// Calls `body(first, count)` for consecutive pieces of [0, total).
void inPieces(std::int64_t total, std::int64_t piece,
              const std::function<void(std::int64_t first, std::int64_t count)> &body);

/// sums[units[i]] += weights[i] * values[i], in FP64, in order; `weights` undefined: one each.
void addByUnit(std::vector<double> &sums, const at::Tensor &units, const at::Tensor &values,
               const at::Tensor &weights = {});

/// Sums per unit of what a metric measures at each target, weighted.
class UnitSums
{
public:
    void begin(std::int64_t units);
    /// `values` [scored].
    void add(const MetricBatch &batch, const at::Tensor &values);
    void merge(const UnitSums &other);

    MeanWithError mean() const { return meanOverWindows(m_sums, counts()); }
    const std::vector<double> &sums() const { return m_sums; }
    /// Targets per unit; those of a Monte-Carlo estimate add up to the tokens it is about.
    std::vector<std::int64_t> counts() const;

private:
    std::vector<double> m_sums;
    std::vector<double> m_weights;
};

} // namespace bitprism
