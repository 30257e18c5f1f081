// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace bitprism {

/// A value of a channel and the token it stands at.
struct TokenValue
{
    std::int64_t token = 0;
    float value = 0;
};

/// What is kept of each channel while tokens come in: range, power sums, the tokens that excite it
/// most, and counts of magnitudes in bins of constant relative width. Any order of adding and
/// merging gives the same, but for the rounding of the sums.
class ChannelSketch
{
public:
    static constexpr std::size_t topTokens = 5;

    explicit ChannelSketch(std::int64_t channels);

    /// One token's values in channels [first, first + values.size()); safe from several threads for
    /// disjoint channels.
    void add(std::int64_t token, std::int64_t first, std::span<const float> values);
    /// `other` holds other tokens of the same channels.
    void merge(const ChannelSketch &other);

    const std::vector<float> &low() const { return m_low; } ///< [channels]; 0 before the first
    /// [channels]; minus infinity before the first.
    const std::vector<float> &high() const { return m_high; }
    std::vector<float> maxAbs() const;
    /// [4, channels]: sums of x, x^2, x^3, x^4.
    const std::vector<double> &powerSums() const { return m_powerSums; }
    /// The largest magnitudes first, the earlier of equal ones first.
    std::vector<TokenValue> top(std::int64_t channel) const;
    /// Quantile over tokens of |x|: the middle of the bin where the counts reach `probability`.
    /// Bins are 1/8 to 1/16 of their value wide, between 2^-24 and 2^16.
    std::vector<float> quantile(double probability) const;

private:
    void insert(std::size_t channel, TokenValue entry);

    std::size_t m_channels = 0;
    std::vector<float> m_low;
    std::vector<float> m_high;
    std::vector<double> m_powerSums;
    std::vector<std::array<TokenValue, topTokens>> m_top; ///< token -1: free
    std::vector<float> m_least; ///< magnitude that a new entry must exceed; -1: any
    std::vector<std::uint32_t> m_counts; ///< [channels, bins]
};

/// Fourth standardised moment from sums of x, x^2, x^3, x^4 over `count` values; 0 where nothing
/// varies.
double kurtosisOf(const std::array<double, 4> &sums, double count);

} // namespace bitprism
