// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

namespace bitprism {

/// Weighted k-means of numbers on a line: values in ascending order with prefix sums, so that a
/// cluster is a range, and its mean and its inertia (sum of weight * (value - centroid)^2) take
/// O(1). `Line` is what never changes.
class Line
{
public:
    /// `weights` has a positive number for each value; all finite. O(n log n).
    Line(std::span<const float> values, std::span<const float> weights);

    std::size_t size() const { return m_values.size(); }
    double value(std::size_t place) const { return m_values[place]; }
    /// Different values in ascending order, `most` + 1 at most.
    std::vector<double> distinct(std::size_t most) const;
    /// The first place whose value is nearer to `right` than to `left`.
    std::size_t border(double left, double right) const;
    double mean(std::size_t begin, std::size_t end) const;
    double inertia(std::size_t begin, std::size_t end, double centroid) const;
    double weight(std::size_t begin, std::size_t end) const;

private:
    std::vector<double> m_values; ///< ascending
    std::vector<double> m_weight, m_first, m_second; ///< prefix sums of w, w x, w x^2; n + 1 each
};

/// Centroids on a line, ascending, and which range of values is nearest to each.
class LineClusters
{
public:
    /// `count` centroids by greedy k-means++ (Arthur and Vassilvitskii, 2007): values drawn with
    /// probabilities weight * squared distance to the nearest centroid so far, for each centroid
    /// 2 + ln(count) of them, of which the one stays that leaves the least inertia. Where there are
    /// no more than `count` different values, these. `line` outlives the clusters.
    LineClusters(const Line &line, std::size_t count, Random &random);

    /// One step of Lloyd: each centroid goes to the mean of the values nearest to it (the lower of
    /// two as near), one without values to the value that costs most. The inertia never grows.
    /// False once nothing moves. O(k log n).
    bool step();
    const std::vector<double> &centroids() const { return m_centroids; }
    /// Sum of weight * (value - nearest centroid)^2.
    double inertia() const;

private:
    using State = std::tuple<std::vector<double>, std::vector<std::size_t>, std::vector<double>>;

    std::size_t begin(std::size_t cluster) const { return cluster == 0 ? 0 : m_ends[cluster - 1]; }
    std::size_t drawn(double share) const;
    void insert(double centroid);
    void insertBest(int trials, Random &random);
    void findRange(std::size_t cluster);
    void findRanges();
    bool moveToWorst(std::size_t cluster);

    const Line &m_line;
    std::vector<double> m_centroids;
    std::vector<std::size_t> m_ends; ///< the range of cluster i ends before this place
    std::vector<double> m_costs;
};

} // namespace bitprism
