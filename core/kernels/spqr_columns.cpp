// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/spqr_columns.h"

#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/base/parallel.h"
#include "core/kernels/blas.h"
#include "core/kernels/column_order.h"
#include "core/kernels/stop.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitprism {

namespace {

constexpr std::int64_t tileRows = 4 * SpqrGrids::rowsPerSet;
constexpr std::int64_t updateStrip = 1024;
constexpr float leastScale = 0x1p-24F; // what F16 can hold; a coded scale may come out as zero

constexpr float largestZero = 30000; // a narrow group far from zero: its zero point must fit F16

/// Values of up to 16 rows coded with a common step and offset.
struct SecondLevel
{
    float step = 0;
    float offset = 0;
    std::array<std::uint8_t, SpqrGrids::rowsPerSet> codes{};
};

SecondLevel codeTogether(std::span<const float> values, int bits)
{
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    const auto maxCode = static_cast<float>((1 << bits) - 1);
    SecondLevel result;
    result.offset = roundToHalf(*least);
    result.step = roundToHalf((*most - *least) / maxCode);
    if (!std::isfinite(result.offset) || !std::isfinite(result.step)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "A layer's grids are too wide for SpQR's 16-bit floats."));
    }
    for (std::size_t i = 0; i < values.size() && result.step > 0; ++i) {
        const float code = std::nearbyint((values[i] - result.offset) / result.step);
        result.codes[i] = static_cast<std::uint8_t>(std::clamp(code, 0.0F, maxCode));
    }
    return result;
}

class SpqrRun
{
public:
    SpqrRun(MatrixView<const float> weights, const GptqFactor<float> &factor,
            const std::vector<bool> &isDead, const SpqrOptions &options, std::stop_token stop)
        : m_rows(weights.rows)
        , m_cols(weights.cols)
        , m_factor(factor)
        , m_upper(factor.upper.data(), factor.cols, factor.cols)
        , m_options(options)
        , m_stop(std::move(stop))
    {
        checkFinite(weights);
        m_result.grids = SpqrGrids::empty(m_rows, m_cols, options);
        m_weights.resize(static_cast<std::size_t>(m_rows * m_cols));
        detail::gatherColumns<float>(weights, factor.order, isDead, this->weights());
        m_codes.resize(m_weights.size());
        m_outliersOfRow.resize(static_cast<std::size_t>(m_rows));
        m_pivots.resize(static_cast<std::size_t>(m_cols));
        for (std::int64_t k = 0; k < m_cols; ++k) {
            m_pivots[static_cast<std::size_t>(k)] = m_upper(k, k);
        }
        if (factor.actOrder && m_result.grids.groupsPerRow > 1) {
            numberGroups();
        }
        m_threshold = threshold();
    }

    SpqrResult run()
    {
        const std::int64_t groupSize = m_result.grids.groupSize;
        const std::int64_t size = std::max<std::int64_t>(m_options.blockSize, 1);
        // Blocks are whole groups: a group is fitted where it starts, from up-to-date weights.
        const std::int64_t step = std::max(groupSize, size / groupSize * groupSize);
        for (std::int64_t begin = 0; begin < m_cols; begin += step) {
            const std::int64_t end = std::min(begin + step, m_cols);
            m_errors.resize(static_cast<std::size_t>((end - begin) * m_rows));
            const std::int64_t tiles = (m_rows + tileRows - 1) / tileRows;
            parallelFor(static_cast<std::size_t>(tiles), 1,
                        [&](std::size_t first, std::size_t last) {
                            for (std::size_t i = first; i < last; ++i) {
                                throwIfStopped(m_stop);
                                quantizeTile(begin, end, static_cast<std::int64_t>(i) * tileRows);
                            }
                        });
            updateRest(begin, end);
        }
        m_result.codes.resize(m_codes.size());
        detail::scatterColumns<std::uint8_t>({m_codes.data(), m_cols, m_rows}, m_factor.order,
                                             {m_result.codes.data(), m_rows, m_cols});
        for (std::vector<SparseValue> &row : m_outliersOfRow) {
            std::sort(row.begin(), row.end(),
                      [](const SparseValue &a, const SparseValue &b) { return a.col < b.col; });
            m_result.outliers.insert(m_result.outliers.end(), row.begin(), row.end());
        }
        return std::move(m_result);
    }

private:
    MatrixView<float> weights() { return {m_weights.data(), m_cols, m_rows}; }

