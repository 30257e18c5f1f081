// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/matrix_view.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace bitprism {

struct Choice;

/// How a grid follows from the range of its weights, as the named publication's code has it. All
/// give `weight = scale * (code - zeroPoint)` with codes 0 .. 2^bits - 1; where a publication uses
/// signed codes and no zero point, ours are shifted by 2^(bits-1).
enum class RangeRule
{
    GptqAsym, ///< range includes 0
    GptqSym,
    AwqAsym, ///< range as it is: a one-sided group saturates
    OmniAsym, ///< range as it is; zero points may lie outside the codes
    OmniSym,
    QuarotSym,
    SmoothQuant
};

/// What the scale is rounded to before zero points and codes are computed from it.
enum class ScaleType
{
    F16,
    Bf16,
    F32
};

/// Which weights share one grid. Tokens of an activation are rows: PerRow is per token there.
enum class Granularity
{
    PerTensor,
    PerRow,
    Group ///< `groupSize` consecutive columns of a row; the last group may be shorter
};

/// Search for a shrunken range that loses less than the full one.
enum class ClipSearch
{
    None,
    PowerNorm, ///< 80 steps, sum of |error|^2.4, as in GPTQ's code
    MeanPowerNorm, ///< the same by the mean (BRECQ)
    Hessian ///< 100 steps, error H error^T with the group's diagonal block of H
};

struct GridOptions
{
    int bits = 4; ///< 1 to 8; the omni-sym, quarot-sym and smoothquant rules need 2
    RangeRule rule = RangeRule::GptqAsym;
    Granularity granularity = Granularity::Group;
    std::int64_t groupSize = 128; ///< 0: the whole row, as PerRow
    ScaleType scaleType = ScaleType::F16;
    ClipSearch clip = ClipSearch::None;

    friend bool operator==(const GridOptions &, const GridOptions &) = default;
};

std::string_view rangeRuleName(RangeRule rule); ///< "gptq-asym"
std::string_view scaleTypeName(ScaleType type); ///< "f16"
std::string_view clipSearchName(ClipSearch clip); ///< "none", "power-norm"
/// Throw BadInput, naming the known ones, for an unknown name.
RangeRule rangeRuleFromName(std::string_view name);
ScaleType scaleTypeFromName(std::string_view name);
ClipSearch clipSearchFromName(std::string_view name);
/// For ParamVisitor::choice.
std::vector<Choice> rangeRuleChoices();
std::vector<Choice> scaleTypeChoices();
std::vector<Choice> clipSearchChoices();

/// Symmetric rules have one zero point for all grids, which is not stored.
bool isSymmetric(RangeRule rule);
int symmetricZeroPoint(RangeRule rule, int bits);
/// Stored width of one zero point: 0 for symmetric rules, `bits` where the rule keeps it among the
/// codes, 16 (signed) for omni-asym.
int zeroPointBits(RangeRule rule, int bits);
/// `scale` as its stored type holds it, to nearest, ties to even. A scale too small for the type
/// becomes its smallest positive value; one too large is BadInput.
float roundScale(float scale, ScaleType type);

/// Scale and zero point of one group.
struct Grid
{
    float scale = 1;
    std::int16_t zeroPoint = 0;

    friend bool operator==(const Grid &, const Grid &) = default;
};

/// The grids of one matrix [rows, cols].
struct GridSet
{
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    std::int64_t gridRows = 0; ///< rows, or 1 for one grid per tensor
    std::int64_t groupSize = 0; ///< columns per group; cols where a row has one grid
    std::int64_t groupsPerRow = 0;
    int bits = 4;
    RangeRule rule = RangeRule::GptqAsym;
    ScaleType scaleType = ScaleType::F16;
    std::vector<float> scales; ///< [gridRows, groupsPerRow], exact in scaleType
    std::vector<std::int16_t> zeroPoints; ///< [gridRows, groupsPerRow]
    /// Group of each column, [cols]; empty: column / groupSize. (GPTQ with act_order and dynamic
    /// groups forms groups in its own order.)
    std::vector<std::uint16_t> groupOfColumn;

    int maxCode() const { return (1 << bits) - 1; }
    std::int64_t group(std::int64_t col) const
    {
        return groupOfColumn.empty() ? col / groupSize
                                     : groupOfColumn[static_cast<std::size_t>(col)];
    }
    std::size_t gridIndex(std::int64_t row, std::int64_t groupIndex) const
    {
        return static_cast<std::size_t>((gridRows == 1 ? 0 : row) * groupsPerRow + groupIndex);
    }
    Grid grid(std::int64_t row, std::int64_t groupIndex) const
    {
        const std::size_t index = gridIndex(row, groupIndex);
        return {scales[index], zeroPoints[index]};
    }

    friend bool operator==(const GridSet &, const GridSet &) = default;
};

/// Grids of the right shape for a matrix [rows, cols], scales 1 and zero points 0. Throws BadInput
/// for options no grid can have (bits out of range, empty matrix, more than 65,536 groups a row).
GridSet emptyGrids(std::int64_t rows, std::int64_t cols, const GridOptions &options);

/// The grid of a rule for the range [low, high] of its weights. O(1).
Grid gridFromRange(float low, float high, const GridOptions &options);

/// The grid of the weights in `group`, clip search by power norm included. Throws BadInput on
/// values that are not finite.
Grid fitGrid(std::span<const float> group, const GridOptions &options);

/// Grids of `weights` [rows, cols]. `hessian` [cols, cols] is needed by ClipSearch::Hessian only.
/// Throws BadInput on values that are not finite. O(rows cols), times 80 with the power norm;
/// times 200 groupSize with the Hessian.
GridSet fitGrids(MatrixView<const float> weights, const GridOptions &options,
                 MatrixView<const float> hessian = {}, const std::stop_token &stop = {});

/// code = clamp(round(w / scale) + zeroPoint, 0, 2^bits - 1), halves to even; codes [rows, cols].
void quantizeCodes(MatrixView<const float> weights, const GridSet &grids,
                   std::span<std::uint8_t> codes);
/// weight = scale * (code - zeroPoint).
void dequantize(std::span<const std::uint8_t> codes, const GridSet &grids,
                MatrixView<float> weights);
/// Both at once; `result` may be `weights`.
void fakeQuantize(MatrixView<const float> weights, const GridSet &grids, MatrixView<float> result);

/// Throws BadInput if a value is NaN or infinite.
void checkFinite(MatrixView<const float> weights);

} // namespace bitprism
