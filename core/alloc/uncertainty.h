// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <optional>

namespace bitprism {

/// How uncertain a number is that is summed with others: a part of its own, independent of theirs,
/// and a part that is the same mistake in all of them. The squares of the first add up, and the
/// second itself.
struct Uncertainty
{
    double variance = 0; ///< of its own part
    double shared = 0; ///< standard error of the part that all share, with its sign
    bool isKnown = false;

    /// Of an empty sum.
    static Uncertainty none() { return {0, 0, true}; }
    static Uncertainty of(const std::optional<double> &standardError)
    {
        return standardError ? Uncertainty{*standardError * *standardError, 0, true}
                             : Uncertainty{};
    }

    Uncertainty &operator+=(const Uncertainty &other)
    {
        variance += other.variance;
        shared += other.shared;
        isKnown = isKnown && other.isKnown;
        return *this;
    }
    Uncertainty &operator-=(const Uncertainty &other)
    {
        variance += other.variance;
        shared -= other.shared;
        isKnown = isKnown && other.isKnown;
        return *this;
    }
    std::optional<double> standardError() const
    {
        return isKnown ? std::optional(std::sqrt(variance + shared * shared)) : std::nullopt;
    }
};

} // namespace bitprism
