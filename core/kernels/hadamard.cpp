// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/hadamard.h"

#include "core/base/error.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Multiplying by K costs its order for each value; larger ones are left to the block-diagonal.
constexpr std::int64_t largestOrder = 256;
/// Values that one thread takes at least.
constexpr std::size_t valuesPerThread = 1 << 16;

bool isPrime(std::int64_t number)
{
    for (std::int64_t divisor = 2; divisor * divisor <= number; ++divisor) {
        if (number % divisor == 0) {
            return false;
        }
    }
    return number > 1;
}

/// Legendre symbol of every residue: 0, +1 for squares, -1 for the others.
std::vector<int> legendreSymbols(std::int64_t prime)
{
    std::vector<int> symbols(static_cast<std::size_t>(prime), -1);
    symbols[0] = 0;
    for (std::int64_t i = 1; i < prime; ++i) {
        symbols[static_cast<std::size_t>(i * i % prime)] = 1;
    }
    return symbols;
}

/// The bordered Jacobsthal matrix [[0, 1^T], [corner, Q]] with Q_ij = legendre(i - j), [p+1, p+1].
std::vector<int> bordered(std::int64_t prime, int corner)
{
    const std::vector<int> symbols = legendreSymbols(prime);
    const std::int64_t order = prime + 1;
    std::vector<int> matrix(static_cast<std::size_t>(order * order), 0);
    for (std::int64_t i = 0; i < order; ++i) {
        for (std::int64_t j = 0; j < order; ++j) {
            int &entry = matrix[static_cast<std::size_t>(i * order + j)];
            if (i == 0 || j == 0) {
                entry = i == j ? 0 : (i == 0 ? 1 : corner);
            } else {
                entry = symbols[static_cast<std::size_t>((i - j + prime) % prime)];
            }
        }
    }
    return matrix;
}

/// I + [[0, 1^T], [-1, Q]] for p = 3 mod 4.
std::vector<signed char> paleyOne(std::int64_t prime)
{
    const std::vector<int> matrix = bordered(prime, -1);
    const std::int64_t order = prime + 1;
    std::vector<signed char> signs(matrix.size());
    for (std::int64_t i = 0; i < order * order; ++i) {
        const bool isDiagonal = i / order == i % order;
        const auto at = static_cast<std::size_t>(i);
        signs[at] = static_cast<signed char>(matrix[at] + (isDiagonal ? 1 : 0));
    }
    return signs;
}

/// C (x) [[1, 1], [1, -1]] + I (x) [[1, -1], [-1, -1]] with C = [[0, 1^T], [1, Q]], p = 1 mod 4.
std::vector<signed char> paleyTwo(std::int64_t prime)
{
    constexpr int outer[2][2] = {{1, 1}, {1, -1}};
    constexpr int inner[2][2] = {{1, -1}, {-1, -1}};
    const std::vector<int> matrix = bordered(prime, 1);
    const std::int64_t half = prime + 1;
    const std::int64_t order = 2 * half;
    std::vector<signed char> signs(static_cast<std::size_t>(order * order));
    for (std::int64_t i = 0; i < order; ++i) {
        for (std::int64_t j = 0; j < order; ++j) {
            const int c = matrix[static_cast<std::size_t>(i / 2 * half + j / 2)];
            const int value = c * outer[i % 2][j % 2] + (i / 2 == j / 2 ? inner[i % 2][j % 2] : 0);
            signs[static_cast<std::size_t>(i * order + j)] = static_cast<signed char>(value);
        }
    }
    return signs;
}

/// [[K, K], [K, -K]].
std::vector<signed char> doubled(const std::vector<signed char> &half, std::int64_t order)
{
    std::vector<signed char> signs(static_cast<std::size_t>(4 * order * order));
    for (std::int64_t i = 0; i < 2 * order; ++i) {
        for (std::int64_t j = 0; j < 2 * order; ++j) {
            const signed char value = half[static_cast<std::size_t>(i % order * order + j % order)];
            const bool isNegative = i >= order && j >= order;
            signs[static_cast<std::size_t>(i * 2 * order + j)]
                = static_cast<signed char>(isNegative ? -value : value);
        }
    }
    return signs;
}

template <typename T> void butterflies(T *values, std::int64_t count)
{
    for (std::int64_t half = 1; half < count; half *= 2) {
        for (std::int64_t first = 0; first < count; first += 2 * half) {
            T *low = values + first;
            T *high = low + half;
            for (std::int64_t i = 0; i < half; ++i) {
                const T a = low[i];
                const T b = high[i];
                low[i] = a + b;
                high[i] = a - b;
            }
        }
    }
}

} // namespace

