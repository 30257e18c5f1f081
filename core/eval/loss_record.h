// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/items.h"
#include "core/eval/metric.h"
#include "core/results/token_losses.h"

#include <cstdint>
#include <vector>

namespace bitprism {

/// Keeps the loss of each target of the first units, up to a limit, for a view that shows them.
class LossRecord
{
public:
    /// Losses kept at most: what a view can show and a store carry.
    static constexpr std::int64_t mostLosses = 200'000;

    /// `items` must outlive the record.
    explicit LossRecord(const std::vector<EvaluationItem> &items, std::int64_t limit = mostLosses);

    /// `items` [scored]: the item of each row of `batch`; an item's rows come in order.
    void add(const at::Tensor &items, const MetricBatch &batch);

    /// The items of a unit joined to one text: those of several passes fill each other's gaps.
    TokenLosses result(const ModelInfo &model, const tokenize::Tokenizer *tokenizer) const;

private:
    struct Kept
    {
        std::vector<float> losses; ///< by target
        std::int64_t likeliest = -1; ///< of the last target
    };
    const std::vector<EvaluationItem> &m_items;
    std::size_t m_count = 0; ///< items kept: the first ones
    std::vector<Kept> m_kept;
};

} // namespace bitprism
