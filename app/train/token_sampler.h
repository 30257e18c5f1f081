// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace bitprism::train {

/// Training rows of one length, each a function of seed and row number alone, so that a resumed
/// run sees what an uninterrupted one would. An epoch cuts the tokens into windows at a random
/// phase and visits them in random order. One row in eight instead begins at the next chapter,
/// behind the start token, which occurs nowhere else.
class TokenSampler
{
public:
    /// `chapterStarts` are ascending indices into `tokens`.
    TokenSampler(const std::vector<std::int32_t> &tokens,
                 const std::vector<std::size_t> &chapterStarts, int length, std::uint64_t seed);

    /// Writes `length` tokens to `inputs` and those that follow them to `targets`.
    void fillRow(std::int64_t row, std::int32_t *inputs, std::int32_t *targets);

private:
    void beginEpoch(std::int64_t epoch);

    const std::vector<std::int32_t> &m_tokens;
    const std::vector<std::size_t> &m_chapterStarts;
    std::size_t m_length;
    std::uint64_t m_seed;
    std::int64_t m_epoch = -1;
    std::size_t m_phase = 0;
    std::vector<std::size_t> m_order;
};

} // namespace bitprism::train
