// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bitprism {

/// A reproducible stream of random numbers (xoshiro256**, seeded by splitmix64): the same seed and
/// name give the same numbers on every machine and with every standard library. Streams are named
/// by their use ("sampler"), so that a new one shifts no other.
class Random
{
public:
    Random(std::uint64_t seed, std::string_view name);

    std::uint64_t next();
    /// Uniform in [0, bound), without bias; bound > 0.
    std::uint64_t below(std::uint64_t bound);
    /// Uniform in [0, 1), 53 bits.
    double uniform();
    /// Standard normal (polar method).
    double normal();

private:
    std::array<std::uint64_t, 4> m_state;
    double m_spare = 0;
    bool m_hasSpare = false;
};

} // namespace bitprism
