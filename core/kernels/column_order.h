// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parallel.h"
#include "core/kernels/matrix_view.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

/// Matrices turned so that the rows of a column are neighbours, in an order of columns of their
/// own.
namespace bitprism::detail {

/// Calls body(first row, end) for tiles of rows, in parallel; a tile's rows of one column are few
/// cache lines.
template <typename Body> void forRowTiles(std::int64_t rows, const Body &body)
{
    constexpr std::int64_t tileRows = 64;
    const auto tiles = static_cast<std::size_t>((rows + tileRows - 1) / tileRows);
    parallelFor(tiles, 1, [&](std::size_t first, std::size_t last) {
        for (auto tile = static_cast<std::int64_t>(first); tile < static_cast<std::int64_t>(last);
             ++tile) {
            body(tile * tileRows, std::min((tile + 1) * tileRows, rows));
        }
    });
}

/// result(k, i) = source(i, order[k]); zeros for columns that isZero. `result` is [cols, rows].
template <typename T>
void gatherColumns(MatrixView<const T> source, std::span<const std::int64_t> order,
                   const std::vector<bool> &isZero, MatrixView<T> result)
{
    forRowTiles(source.rows, [&](std::int64_t row, std::int64_t end) {
        for (std::int64_t k = 0; k < source.cols; ++k) {
            const std::int64_t col = order[static_cast<std::size_t>(k)];
            T *to = result.row(k);
            if (isZero[static_cast<std::size_t>(col)]) {
                std::fill(to + row, to + end, T(0));
                continue;
            }
            for (std::int64_t i = row; i < end; ++i) {
                to[i] = source(i, col);
            }
        }
    });
}

/// The reverse: result(i, order[k]) = source(k, i), with `source` [cols, rows].
template <typename T>
void scatterColumns(MatrixView<const T> source, std::span<const std::int64_t> order,
                    MatrixView<T> result)
{
    forRowTiles(result.rows, [&](std::int64_t row, std::int64_t end) {
        for (std::int64_t k = 0; k < result.cols; ++k) {
            const std::int64_t col = order[static_cast<std::size_t>(k)];
            const T *from = source.row(k);
            for (std::int64_t i = row; i < end; ++i) {
                result(i, col) = from[i];
            }
        }
    });
}

/// A copy in single precision, in `values`.
template <typename T>
MatrixView<float> singleCopy(MatrixView<const T> source, std::vector<float> &values)
{
    values.resize(static_cast<std::size_t>(source.rows * source.cols));
    const MatrixView<float> copy(values.data(), source.rows, source.cols);
    for (std::int64_t i = 0; i < source.rows; ++i) {
        std::transform(source.row(i), source.row(i) + source.cols, copy.row(i),
                       [](T value) { return static_cast<float>(value); });
    }
    return copy;
}

} // namespace bitprism::detail
