// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"

#include <cstdint>
#include <functional>

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

/// -log p(target), one per row.
at::Tensor lossOf(const at::Tensor &logProbabilities, const at::Tensor &targets);

/// Calls `body(first, count)` for consecutive pieces of [0, total).
void inPieces(std::int64_t total, std::int64_t piece,
              const std::function<void(std::int64_t first, std::int64_t count)> &body);

/// sums[units[i]] += values[i], in FP64, in order.
void addByUnit(std::vector<double> &sums, const at::Tensor &units, const at::Tensor &values);

} // namespace bitprism
