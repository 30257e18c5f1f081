// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace bitprism::train {

/// Interpolated modified Kneser-Ney n-gram model (Chen and Goodman 1999, section 3, "mkn"): the
/// baseline that a trained model must beat on the same tokens.
class KneserNey
{
public:
    static constexpr int largestOrder = 5;
    static constexpr int largestVocabulary = 4096;

    /// Counts `tokens`, ids below `vocabularySize`, as one text. Throws BadInput when order or
    /// vocabulary are out of range.
    KneserNey(std::span<const std::int32_t> tokens, int order, int vocabularySize);

    /// Probability of `token` after `history`, of which the last order - 1 tokens count.
    double probability(std::span<const std::int32_t> history, std::int32_t token) const;

    /// Mean negative log-likelihood, in nats, of the tokens that evaluateLoss counts with windows
    /// of `length`; the history here reaches over the windows' borders.
    double loss(std::span<const std::int32_t> tokens, int length) const;

private:
    using Key = std::uint64_t; // up to five tokens of 12 bits each, the last one lowest

    struct Context
    {
        double total = 0.0;
        std::array<std::int32_t, 3> types = {}; // followers counted once, twice, more often
    };

    struct Level // of one order
    {
        std::unordered_map<Key, std::int32_t> counts;
        std::unordered_map<Key, Context> contexts;
        std::array<double, 3> discounts = {};
    };

    static Key keyOf(std::span<const std::int32_t> tokens);
    void countTexts(std::span<const std::int32_t> tokens);
    void summarize(Level &level);

    int m_order;
    int m_vocabularySize;
    std::vector<Level> m_levels; // [order]
};

} // namespace bitprism::train
