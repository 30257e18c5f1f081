// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/kneser_ney.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace bitprism::train {

namespace {

constexpr int tokenBits = 12;
constexpr std::size_t classCount = 3;

std::size_t classOf(std::int32_t count)
{
    return std::size_t(std::min<std::int32_t>(count, classCount)) - 1;
}

} // namespace

KneserNey::KneserNey(std::span<const std::int32_t> tokens, int order, int vocabularySize)
    : m_order(order)
    , m_vocabularySize(vocabularySize)
    , m_levels(std::size_t(std::clamp(order, 1, largestOrder)))
{
    if (order < 1 || order > largestOrder || vocabularySize > largestVocabulary) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error",
                        "An n-gram model needs an order of 1 to 5 and at most 4096 tokens."));
    }
    countTexts(tokens);
    for (Level &level : m_levels) {
        summarize(level);
    }
}

KneserNey::Key KneserNey::keyOf(std::span<const std::int32_t> tokens)
{
    Key key = 0;
    for (const std::int32_t token : tokens) {
        key = key << tokenBits | Key(token);
    }
    return key;
}

// The highest order counts occurrences, each lower one the distinct tokens before its n-grams.
void KneserNey::countTexts(std::span<const std::int32_t> tokens)
{
    const std::size_t order = m_levels.size();
    for (std::size_t i = order; i <= tokens.size(); ++i) {
        ++m_levels.back().counts[keyOf(tokens.subspan(i - order, order))];
    }
    for (std::size_t length = order - 1; length > 0; --length) {
        const Key mask = (Key(1) << (length * tokenBits)) - 1;
        for (const auto &entry : m_levels[length].counts) {
            ++m_levels[length - 1].counts[entry.first & mask];
        }
    }
}

void KneserNey::summarize(Level &level)
{
    std::array<double, classCount + 1> countsOfCounts = {};
    for (const auto &[key, count] : level.counts) {
        Context &context = level.contexts[key >> tokenBits];
        context.total += count;
        ++context.types[classOf(count)];
        if (count <= int(countsOfCounts.size())) {
            ++countsOfCounts[std::size_t(count) - 1];
        }
    }
    const double n1 = std::max(1.0, countsOfCounts[0]);
    const double y = n1 / (n1 + 2.0 * countsOfCounts[1]);
    for (std::size_t i = 0; i < classCount; ++i) {
        const double here = std::max(1.0, countsOfCounts[i]);
        const double discount = double(i + 1) - double(i + 2) * y * countsOfCounts[i + 1] / here;
        level.discounts[i] = std::clamp(discount, 0.0, double(i + 1)); // tiny texts only
    }
}

double KneserNey::probability(std::span<const std::int32_t> history, std::int32_t token) const
{
    double probability = 1.0 / m_vocabularySize;
    const std::size_t longest = std::min(history.size(), m_levels.size() - 1);
    for (std::size_t length = 0; length <= longest; ++length) {
        const Level &level = m_levels[length];
        const Key contextKey = keyOf(history.last(length));
        const auto context = level.contexts.find(contextKey);
        if (context == level.contexts.end()) {
            break;
        }
        double reserved = 0.0;
        for (std::size_t i = 0; i < classCount; ++i) {
            reserved += level.discounts[i] * context->second.types[i];
        }
        double own = 0.0;
        const auto found = level.counts.find(contextKey << tokenBits | Key(token));
        if (found != level.counts.end()) {
            own = found->second - level.discounts[classOf(found->second)];
        }
        probability = (own + reserved * probability) / context->second.total;
    }
    return probability;
}

double KneserNey::loss(std::span<const std::int32_t> tokens, int length) const
{
    const std::size_t window = std::size_t(length);
    if (length < 2 || tokens.size() < window) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The held-out text has no window of %1 tokens."), length);
    }
    const std::size_t windows = tokens.size() / window;
    double sum = 0.0;
    for (std::size_t i = 0; i < windows * window; ++i) {
        if (i % window != 0) {
            sum -= std::log(probability(tokens.first(i), tokens[i]));
        }
    }
    return sum / double(windows * (window - 1));
}

} // namespace bitprism::train
