// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitprism {

/// Some tokens as they are: those of the largest magnitude and norm, and others drawn at random:
/// the ones whose number has the smallest hash, so that no total must be known, every input of a
/// stack keeps the same tokens, and any order of adding and merging gives the same.
class TokenSample
{
public:
    static constexpr std::size_t extremesOfEach = 4;

    /// Keeps about `cells` values: between 16 and 256 tokens.
    TokenSample(std::int64_t channels, std::int64_t cells);

    void add(std::int64_t token, std::span<const float> values);
    void merge(const TokenSample &other);

    struct Kept
    {
        std::int64_t extremes = 0; ///< so many come first
        std::vector<std::int64_t> tokens;
        std::vector<float> values; ///< [tokens, channels]
    };
    Kept kept() const;

private:
    struct Entry
    {
        double key = 0; ///< the larger is kept
        std::int64_t token = 0;
        std::vector<float> values;
    };
    static void offer(std::vector<Entry> &list, std::size_t room, double key, std::int64_t token,
                      std::span<const float> values);

    std::size_t m_channels = 0;
    std::size_t m_random = 16;
    std::vector<Entry> m_largest; ///< by magnitude; all lists: largest key first
    std::vector<Entry> m_longest; ///< by norm
    std::vector<Entry> m_drawn; ///< by hash
};

/// Which of `rows` rows are drawn for a sample of about `cells` values: all, or between 16 and 256.
std::vector<std::int64_t> drawnRows(std::int64_t rows, std::int64_t cols, std::int64_t cells);

/// What a sample of one matrix keeps: 1 MiB of floats.
inline constexpr std::int64_t sampleCells = std::int64_t{1} << 18;

} // namespace bitprism
