// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_units.h"

#include <cstddef>
#include <stop_token>
#include <vector>

namespace bitprism {

/// Search where layers of different blocks interact too, so that no block can be solved by itself
/// (high-impact-ratio.md 3.5, step 5): descent by changes of one unit and of two, and annealing
/// from a temperature of 0.05 |damage|, cooled by 0.95 a sweep, 200 sweeps. Holds one number for
/// each pair of candidates.
class DenseSearch
{
public:
    DenseSearch(const AllocationUnits &units, Resource resource);

    double cost(const std::vector<std::size_t> &choice) const;
    /// A choice within `limit` that damages no more than `start`, which must lie within it; the
    /// same for the same arguments. O(sweeps units candidates + accepted changes x candidates).
    std::vector<std::size_t> improve(const std::vector<std::size_t> &start, double limit,
                                     const std::stop_token &stop) const;

private:
    class State;

    std::size_t index(std::size_t unit, std::size_t candidate) const
    {
        return m_first[unit] + candidate;
    }
    double interaction(std::size_t a, std::size_t b) const { return m_matrix[a * m_size + b]; }

    const AllocationUnits &m_units;
    std::size_t m_size = 0; ///< candidates of all units
    std::vector<std::size_t> m_first; ///< of each unit, among all candidates
    std::vector<double> m_costs; ///< [candidate]
    std::vector<double> m_damages;
    std::vector<double> m_matrix; ///< [candidate, candidate], symmetric
};

} // namespace bitprism
