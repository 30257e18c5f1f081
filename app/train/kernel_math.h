// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/kernels.h"

#include <bit>
#include <cstdint>

// One copy of a kernel for each of three instruction sets, chosen when the program is loaded. The
// sanitizers cannot run the resolvers, which are called before they are ready.
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)                   \
    && !defined(__SANITIZE_THREAD__)
#define BITPRISM_CLONES                                                                            \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BITPRISM_CLONES
#endif
#define BITPRISM_INLINE inline __attribute__((always_inline))

namespace bitprism::train::kernel {

BITPRISM_INLINE float load(const float *from) { return *from; }

BITPRISM_INLINE float load(const Bfloat16 *from)
{
    return std::bit_cast<float>(std::uint32_t(*from) << 16);
}

BITPRISM_INLINE void store(float *to, float value) { *to = value; }

// Rounds to nearest even; a NaN may become infinite, which the trainer's loss check reports alike.
BITPRISM_INLINE void store(Bfloat16 *to, float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    *to = Bfloat16(std::uint16_t((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16));
}

/// exp(x) to 2 ulp by range reduction and Cephes' polynomial; std::exp does not vectorize.
BITPRISM_INLINE float exponential(float x)
{
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float shifted = x * 1.44269504f + 12582912.0f; // 1.5 * 2^23: rounds to an integer
    const float n = shifted - 12582912.0f;
    const float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    return p * std::bit_cast<float>((std::int32_t(n) + 127) << 23);
}

/// Hash of 32 bits (Wellons' "lowbias32") of an index under a key.
BITPRISM_INLINE std::uint32_t hashOf(std::uint32_t key, std::uint32_t index)
{
    std::uint32_t h = index * 0x9e3779b1u ^ key;
    h = (h ^ (h >> 16)) * 0x7feb352du;
    h = (h ^ (h >> 15)) * 0x846ca68bu;
    return h ^ (h >> 16);
}

/// Hashes below this are dropped.
BITPRISM_INLINE std::uint32_t dropLimit(float probability)
{
    return std::uint32_t(double(probability) * 4294967296.0);
}

} // namespace bitprism::train::kernel
