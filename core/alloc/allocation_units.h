// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_problem.h"
#include "core/results/allocation.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// What a choice uses of everything that can be limited.
struct ResourceUse
{
    std::int64_t storageBits = 0;
    std::int64_t bytes = 0; ///< each layer's storage in whole bytes
    double bitOperations = 0;
    std::int64_t ioBytes = 0;

    ResourceUse &operator+=(const ResourceUse &other);
    ResourceUse &operator-=(const ResourceUse &other);
};

/// A candidate of a unit: of all its layers together.
struct UnitCandidate
{
    int bits = 0;
    std::optional<double> ratio;
    ResourceUse use;
    double damage = 0;
    double deltaNll = 0; ///< `damage` where a layer's is not known
};

/// Layers that get the same candidate: fused ones, or one alone.
struct AllocationUnit
{
    std::vector<std::size_t> layers; ///< positions in the problem
    bool isPinned = false;
    std::vector<UnitCandidate> candidates; ///< pins applied; never empty
};

/// A checked problem, ready for an allocator.
class AllocationUnits
{
public:
    /// Throws BadInput for a problem no allocator can solve.
    explicit AllocationUnits(AllocationProblem problem);

    const std::vector<AllocationUnit> &units() const { return m_units; }
    const AllocationProblem &problem() const { return m_problem; }
    std::int64_t weights() const { return m_weights; }

    /// `choice` holds a candidate's position for each unit.
    ResourceUse use(std::span<const std::size_t> choice) const;
    FrontierPoint point(std::span<const std::size_t> choice) const;
    /// Layers in model order; milliseconds are left to the caller.
    Allocation allocation(std::span<const std::size_t> choice, std::string_view allocator,
                          std::string_view status) const;

private:
    AllocationProblem m_problem;
    std::vector<AllocationUnit> m_units;
    std::int64_t m_weights = 0;
};

/// A budget in the units of ResourceUse.
class ResourceLimits
{
public:
    /// Throws BadInput for limits that are negative or not finite, or that even the least use of
    /// every unit exceeds; the message states the smallest feasible value.
    ResourceLimits(const Budget &budget, const AllocationUnits &units);

    bool allow(const ResourceUse &use) const;
    /// Throws BadInput with what `use` needs if it is not allowed.
    void require(const ResourceUse &use) const;
    /// Share of the limits that `use` takes, summed over those that are set; of one limit alone,
    /// proportional to that resource. Without any limit, storage counts.
    double cost(const ResourceUse &use) const;

private:
    [[noreturn]] void refuse(const ResourceUse &needed) const;

    Budget m_budget;
    std::int64_t m_weights = 0;
    std::int64_t m_fixedBytes = 0;
    double m_fixedBitOperations = 0;
    std::int64_t m_fixedIoBytes = 0;
    std::optional<std::int64_t> m_storageBits;
    std::optional<std::int64_t> m_bytes; ///< without the fixed ones
    std::optional<double> m_bitOperations; ///< likewise
    std::optional<std::int64_t> m_ioBytes; ///< likewise
};

} // namespace bitprism
