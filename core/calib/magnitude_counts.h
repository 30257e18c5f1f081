// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace bitprism {

/// Counts of values in bins of constant relative width, of both signs: what a range search needs
/// where outliers are a thousand times the bulk, and bins of constant width would hold everything
/// else in one. The bin is the value's leading bits as a float, so any order of adding and merging
/// gives the same counts.
class MagnitudeCounts
{
public:
    MagnitudeCounts() = default;
    /// An octave has 2^`fractionBits` bins; 64 by default.
    explicit MagnitudeCounts(int fractionBits)
        : m_fractionBits(fractionBits)
    {
    }

    void add(float value);
    void add(const at::Tensor &values);
    /// `other` has bins of the same width.
    void merge(const MagnitudeCounts &other);
    std::int64_t total() const;
    /// Whether every counted value is a number.
    bool isFinite() const;
    /// Every bin that holds something, ascending: its lower and upper end and its count. Zeros of
    /// either sign are in one that ends at the least number.
    void
    forEach(const std::function<void(double low, double high, std::int64_t count)> &call) const;

private:
    /// Only bins between the least and the largest magnitude that were seen take memory.
    class Side
    {
    public:
        void add(std::uint32_t bin, std::int64_t count);
        std::uint32_t first() const { return m_first; }
        const std::vector<std::int64_t> &counts() const { return m_counts; }

    private:
        std::uint32_t m_first = 0;
        std::vector<std::int64_t> m_counts;
    };
    int m_fractionBits = 6;
    std::int64_t m_zeros = 0;
    std::array<Side, 2> m_sides; ///< positive, negative
};

} // namespace bitprism
