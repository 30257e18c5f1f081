// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/token_sampler.h"

#include "core/base/error.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace bitprism::train {

namespace {

constexpr std::int32_t startToken = 0;
constexpr std::uint64_t chapterRowEvery = 8;

} // namespace

TokenSampler::TokenSampler(const std::vector<std::int32_t> &tokens,
                           const std::vector<std::size_t> &chapterStarts, int length,
                           std::uint64_t seed)
    : m_tokens(tokens)
    , m_chapterStarts(chapterStarts)
    , m_length(std::size_t(length))
    , m_seed(seed)
{
    if (tokens.size() < 3 * m_length) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The text is shorter than three rows of training."));
    }
    m_order.resize((tokens.size() - 1) / m_length - 1);
}

void TokenSampler::beginEpoch(std::int64_t epoch)
{
    std::mt19937_64 random(m_seed * 1000003u + std::uint64_t(epoch) * 7919u + m_length);
    m_phase = random() % m_length;
    std::iota(m_order.begin(), m_order.end(), std::size_t(0));
    for (std::size_t i = m_order.size() - 1; i > 0; --i) {
        std::swap(m_order[i], m_order[random() % (i + 1)]);
    }
    m_epoch = epoch;
}

void TokenSampler::fillRow(std::int64_t row, std::int32_t *inputs, std::int32_t *targets)
{
    const auto count = std::int64_t(m_order.size());
    if (row / count != m_epoch) {
        beginEpoch(row / count);
    }
    std::size_t start = m_phase + m_order[std::size_t(row % count)] * m_length;
    std::mt19937_64 random(m_seed ^ (std::uint64_t(row) * 0x9e3779b97f4a7c15u));
    if (random() % chapterRowEvery == 0) {
        const auto chapter
            = std::lower_bound(m_chapterStarts.begin(), m_chapterStarts.end(), start);
        if (chapter != m_chapterStarts.end() && *chapter + m_length <= m_tokens.size()) {
            const auto first = m_tokens.begin() + std::ptrdiff_t(*chapter);
            inputs[0] = startToken;
            std::copy_n(first, m_length - 1, inputs + 1);
            std::copy_n(first, m_length, targets);
            return;
        }
    }
    const auto first = m_tokens.begin() + std::ptrdiff_t(start);
    std::copy_n(first, m_length, inputs);
    std::copy_n(first + 1, m_length, targets);
}

} // namespace bitprism::train
