// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_units.h"
#include "core/alloc/pareto_front.h"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace bitprism {

/// Units of one block that interact, directly or through others, with their costs in one resource.
class Component
{
public:
    Component(const AllocationUnits &units, std::vector<std::size_t> members, Resource resource);

    const std::vector<std::size_t> &members() const { return m_members; }
    std::size_t size() const { return m_members.size(); }
    std::size_t candidates(std::size_t i) const { return m_costs[i].size(); }
    double cost(std::size_t i, std::size_t candidate) const { return m_costs[i][candidate]; }
    double damage(std::size_t i, std::size_t candidate) const { return m_damages[i][candidate]; }
    /// Of candidates a of member i and b of member j; 0 where the two do not interact.
    double interaction(std::size_t i, std::size_t a, std::size_t j, std::size_t b) const;
    /// Choices there are, as a double: it may be astronomic.
    double combinations() const;
    double costOf(const std::vector<std::uint16_t> &choice) const;
    double damageOf(const std::vector<std::uint16_t> &choice) const;
    /// No choice has less damage + price * cost: each member's best, with half of each interaction
    /// at its least.
    double lowerBound(double price) const;

private:
    const std::vector<double> *table(std::size_t i, std::size_t j) const;

    std::vector<std::size_t> m_members;
    std::vector<std::vector<double>> m_costs; ///< [member][candidate]
    std::vector<std::vector<double>> m_damages;
    std::vector<const std::vector<double> *> m_tables; ///< [i, j], i < j; null: no interaction
};

/// A component's choices that no other of its choices beats.
struct ComponentFront
{
    ParetoFront front;
    std::vector<std::vector<std::uint16_t>> choices; ///< of each point: a candidate per member
    bool isExact = true; ///< all choices were looked at
};

/// Looks at every choice (high-impact-ratio.md 3.5, steps 1 and 2). O(combinations).
ComponentFront enumerateFront(const Component &component, const std::stop_token &stop);

/// For components with too many choices (3.5, step 4): minimises damage + price * cost by
/// coordinate descent from several starts for many prices, then goes on from every point found by
/// changes of one member, and of two, until none adds a point or enough were tried.
ComponentFront searchFront(const Component &component, const std::stop_token &stop);

} // namespace bitprism
