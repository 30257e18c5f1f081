// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace bitprism {

/// Row-major matrix [rows, cols] in memory owned by somebody else; element (i, j) lies at
/// data[i * stride + j].
template <typename T> struct MatrixView
{
    T *data = nullptr;
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t stride = 0;

    MatrixView() = default;
    MatrixView(T *first, std::int64_t rowCount, std::int64_t colCount)
        : MatrixView(first, rowCount, colCount, colCount)
    {
    }
    MatrixView(T *first, std::int64_t rowCount, std::int64_t colCount, std::int64_t rowStride)
        : data(first)
        , rows(rowCount)
        , cols(colCount)
        , stride(rowStride)
    {
    }
    /// A view that may write is a view that may read.
    template <typename U>
    requires std::is_same_v<const U, T> MatrixView(const MatrixView<U> &other)
        : MatrixView(other.data, other.rows, other.cols, other.stride)
    {
    }

    T *row(std::int64_t i) const { return data + i * stride; }
    T &operator()(std::int64_t i, std::int64_t j) const { return data[i * stride + j]; }
    MatrixView block(std::int64_t firstRow, std::int64_t firstCol, std::int64_t rowCount,
                     std::int64_t colCount) const
    {
        return {data + firstRow * stride + firstCol, rowCount, colCount, stride};
    }
};

} // namespace bitprism
