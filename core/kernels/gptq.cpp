// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gptq.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/blas.h"
#include "core/kernels/column_order.h"
#include "core/kernels/grid_search.h"
#include "core/kernels/round_code.h"
#include "core/kernels/stop.h"
#include "core/kernels/uniform_kernels.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <type_traits>

namespace bitprism {

namespace {

/// Rows that one thread takes through a block of columns: tile and errors stay in the second cache,
/// and a column of the tile is a few vector registers.
constexpr std::int64_t tileRows = UniformKernels::tileRows;
/// Columns of one update of the rest, between two looks at the stop token.
constexpr std::int64_t updateStrip = 1024;

/// One execution. Weights lie transposed and in processing order, so that all rows of a column are
/// neighbours: rows are independent, and the inner loops run over them.
template <typename T> class GptqRun
{
public:
    GptqRun(MatrixView<const T> weights, const GptqFactor<T> &factor, const GptqOptions &options,
            MatrixView<const T> hessian, bool keepCompensation, std::stop_token stop)
        : m_rows(weights.rows)
        , m_cols(weights.cols)
        , m_factor(factor)
        , m_upper(factor.upper.data(), factor.cols, factor.cols)
        , m_options(options)
        , m_hessian(hessian)
        , m_stop(std::move(stop))
    {
        m_result.grids = emptyGrids(m_rows, m_cols, options.grid);
        m_hasDynamicGroups = m_result.grids.groupsPerRow > 1 && !options.staticGroups;
        fitFixedGrids(weights);
        if (m_hasDynamicGroups && factor.actOrder) {
            numberGroups();
        }
        m_weights.resize(static_cast<std::size_t>(m_rows * m_cols));
        detail::gatherColumns<T>(weights, factor.order, factor.isDead, this->weights());
        m_codes.resize(m_weights.size());
        m_errorSums.assign(static_cast<std::size_t>(m_rows), 0.0);
        if (keepCompensation) {
            m_result.compensation.resize(m_weights.size());
        }
    }

    GptqResult<T> run()
    {
        for (std::int64_t begin = 0; begin < m_cols;) {
            const std::int64_t end = blockEnd(begin);
            m_errors.resize(static_cast<std::size_t>((end - begin) * m_rows));
            const std::int64_t tiles = (m_rows + tileRows - 1) / tileRows;
            parallelFor(
                static_cast<std::size_t>(tiles), 1, [&](std::size_t first, std::size_t last) {
                    Tile tile(end - begin);
                    for (std::size_t i = first; i < last; ++i) {
                        throwIfStopped(m_stop);
                        quantizeTile(begin, end, static_cast<std::int64_t>(i) * tileRows, tile);
                    }
                });
            updateRest(begin, end);
            begin = end;
        }
        m_result.error = std::accumulate(m_errorSums.begin(), m_errorSums.end(), 0.0) / 2;
        m_result.codes.resize(m_codes.size());
        detail::scatterColumns<std::uint8_t>({m_codes.data(), m_cols, m_rows}, m_factor.order,
                                             {m_result.codes.data(), m_rows, m_cols});
        return std::move(m_result);
    }

private:
    /// A block of columns for some rows, and the grids in force there.
    struct Tile
    {
        std::vector<T> weights; ///< [columns of the block, tileRows]
        std::array<T, tileRows> scales{};
        std::array<T, tileRows> zeroPoints{};
        std::array<double, tileRows> errorSums{};
        std::int64_t group = -1;

        explicit Tile(std::int64_t cols)
            : weights(static_cast<std::size_t>(cols * tileRows))
        {
        }
    };

    MatrixView<T> weights() { return {m_weights.data(), m_cols, m_rows}; }

    /// Grids that are known before any weight changes.
    void fitFixedGrids(MatrixView<const T> weights)
    {
        std::vector<float> values;
        const MatrixView<float> copy = detail::singleCopy(weights, values);
        if (m_hasDynamicGroups) {
            checkFinite(copy);
            return;
        }
        // Whole rows take their range from all columns; groups see dead columns as zeros.
        const bool keepsDead = m_result.grids.groupsPerRow == 1;
        for (std::int64_t j = 0; j < m_cols && !keepsDead; ++j) {
            for (std::int64_t i = 0; i < m_rows && m_factor.isDead[static_cast<std::size_t>(j)];
                 ++i) {
                copy(i, j) = 0;
            }
        }
        std::vector<float> hessianValues;
        MatrixView<const float> hessian;
        if (m_options.grid.clip == ClipSearch::Hessian) {
            hessian = detail::singleCopy(m_hessian, hessianValues);
        }
        m_result.grids = fitGrids(copy, m_options.grid, hessian, m_stop);
    }

    /// Dynamic groups are formed in processing order: decoding needs to know which.
    void numberGroups()
    {
        GridSet &grids = m_result.grids;
        grids.groupOfColumn.resize(static_cast<std::size_t>(m_cols));
        for (std::int64_t k = 0; k < m_cols; ++k) {
            grids.groupOfColumn[static_cast<std::size_t>(column(k))]
                = static_cast<std::uint16_t>(k / grids.groupSize);
        }
    }

    std::int64_t column(std::int64_t k) const
    {
        return m_factor.order[static_cast<std::size_t>(k)];
    }

    /// Group of the k-th processed column.
    std::int64_t groupOf(std::int64_t k) const { return m_result.grids.group(column(k)); }

    /// Blocks never end inside a group that starts within them, so that every dynamic group is
    /// fitted to weights which carry the updates of all columns before it.
    std::int64_t blockEnd(std::int64_t begin) const
    {
        const std::int64_t size = std::max(m_options.blockSize, 1);
        std::int64_t end = begin + size;
        if (m_hasDynamicGroups) {
            const std::int64_t groupSize = m_result.grids.groupSize;
            end = size >= groupSize ? begin + size / groupSize * groupSize
                                    : std::min(end, (begin / groupSize + 1) * groupSize);
        }
        return std::min(end, m_cols);
    }

    void quantizeTile(std::int64_t begin, std::int64_t end, std::int64_t row, Tile &tile)
    {
        const std::int64_t rows = std::min(tileRows, m_rows - row);
        for (std::int64_t k = begin; k < end; ++k) {
            std::copy_n(weights().row(k) + row, rows, tileColumn(tile, k - begin));
        }
        tile.group = -1;
        tile.errorSums.fill(0);
        for (std::int64_t k = begin; k < end; ++k) {
            if (m_hasDynamicGroups && k % m_result.grids.groupSize == 0) {
                fitGroupOf(k, begin, end, row, rows, tile);
            }
            loadGrids(groupOf(k), row, rows, tile);
            quantizeColumn(k, begin, end, row, rows, tile);
        }
        for (std::int64_t i = 0; i < rows; ++i) {
            m_errorSums[static_cast<std::size_t>(row + i)]
                += tile.errorSums[static_cast<std::size_t>(i)];
        }
    }

    static T *tileColumn(Tile &tile, std::int64_t index)
    {
        return tile.weights.data() + index * tileRows;
    }

    /// Rounds column k and moves its error to the columns of the block that follow. All tileRows
    /// lanes are computed, whether or not the matrix fills them: fixed lengths vectorise best.
    void quantizeColumn(std::int64_t k, std::int64_t begin, std::int64_t end, std::int64_t row,
                        std::int64_t rows, Tile &tile)
    {
        const auto maxCode = static_cast<T>(m_result.grids.maxCode());
        const T pivot = m_upper(k, k);
        const T *w = tileColumn(tile, k - begin);
        std::array<T, tileRows> errors;
        std::array<std::uint8_t, tileRows> codes;
        const T *upper = m_upper.row(k);
        T *later = tileColumn(tile, k + 1 - begin);
        if constexpr (std::is_same_v<T, float>) {
            m_kernels.roundColumn(w, tile.scales.data(), tile.zeroPoints.data(), maxCode, pivot,
                                  codes.data(), errors.data(), tile.errorSums.data());
            m_kernels.moveErrors(later, end - k - 1, errors.data(), upper + k + 1);
        } else {
            roundInDouble(w, maxCode, pivot, tile, codes, errors);
            for (std::int64_t j = 0; j < end - k - 1; ++j) {
                for (std::size_t i = 0; i < tileRows; ++i) {
                    later[j * tileRows + static_cast<std::int64_t>(i)]
                        -= errors[i] * upper[k + 1 + j];
                }
            }
        }
        std::copy_n(codes.begin(), rows, m_codes.data() + k * m_rows + row);
        std::copy_n(errors.begin(), rows, m_errors.data() + (k - begin) * m_rows + row);
        for (std::int64_t i = 0; i < rows && !m_result.compensation.empty(); ++i) {
            m_result.compensation[static_cast<std::size_t>((row + i) * m_cols + k)]
                = errors[static_cast<std::size_t>(i)];
        }
    }

    /// What UniformKernels::roundColumn() does, for tests of identities beyond single precision.
    static void roundInDouble(const T *w, T maxCode, T pivot, Tile &tile,
                              std::array<std::uint8_t, tileRows> &codes,
                              std::array<T, tileRows> &errors)
    {
        for (std::size_t i = 0; i < tileRows; ++i) {
            const T code = detail::roundToCode(w[i] / tile.scales[i], tile.zeroPoints[i], maxCode);
            const T error = (w[i] - tile.scales[i] * (code - tile.zeroPoints[i])) / pivot;
            codes[i] = static_cast<std::uint8_t>(static_cast<std::int32_t>(code));
            errors[i] = error;
            tile.errorSums[i] += static_cast<double>(error) * static_cast<double>(error);
        }
    }

    void loadGrids(std::int64_t group, std::int64_t row, std::int64_t rows, Tile &tile)
    {
        if (group == tile.group) {
            return;
        }
        tile.group = group;
        tile.scales.fill(T(1));
        tile.zeroPoints.fill(T(0));
        for (std::int64_t i = 0; i < rows; ++i) {
            const Grid grid = m_result.grids.grid(row + i, group);
            tile.scales[static_cast<std::size_t>(i)] = static_cast<T>(grid.scale);
            tile.zeroPoints[static_cast<std::size_t>(i)] = static_cast<T>(grid.zeroPoint);
        }
    }

    /// Grids of the group that starts at column k, from the weights as they are now. A group larger
    /// than a block starts one, so that the columns beyond the tile are up to date too.
    void fitGroupOf(std::int64_t k, std::int64_t begin, std::int64_t end, std::int64_t row,
                    std::int64_t rows, Tile &tile)
    {
        GridSet &grids = m_result.grids;
        const std::int64_t count = std::min(grids.groupSize, m_cols - k);
        std::vector<float> values(static_cast<std::size_t>(rows * count));
        const MatrixView<float> group(values.data(), rows, count);
        for (std::int64_t j = 0; j < count; ++j) {
            const T *from
                = k + j < end ? tileColumn(tile, k + j - begin) : weights().row(k + j) + row;
            for (std::int64_t i = 0; i < rows; ++i) {
                group(i, j) = static_cast<float>(from[i]);
            }
        }
        std::vector<Grid> found(static_cast<std::size_t>(rows));
        if (m_options.grid.clip == ClipSearch::Hessian) {
            const std::vector<float> block = hessianBlock(k, count);
            detail::searchByHessian(group, {block.data(), count, count}, m_options.grid, found,
                                    m_stop);
        } else {
            for (std::int64_t i = 0; i < rows; ++i) {
                found[static_cast<std::size_t>(i)] = detail::fitGroup(
                    {group.row(i), static_cast<std::size_t>(count)}, m_options.grid, m_stop);
            }
        }
        for (std::int64_t i = 0; i < rows; ++i) {
            const std::size_t index = grids.gridIndex(row + i, k / grids.groupSize);
            grids.scales[index] = found[static_cast<std::size_t>(i)].scale;
            grids.zeroPoints[index] = found[static_cast<std::size_t>(i)].zeroPoint;
        }
        tile.group = -1;
    }

    std::vector<float> hessianBlock(std::int64_t k, std::int64_t count) const
    {
        std::vector<float> block(static_cast<std::size_t>(count * count));
        for (std::int64_t i = 0; i < count; ++i) {
            for (std::int64_t j = 0; j < count; ++j) {
                block[static_cast<std::size_t>(i * count + j)]
                    = static_cast<float>(m_hessian(column(k + i), column(k + j)));
            }
        }
        return block;
    }

    /// Moves the block's errors to all columns after it.
    void updateRest(std::int64_t begin, std::int64_t end)
    {
        const MatrixView<const T> errors(m_errors.data(), end - begin, m_rows);
        for (std::int64_t j = end; j < m_cols; j += updateStrip) {
            throwIfStopped(m_stop);
            const std::int64_t count = std::min(updateStrip, m_cols - j);
            blas::gemm(T(-1), m_upper.block(begin, j, end - begin, count), blas::Transpose::Yes,
                       errors, blas::Transpose::No, T(1), weights().block(j, 0, count, m_rows));
        }
    }

    std::int64_t m_rows;
    std::int64_t m_cols;
    const GptqFactor<T> &m_factor;
    MatrixView<const T> m_upper; ///< U [cols, cols]
    const GptqOptions &m_options;
    MatrixView<const T> m_hessian;
    const UniformKernels &m_kernels = uniformKernels();
    std::stop_token m_stop;
    bool m_hasDynamicGroups = false;
    GptqResult<T> m_result;
    std::vector<T> m_weights; ///< [cols, rows], processing order
    std::vector<T> m_errors; ///< [columns of the block, rows]
    std::vector<std::uint8_t> m_codes; ///< [cols, rows], processing order
    std::vector<double> m_errorSums; ///< [rows]
};

} // namespace

template <typename T>
GptqResult<T> gptq(MatrixView<const T> weights, const GptqFactor<T> &factor,
                   const GptqOptions &options, MatrixView<const T> hessian, bool keepCompensation,
                   std::stop_token stop)
{
    BITPRISM_ASSERT(weights.cols == factor.cols, "the factor belongs to the layer's inputs");
    BITPRISM_ASSERT(options.grid.clip != ClipSearch::Hessian
                        || (hessian.rows == weights.cols && hessian.cols == weights.cols),
                    "the Hessian search needs H");
    return GptqRun<T>(weights, factor, options, hessian, keepCompensation, std::move(stop)).run();
}

template GptqResult<float> gptq(MatrixView<const float>, const GptqFactor<float> &,
                                const GptqOptions &, MatrixView<const float>, bool,
                                std::stop_token);
template GptqResult<double> gptq(MatrixView<const double>, const GptqFactor<double> &,
                                 const GptqOptions &, MatrixView<const double>, bool,
                                 std::stop_token);

} // namespace bitprism