    void numberGroups()
    {
        SpqrGrids &grids = m_result.grids;
        grids.groupOfColumn.resize(static_cast<std::size_t>(m_cols));
        for (std::int64_t k = 0; k < m_cols; ++k) {
            const auto col = static_cast<std::size_t>(m_factor.order[static_cast<std::size_t>(k)]);
            grids.groupOfColumn[col] = static_cast<std::uint16_t>(k / grids.groupSize);
        }
    }

    /// tau times the mean over columns of the unbiased variance over rows, weighed.
    float threshold()
    {
        if (!(m_options.tau < std::numeric_limits<double>::infinity())) {
            return std::numeric_limits<float>::infinity();
        }
        double sum = 0;
        for (std::int64_t k = 0; k < m_cols; ++k) {
            const float *w = weights().row(k);
            const double mean = std::accumulate(w, w + m_rows, 0.0) / static_cast<double>(m_rows);
            double squares = 0;
            for (std::int64_t i = 0; i < m_rows; ++i) {
                squares += (static_cast<double>(w[i]) - mean) * (static_cast<double>(w[i]) - mean);
            }
            const double pivot = m_pivots[static_cast<std::size_t>(k)];
            sum += squares / static_cast<double>(std::max<std::int64_t>(1, m_rows - 1))
                / (pivot * pivot);
        }
        return static_cast<float>(m_options.tau * sum / static_cast<double>(m_cols));
    }

    void quantizeTile(std::int64_t begin, std::int64_t end, std::int64_t row)
    {
        const std::int64_t rows = std::min(tileRows, m_rows - row);
        std::array<detail::RealGrid, tileRows> grids;
        for (std::int64_t k = begin; k < end; ++k) {
            if (k % m_result.grids.groupSize == 0) {
                fitGroup(k, row, rows, grids);
            }
            quantizeColumn(k, begin, end, row, rows, grids);
        }
    }

    /// Grids of the group that starts at column k, as they will be decoded.
    void fitGroup(std::int64_t k, std::int64_t row, std::int64_t rows,
                  std::array<detail::RealGrid, tileRows> &grids)
    {
        SpqrGrids &stored = m_result.grids;
        const std::int64_t count = std::min(stored.groupSize, m_cols - k);
        const std::int64_t group = k / stored.groupSize;
        const std::span<const float> pivots(m_pivots.data() + k, static_cast<std::size_t>(count));
        std::vector<float> values(static_cast<std::size_t>(count));
        for (std::int64_t first = 0; first < rows; first += SpqrGrids::rowsPerSet) {
            const std::int64_t size = std::min(SpqrGrids::rowsPerSet, rows - first);
            std::array<float, SpqrGrids::rowsPerSet> scales{};
            std::array<float, SpqrGrids::rowsPerSet> zeros{};
            for (std::int64_t i = 0; i < size; ++i) {
                for (std::int64_t j = 0; j < count; ++j) {
                    values[static_cast<std::size_t>(j)] = weights()(k + j, row + first + i);
                }
                replaceOutliers(values, pivots);
                const detail::RealGrid grid = detail::realGrid(values, m_options.bits);
                scales[static_cast<std::size_t>(i)] = grid.scale;
                zeros[static_cast<std::size_t>(i)] = grid.zeroPoint;
            }
            const auto used = static_cast<std::size_t>(size);
            const SecondLevel scale = codeTogether({scales.data(), used}, m_options.scaleBits);
            const SecondLevel zero = codeTogether({zeros.data(), used}, m_options.scaleBits);
            const auto set = static_cast<std::size_t>(
                (row + first) / SpqrGrids::rowsPerSet * stored.groupsPerRow + group);
            stored.scaleSteps[set] = scale.step;
            stored.scaleOffsets[set] = scale.offset;
            stored.zeroSteps[set] = zero.step;
            stored.zeroOffsets[set] = zero.offset;
            for (std::int64_t i = 0; i < size; ++i) {
                const std::int64_t at = row + first + i;
                const auto index = static_cast<std::size_t>(at * stored.groupsPerRow + group);
                stored.scaleCodes[index] = scale.codes[static_cast<std::size_t>(i)];
                stored.zeroCodes[index] = zero.codes[static_cast<std::size_t>(i)];
                grids[static_cast<std::size_t>(first + i)]
                    = {stored.scale(at, group), stored.zeroPoint(at, group)};
            }
        }
    }