std::vector<signed char> hadamardSigns(std::int64_t order)
{
    std::vector<signed char> signs;
    if (order == 1) {
        signs = {1};
    } else if (order % 4 == 0 && isPrime(order - 1)) {
        signs = paleyOne(order - 1); // order - 1 = 3 mod 4
    } else if (order % 4 == 0 && isPrime(order / 2 - 1) && (order / 2 - 1) % 4 == 1) {
        signs = paleyTwo(order / 2 - 1);
    } else if (order % 2 == 0) {
        const std::vector<signed char> half = hadamardSigns(order / 2);
        signs = half.empty() ? half : doubled(half, order / 2);
    }
    for (std::int64_t i = 0; i < order && !signs.empty(); ++i) {
        signed char *row = signs.data() + i * order;
        if (row[0] < 0) {
            std::for_each(row, row + order,
                          [](signed char &sign) { sign = static_cast<signed char>(-sign); });
        }
    }
    return signs;
}

HadamardMatrix::HadamardMatrix(std::int64_t size)
    : m_size(size)
{
    BITPRISM_ASSERT(size > 0, "a matrix has a positive size");
    std::int64_t odd = size;
    while (odd % 2 == 0) {
        odd /= 2;
        m_power *= 2;
    }
    // The smallest K keeps the costly factor small: odd x 4 first, then its doublings.
    for (std::int64_t share = 4; odd > 1 && share <= m_power && odd * share <= largestOrder;
         share *= 2) {
        m_signs = hadamardSigns(odd * share);
        if (!m_signs.empty()) {
            m_order = odd * share;
            m_power /= share;
            return;
        }
    }
    m_signs = {1};
}

template <typename T> void HadamardMatrix::multiply(std::span<T> rows, bool isTransposed) const
{
    const auto block = static_cast<std::size_t>(blockSize());
    BITPRISM_ASSERT(rows.size() % static_cast<std::size_t>(m_size) == 0, "whole rows");
    const T norm = static_cast<T>(1 / std::sqrt(static_cast<double>(block)));
    const std::size_t blocks = rows.size() / block;
    const std::size_t grain = std::max<std::size_t>(1, valuesPerThread / block);
    parallelFor(blocks, grain, [&](std::size_t begin, std::size_t end) {
        std::vector<T> mixed(m_order > 1 ? block : 0);
        for (std::size_t index = begin; index < end; ++index) {
            T *values = rows.data() + index * block;
            for (std::int64_t k = 0; k < m_order; ++k) {
                butterflies(values + k * m_power, m_power);
            }
            if (m_order > 1) { // [order, power]: mix the first index with K
                std::fill(mixed.begin(), mixed.end(), T{0});
                for (std::int64_t from = 0; from < m_order; ++from) {
                    for (std::int64_t to = 0; to < m_order; ++to) {
                        const std::int64_t at
                            = isTransposed ? to * m_order + from : from * m_order + to;
                        const T sign = m_signs[static_cast<std::size_t>(at)];
                        const T *source = values + from * m_power;
                        T *target = mixed.data() + to * m_power;
                        for (std::int64_t i = 0; i < m_power; ++i) {
                            target[i] += sign * source[i];
                        }
                    }
                }
                std::copy(mixed.begin(), mixed.end(), values);
            }
            std::for_each(values, values + block, [norm](T &value) { value *= norm; });
        }
    });
}

void HadamardMatrix::multiplyRows(std::span<double> rows, bool isTransposed) const
{
    multiply(rows, isTransposed);
}

void HadamardMatrix::multiplyRows(std::span<float> rows, bool isTransposed) const
{
    multiply(rows, isTransposed);
}

std::vector<double> HadamardMatrix::dense() const
{
    std::vector<double> matrix(static_cast<std::size_t>(m_size * m_size), 0);
    for (std::int64_t i = 0; i < m_size; ++i) {
        matrix[static_cast<std::size_t>(i * m_size + i)] = 1;
    }
    multiplyRows(matrix); // each row of the identity gives a row of M
    return matrix;
}

void walshHadamard(std::span<double> values)
{
    butterflies(values.data(), static_cast<std::int64_t>(values.size()));
}

void walshHadamard(std::span<float> values)
{
    butterflies(values.data(), static_cast<std::int64_t>(values.size()));
}

} // namespace bitprism
