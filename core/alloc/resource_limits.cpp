// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_units.h"
#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

// An average is a quotient of whole numbers that went through decimal text: what was printed must
// be accepted again.
constexpr double limitSlack = 1e-12;
constexpr double bitSlack = 1e-6;

template <typename Number> bool fits(Number use, const std::optional<Number> &limit)
{
    return !limit || use <= *limit;
}

/// To digits that a message shows, so that the value can be given as a budget.
double roundedUp(double averageBits)
{
    constexpr double steps = 1e4;
    return std::ceil(averageBits * steps) / steps;
}

template <typename Number> double share(Number use, Number limit)
{
    return static_cast<double>(use) / std::max(static_cast<double>(limit), 1.0);
}

/// The least of each resource that any choice needs, each for itself.
ResourceUse leastUse(const AllocationUnits &units)
{
    ResourceUse sum;
    for (const AllocationUnit &unit : units.units()) {
        ResourceUse least = unit.candidates.front().use;
        for (const UnitCandidate &candidate : unit.candidates) {
            least.storageBits = std::min(least.storageBits, candidate.use.storageBits);
            least.bytes = std::min(least.bytes, candidate.use.bytes);
            least.bitOperations = std::min(least.bitOperations, candidate.use.bitOperations);
            least.ioBytes = std::min(least.ioBytes, candidate.use.ioBytes);
        }
        sum += least;
    }
    return sum;
}

void checkBudget(const Budget &budget)
{
    constexpr double mostBits = 1024; // far above any width; keeps the products finite
    const bool isSound
        = (!budget.averageBits || (*budget.averageBits > 0 && *budget.averageBits <= mostBits))
        && (!budget.bytes || *budget.bytes > 0)
        && (!budget.bitOperations
            || (*budget.bitOperations > 0 && std::isfinite(*budget.bitOperations)))
        && (!budget.ioBytes || *budget.ioBytes > 0);
    if (!isSound) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "A budget must be a positive number."));
    }
}

} // namespace

ResourceLimits::ResourceLimits(const Budget &budget, const AllocationUnits &units)
    : m_budget(budget)
    , m_weights(units.weights())
    , m_fixedBytes(units.problem().fixedBytes)
    , m_fixedBitOperations(units.problem().fixedBitOperations)
    , m_fixedIoBytes(units.problem().fixedIoBytes)
{
    checkBudget(budget);
    if (budget.averageBits) {
        const double bits = *budget.averageBits * static_cast<double>(m_weights);
        m_storageBits = static_cast<std::int64_t>(bits * (1 + limitSlack) + bitSlack);
    }
    if (budget.bytes) {
        m_bytes = *budget.bytes - m_fixedBytes;
    }
    if (budget.bitOperations) {
        // The slack is the whole budget's: what is left for the layers may be a small part of it.
        m_bitOperations = *budget.bitOperations * (1 + limitSlack) - m_fixedBitOperations;
    }
    if (budget.ioBytes) {
        m_ioBytes = *budget.ioBytes - m_fixedIoBytes;
    }
    require(leastUse(units));
}

bool ResourceLimits::allow(const ResourceUse &use) const
{
    return fits(use.storageBits, m_storageBits) && fits(use.bytes, m_bytes)
        && fits(use.bitOperations, m_bitOperations) && fits(use.ioBytes, m_ioBytes);
}

std::optional<double> ResourceLimits::limit(Resource resource) const
{
    const auto number = [](const auto &limit) {
        return limit ? std::optional<double>(static_cast<double>(*limit)) : std::nullopt;
    };
    switch (resource) {
    case Resource::Storage:
        return number(m_storageBits);
    case Resource::Bytes:
        return number(m_bytes);
    case Resource::BitOperations:
        return m_bitOperations;
    case Resource::Io:
        break;
    }
    return number(m_ioBytes);
}

void ResourceLimits::require(const ResourceUse &use) const
{
    if (!allow(use)) {
        refuse(use);
    }
}

void ResourceLimits::refuse(const ResourceUse &needed) const
{
    if (!fits(needed.storageBits, m_storageBits)) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error",
                        "A budget of %1 average bits cannot be met; the smallest possible "
                        "here is %2."),
            *m_budget.averageBits,
            roundedUp(static_cast<double>(needed.storageBits) / static_cast<double>(m_weights)));
    }
    if (!fits(needed.bytes, m_bytes)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "A budget of %1 bytes cannot be met; the smallest possible here "
                                "is %2."),
                    *m_budget.bytes, m_fixedBytes + needed.bytes);
    }
    if (!fits(needed.ioBytes, m_ioBytes)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "A budget of %1 bytes moved per token cannot be met; the smallest "
                                "possible here is %2."),
                    *m_budget.ioBytes, m_fixedIoBytes + needed.ioBytes);
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "A budget of %1 bit operations cannot be met; the smallest possible "
                            "here is %2."),
                *m_budget.bitOperations, m_fixedBitOperations + needed.bitOperations);
}

double ResourceLimits::cost(const ResourceUse &use) const
{
    double sum = 0;
    bool isLimited = false;
    const auto add = [&](double part) {
        sum += part;
        isLimited = true;
    };
    if (m_storageBits) {
        add(share(use.storageBits, *m_storageBits));
    }
    if (m_bytes) {
        add(share(use.bytes, *m_bytes));
    }
    if (m_bitOperations) {
        add(share(use.bitOperations, *m_bitOperations));
    }
    if (m_ioBytes) {
        add(share(use.ioBytes, *m_ioBytes));
    }
    return isLimited ? sum : static_cast<double>(use.storageBits);
}

} // namespace bitprism