    /// Provisional outliers become the mean of the rest.
    void replaceOutliers(std::vector<float> &values, std::span<const float> pivots) const
    {
        const std::vector<bool> isOutlier
            = detail::leaveOneOut(values, pivots, m_options.bits, m_threshold);
        double sum = 0;
        std::size_t kept = 0;
        for (std::size_t j = 0; j < values.size(); ++j) {
            sum += isOutlier[j] ? 0.0 : static_cast<double>(values[j]);
            kept += isOutlier[j] ? 0 : 1;
        }
        const float mean = kept > 0 ? static_cast<float>(sum / static_cast<double>(kept)) : 0.0F;
        for (std::size_t j = 0; j < values.size(); ++j) {
            values[j] = isOutlier[j] ? mean : values[j];
        }
    }

    void quantizeColumn(std::int64_t k, std::int64_t begin, std::int64_t end, std::int64_t row,
                        std::int64_t rows, const std::array<detail::RealGrid, tileRows> &grids)
    {
        const auto maxCode = static_cast<float>((1 << m_options.bits) - 1);
        const float pivot = m_pivots[static_cast<std::size_t>(k)];
        const std::int64_t col = m_factor.order[static_cast<std::size_t>(k)];
        const float *w = weights().row(k) + row;
        float *errors = m_errors.data() + (k - begin) * m_rows + row;
        for (std::int64_t i = 0; i < rows; ++i) {
            const detail::RealGrid &grid = grids[static_cast<std::size_t>(i)];
            float code = grid.code(w[i], maxCode);
            float error = (w[i] - grid.value(code)) / pivot;
            if (error * error > m_threshold) {
                const float kept = roundToHalf(w[i]);
                if (std::isfinite(kept)) {
                    m_outliersOfRow[static_cast<std::size_t>(row + i)].push_back(
                        {row + i, col, kept});
                    error = (w[i] - kept) / pivot;
                    code = grid.code(0, maxCode);
                }
            }
            m_codes[static_cast<std::size_t>(k * m_rows + row + i)]
                = static_cast<std::uint8_t>(static_cast<std::int32_t>(code));
            errors[i] = error;
        }
        const float *upper = m_upper.row(k);
        for (std::int64_t j = k + 1; j < end; ++j) {
            float *later = weights().row(j) + row;
            const float factor = upper[j];
            for (std::int64_t i = 0; i < rows; ++i) {
                later[i] -= errors[i] * factor;
            }
        }
    }

    /// Moves the block's errors to all columns after it.
    void updateRest(std::int64_t begin, std::int64_t end)
    {
        const MatrixView<const float> errors(m_errors.data(), end - begin, m_rows);
        for (std::int64_t j = end; j < m_cols; j += updateStrip) {
            throwIfStopped(m_stop);
            const std::int64_t count = std::min(updateStrip, m_cols - j);
            blas::gemm(-1.0F, m_upper.block(begin, j, end - begin, count), blas::Transpose::Yes,
                       errors, blas::Transpose::No, 1.0F, weights().block(j, 0, count, m_rows));
        }
    }

    std::int64_t m_rows;
    std::int64_t m_cols;
    const GptqFactor<float> &m_factor;
    MatrixView<const float> m_upper; ///< U [cols, cols]
    const SpqrOptions &m_options;
    std::stop_token m_stop;
    SpqrResult m_result;
    float m_threshold = 0;
    std::vector<float> m_pivots; ///< diagonal of U
    std::vector<float> m_weights; ///< [cols, rows], processing order
    std::vector<float> m_errors; ///< [columns of the block, rows]
    std::vector<std::uint8_t> m_codes; ///< [cols, rows], processing order
    std::vector<std::vector<SparseValue>> m_outliersOfRow; ///< a row belongs to one thread
};

} // namespace

SpqrGrids SpqrGrids::empty(std::int64_t rows, std::int64_t cols, const SpqrOptions &options)
{
    if (cols > maxSparseCols) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "SpQR stores outliers of layers with up to %1 columns, not %2; "
                                "choose another quantizer."),
                    maxSparseCols, cols);
    }
    SpqrGrids grids;
    grids.rows = rows;
    grids.cols = cols;
    grids.groupSize = options.groupSize > 0 ? std::min(options.groupSize, cols) : cols;
    grids.groupsPerRow = (cols + grids.groupSize - 1) / grids.groupSize;
    grids.bits = options.bits;
    grids.scaleBits = options.scaleBits;
    const auto count = static_cast<std::size_t>(rows * grids.groupsPerRow);
    const auto sets = static_cast<std::size_t>(grids.rowSets() * grids.groupsPerRow);
    grids.scaleCodes.assign(count, 0);
    grids.zeroCodes.assign(count, 0);
    grids.scaleSteps.assign(sets, 0.0F);
    grids.scaleOffsets.assign(sets, 0.0F);
    grids.zeroSteps.assign(sets, 0.0F);
    grids.zeroOffsets.assign(sets, 0.0F);
    return grids;
}

