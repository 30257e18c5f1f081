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
    Uncertainty damageUncertainty;
    double deltaNll = 0; ///< not a number where a layer's is not known
    Uncertainty deltaNllUncertainty;
    std::vector<std::size_t> positions; ///< in each layer's candidates, in the order of the layers
};

/// Layers that get the same candidate: fused ones, or one alone.
struct AllocationUnit
{
    std::vector<std::size_t> layers; ///< positions in the problem
    bool isPinned = false;
    std::vector<UnitCandidate> candidates; ///< pins applied; never empty
    int block = -1; ///< AllocationLayer::block of its layers
};

/// What two units cost together beyond the sum of both alone.
struct UnitPair
{
    std::size_t first = 0; ///< first < second
    std::size_t second = 0;
    std::vector<double> values; ///< [candidates of first, candidates of second]
    std::vector<double> variances; ///< of the values; 0 where not known
};

/// What can be limited.
enum class Resource
{
    Storage, ///< bits
    Bytes,
    BitOperations,
    Io
};
inline constexpr Resource allResources[]
    = {Resource::Storage, Resource::Bytes, Resource::BitOperations, Resource::Io};

double amountOf(const ResourceUse &use, Resource resource);

/// A checked problem, ready for an allocator.
class AllocationUnits
{
public:
    /// Throws BadInput for a problem no allocator can solve.
    explicit AllocationUnits(AllocationProblem problem);

    const std::vector<AllocationUnit> &units() const { return m_units; }
    /// Pairs that interact, sorted; those inside a unit are part of its candidates' damage.
    const std::vector<UnitPair> &pairs() const { return m_pairs; }
    const AllocationProblem &problem() const { return m_problem; }
    std::int64_t weights() const { return m_weights; }

    /// `choice` holds a candidate's position for each unit.
    ResourceUse use(std::span<const std::size_t> choice) const;
    /// Of all units and pairs.
    double damage(std::span<const std::size_t> choice) const;
    Uncertainty damageUncertainty(std::span<const std::size_t> choice) const;
    /// Change of the loss in nats per token, never below zero: interactions are noisy, too. Nothing
    /// where a layer's is not known.
    std::optional<double> loss(std::span<const std::size_t> choice) const;
    Uncertainty lossUncertainty(std::span<const std::size_t> choice) const;
    /// Of the difference in loss of two choices: what both do alike leaves no error behind. Two
    /// forms of one layer count as independent, which is on the safe side: the same tokens make
    /// their errors alike.
    Uncertainty differenceUncertainty(std::span<const std::size_t> choice,
                                      std::span<const std::size_t> other) const;
    FrontierPoint point(std::span<const std::size_t> choice) const;
    /// Layers in model order; milliseconds are left to the caller.
    Allocation allocation(std::span<const std::size_t> choice, std::string_view allocator,
                          std::string_view status) const;

private:
    void addInteractions();
    double pairDamage(std::span<const std::size_t> choice) const;
    double pairVariance(std::span<const std::size_t> choice) const;

    AllocationProblem m_problem;
    std::vector<AllocationUnit> m_units;
    std::vector<UnitPair> m_pairs;
    std::int64_t m_weights = 0;
};

/// For each candidate that all units which are not pinned have: the choice that gives it to them.
std::vector<std::vector<std::size_t>> uniformChoices(const AllocationUnits &units);

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
    /// What may be used of `resource`, without the fixed part; nothing if it is not limited.
    std::optional<double> limit(Resource resource) const;
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
