// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace bitprism {

/// Counts of values in bins of constant relative width (1/64 of an octave's lower end), of both
/// signs: what a range search needs where outliers are a thousand times the bulk, and bins of
/// constant width would hold everything else in one. The bin is the value's leading 15 bits as a
/// float, so any order of adding and merging gives the same counts.
class MagnitudeCounts
{
public:
    /// `values` are finite.
    void add(const at::Tensor &values);
    void merge(const MagnitudeCounts &other);
    bool isEmpty() const { return m_counts.empty(); }
    std::int64_t total() const;
    /// Every bin that holds something, ascending: its lower and upper end and its count.
    void
    forEach(const std::function<void(double low, double high, std::int64_t count)> &call) const;

private:
    std::vector<std::int64_t> m_counts; ///< by the leading bits; empty before the first value
};

} // namespace bitprism