float SpqrGrids::scale(std::int64_t row, std::int64_t groupIndex) const
{
    const auto set = static_cast<std::size_t>(row / rowsPerSet * groupsPerRow + groupIndex);
    const auto code = scaleCodes[static_cast<std::size_t>(row * groupsPerRow + groupIndex)];
    return std::max(scaleOffsets[set] + scaleSteps[set] * static_cast<float>(code), leastScale);
}

float SpqrGrids::zeroPoint(std::int64_t row, std::int64_t groupIndex) const
{
    const auto set = static_cast<std::size_t>(row / rowsPerSet * groupsPerRow + groupIndex);
    const auto code = zeroCodes[static_cast<std::size_t>(row * groupsPerRow + groupIndex)];
    return zeroOffsets[set] + zeroSteps[set] * static_cast<float>(code);
}

std::vector<float> spqrHessian(MatrixView<const float> hessian, double damping)
{
    const auto size = static_cast<std::size_t>(hessian.rows);
    std::vector<float> damped(size * size);
    const MatrixView<float> result(damped.data(), hessian.rows, hessian.cols);
    double sum = 0;
    for (std::int64_t j = 0; j < hessian.rows; ++j) {
        std::copy_n(hessian.row(j), hessian.cols, result.row(j));
        sum += static_cast<double>(hessian(j, j));
    }
    const auto added = static_cast<float>(damping * sum / static_cast<double>(size));
    for (std::int64_t j = 0; j < hessian.rows; ++j) {
        result(j, j) = hessian(j, j) == 0 ? 1.0F : hessian(j, j) + added;
    }
    return damped;
}

SpqrResult spqr(MatrixView<const float> weights, const GptqFactor<float> &factor,
                const std::vector<bool> &isDead, const SpqrOptions &options, std::stop_token stop)
{
    BITPRISM_ASSERT(weights.cols == factor.cols && std::ssize(isDead) == weights.cols,
                    "the factor belongs to the layer's inputs");
    return SpqrRun(weights, factor, isDead, options, std::move(stop)).run();
}

namespace detail {

float RealGrid::code(float weight, float maxCode) const
{
    return std::clamp(std::nearbyint(weight / scale + zeroPoint), 0.0F, maxCode);
}

RealGrid realGrid(std::span<const float> group, int bits)
{
    const auto [least, most] = std::minmax_element(group.begin(), group.end());
    const auto maxCode = static_cast<float>((1 << bits) - 1);
    float low = *least;
    float high = *most;
    if (low == high) { // one value: a grid on which it and zero lie
        low = std::min(low, 0.0F);
        high = std::max(high, 0.0F);
        high = low == high ? 1.0F : high;
    }
    RealGrid grid;
    grid.scale = std::max({(high - low) / maxCode, std::fabs(low) / largestZero, leastScale});
    grid.zeroPoint = -low / grid.scale;
    return grid;
}

std::vector<bool> leaveOneOut(std::span<const float> group, std::span<const float> pivots, int bits,
                              float threshold)
{
    std::vector<bool> isOutlier(group.size(), false);
    if (group.size() < 2 || threshold == std::numeric_limits<float>::infinity()) {
        return isOutlier;
    }
    const auto maxCode = static_cast<float>((1 << bits) - 1);
    const auto errorAt = [&](std::size_t j, const RealGrid &grid) {
        const float error = (group[j] - grid.value(grid.code(group[j], maxCode))) / pivots[j];
        return error * error;
    };
    const RealGrid full = realGrid(group, bits);
    float total = 0;
    for (std::size_t j = 0; j < group.size(); ++j) {
        total += errorAt(j, full);
    }
    const auto [least, most] = std::minmax_element(group.begin(), group.end());
    std::vector<float> rest(group.size() - 1);
    for (std::size_t j = 0; j < group.size(); ++j) {
        float without = total - errorAt(j, full);
        if (group[j] == *least || group[j] == *most) { // the range changes with it
            std::copy(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(j), rest.begin());
            std::copy(group.begin() + static_cast<std::ptrdiff_t>(j) + 1, group.end(),
                      rest.begin() + static_cast<std::ptrdiff_t>(j));
            const RealGrid grid = realGrid(rest, bits);
            without = 0;
            for (std::size_t i = 0; i < group.size(); ++i) {
                without += i == j ? 0.0F : errorAt(i, grid);
            }
        }
        isOutlier[j] = total - without > threshold;
    }
    return isOutlier;
}

} // namespace detail

} // namespace bitprism
