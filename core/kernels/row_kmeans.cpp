// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/row_kmeans.h"

#include "core/base/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace bitprism {

namespace {

/// Orders as the number does.
std::uint32_t orderedKey(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value + 0.0F); // one zero
    return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

} // namespace

Line::Line(std::span<const float> values, std::span<const float> weights)
{
    BITPRISM_ASSERT(values.size() == weights.size(), "a weight for each value");
    std::vector<std::uint64_t> order; // keys with their places below: sorted without looking up
    order.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        order.push_back(std::uint64_t{orderedKey(values[i])} << 32 | i);
    }
    std::sort(order.begin(), order.end());
    m_values.reserve(values.size());
    for (std::vector<double> *sums : {&m_weight, &m_first, &m_second}) {
        sums->reserve(values.size() + 1);
        sums->push_back(0);
    }
    for (const std::uint64_t key : order) {
        const auto i = static_cast<std::size_t>(key & 0xffffffffU);
        const auto x = static_cast<double>(values[i]);
        const auto w = static_cast<double>(weights[i]);
        m_values.push_back(x);
        m_weight.push_back(m_weight.back() + w);
        m_first.push_back(m_first.back() + w * x);
        m_second.push_back(m_second.back() + w * x * x);
    }
}

std::vector<double> Line::distinct(std::size_t most) const
{
    std::vector<double> found;
    for (const double x : m_values) {
        if (found.empty() || found.back() != x) {
            found.push_back(x);
        }
        if (found.size() > most) {
            break;
        }
    }
    return found;
}

std::size_t Line::border(double left, double right) const
{
    const double middle = left + (right - left) / 2;
    return static_cast<std::size_t>(std::upper_bound(m_values.begin(), m_values.end(), middle)
                                    - m_values.begin());
}

double Line::weight(std::size_t begin, std::size_t end) const
{
    return m_weight[end] - m_weight[begin];
}

double Line::mean(std::size_t begin, std::size_t end) const
{
    // Within the range, whatever the sums lost.
    return std::clamp((m_first[end] - m_first[begin]) / weight(begin, end), m_values[begin],
                      m_values[end - 1]);
}

double Line::inertia(std::size_t begin, std::size_t end, double centroid) const
{
    const double first = m_first[end] - m_first[begin];
    const double second = m_second[end] - m_second[begin];
    return std::max(0.0, second - centroid * (2 * first - centroid * weight(begin, end)));
}

LineClusters::LineClusters(const Line &line, std::size_t count, Random &random)
    : m_line(line)
{
    BITPRISM_ASSERT(line.size() > 0 && count > 0, "something to cluster");
    m_centroids = line.distinct(count);
    if (m_centroids.size() <= count) {
        findRanges();
        return;
    }
    m_centroids.clear();
    const double total = line.weight(0, line.size());
    const double share = random.uniform() * total;
    std::size_t first = 0;
    while (first + 1 < line.size() && line.weight(0, first + 1) <= share) {
        ++first;
    }
    insert(line.value(first));
    const int trials = 2 + static_cast<int>(std::log(static_cast<double>(count)));
    while (m_centroids.size() < count) {
        insertBest(trials, random);
    }
}

void LineClusters::insertBest(int trials, Random &random)
{
    const State before = {m_centroids, m_ends, m_costs};
    State best;
    double least = std::numeric_limits<double>::infinity();
    for (int i = 0; i < trials; ++i) {
        std::tie(m_centroids, m_ends, m_costs) = before;
        insert(m_line.value(drawn(random.uniform())));
        if (const double cost = inertia(); cost < least) {
            least = cost;
            best = {m_centroids, m_ends, m_costs};
        }
    }
    std::tie(m_centroids, m_ends, m_costs) = std::move(best);
}

/// The place at `share` of the clusters' costs, summed from the left.
std::size_t LineClusters::drawn(double share) const
{
    double rest = share * std::accumulate(m_costs.begin(), m_costs.end(), 0.0);
    std::size_t cluster = 0;
    while (cluster + 1 < m_costs.size() && rest >= m_costs[cluster]) {
        rest -= m_costs[cluster];
        ++cluster;
    }
    const std::size_t from = begin(cluster);
    std::size_t low = from; // the first place whose range from the cluster's begin costs more
    std::size_t high = std::max(from + 1, m_ends[cluster]) - 1;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (m_line.inertia(from, middle + 1, m_centroids[cluster]) > rest) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return std::min(low, m_line.size() - 1);
}

void LineClusters::insert(double centroid)
{
    const auto place
        = std::upper_bound(m_centroids.begin(), m_centroids.end(), centroid) - m_centroids.begin();
    const auto cluster = static_cast<std::size_t>(place);
    m_centroids.insert(m_centroids.begin() + place, centroid);
    m_ends.insert(m_ends.begin() + place, 0);
    m_costs.insert(m_costs.begin() + place, 0);
    const std::size_t from = cluster == 0 ? 0 : cluster - 1;
    const std::size_t to = std::min(cluster + 2, m_centroids.size());
    for (std::size_t i = from; i < to; ++i) {
        findRange(i);
    }
    for (std::size_t i = from; i < to; ++i) { // with both ends known
        m_costs[i] = m_line.inertia(begin(i), m_ends[i], m_centroids[i]);
    }
}

void LineClusters::findRange(std::size_t cluster)
{
    m_ends[cluster] = cluster + 1 < m_centroids.size()
        ? m_line.border(m_centroids[cluster], m_centroids[cluster + 1])
        : m_line.size();
}

void LineClusters::findRanges()
{
    m_ends.resize(m_centroids.size());
    m_costs.resize(m_centroids.size());
    for (std::size_t i = 0; i < m_centroids.size(); ++i) {
        findRange(i);
        m_costs[i] = m_line.inertia(begin(i), m_ends[i], m_centroids[i]);
    }
}

bool LineClusters::step()
{
    const std::vector<double> before = m_centroids;
    std::vector<std::size_t> empty;
    for (std::size_t i = 0; i < m_centroids.size(); ++i) {
        if (begin(i) < m_ends[i]) {
            m_centroids[i] = m_line.mean(begin(i), m_ends[i]);
        } else {
            empty.push_back(i);
        }
    }
    std::sort(m_centroids.begin(), m_centroids.end());
    findRanges();
    for (std::size_t i = 0; i < empty.size(); ++i) {
        const auto unused = std::find_if(m_ends.begin(), m_ends.end(), [&](const std::size_t &end) {
            const auto cluster = static_cast<std::size_t>(&end - m_ends.data());
            return begin(cluster) >= end;
        });
        if (unused == m_ends.end()
            || !moveToWorst(static_cast<std::size_t>(unused - m_ends.begin()))) {
            break;
        }
    }
    return m_centroids != before;
}

/// False where every value lies on a centroid.
bool LineClusters::moveToWorst(std::size_t cluster)
{
    double most = 0;
    double worst = 0;
    for (std::size_t i = 0; i < m_centroids.size(); ++i) {
        for (std::size_t place = begin(i); place < m_ends[i]; ++place) {
            const double distance = m_line.value(place) - m_centroids[i];
            const double cost = m_line.weight(place, place + 1) * distance * distance;
            if (cost > most) {
                most = cost;
                worst = m_line.value(place);
            }
        }
    }
    if (most > 0) {
        m_centroids[cluster] = worst;
        std::sort(m_centroids.begin(), m_centroids.end());
        findRanges();
    }
    return most > 0;
}

double LineClusters::inertia() const
{
    return std::accumulate(m_costs.begin(), m_costs.end(), 0.0);
}

} // namespace bitprism
