// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitprism {

/// In place and unnormalised: values <- values H with the Walsh-Hadamard matrix in natural order
/// (H_2n = [[H_n, H_n], [H_n, -H_n]]). The length is a power of two. O(n log n).
void walshHadamard(std::span<double> values);
void walshHadamard(std::span<float> values);

/// An orthonormal matrix of any size, cheap to multiply by: I (x) K (x) H, where H is
/// Walsh-Hadamard of the largest power of two that serves, K a Hadamard matrix of order 4k by
/// Paley's constructions, whose rows are signed so that its first column is positive, and I stands
/// where neither gives the whole size (base-methods.md 8.1: 11008 = 43 x 256). An odd size gives
/// the identity.
class HadamardMatrix
{
public:
    explicit HadamardMatrix(std::int64_t size);

    std::int64_t size() const { return m_size; }
    /// Size of each block on the diagonal; equal to size() for a full matrix.
    std::int64_t blockSize() const { return m_order * m_power; }
    std::int64_t order() const { return m_order; } ///< of K; 1: none
    std::int64_t power() const { return m_power; } ///< of two, the order of H

    /// Every row of `rows` (whole rows of size() values) <- row M; `isTransposed`: row M^T.
    void multiplyRows(std::span<double> rows, bool isTransposed = false) const;
    void multiplyRows(std::span<float> rows, bool isTransposed = false) const;
    /// M, [size, size], row-major.
    std::vector<double> dense() const;

private:
    template <typename T> void multiply(std::span<T> rows, bool isTransposed) const;

    std::int64_t m_size = 0;
    std::int64_t m_order = 1;
    std::int64_t m_power = 1;
    std::vector<signed char> m_signs; ///< K, [order, order], +1 and -1
};

/// K of order `order` (+1 and -1, row-major, first column +1); empty where neither of Paley's
/// constructions over a prime field, nor doubling one, gives it. 1 and 2 are given too.
std::vector<signed char> hadamardSigns(std::int64_t order);

} // namespace bitprism
