// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/ggml_two_level.h"

#include "core/base/error.h"
#include "core/base/float16.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism::ggml {

namespace {

constexpr int refits = 2; ///< of the super-scales, as long as the error falls

float wholeWithin(float value, SubScales limits)
{
    constexpr float shift = 0x1.8p23F; // rounds to even without a call (round_code.h)
    return (std::clamp(value, limits.lowest, limits.highest) + shift) - shift;
}

float ratio(float value, float scale) { return scale == 0 ? 0 : value / scale; }

/// Sums over a lane, weighted, of what the super-scales' normal equations are made of.
struct LaneSums
{
    LaneValues w{}, x{}, q{}, qq{}, xq{};

    LaneSums(const Lanes &lanes, const float *codes)
    {
        for (int i = 0; i < lanes.count; ++i) {
            const int row = i * lanes.lanes;
            const float *xs = lanes.x + row;
            const float *ws = lanes.w + row;
            const float *qs = codes + row;
            for (int l = 0; l < lanes.lanes; ++l) {
                const auto lane = static_cast<std::size_t>(l);
                const float wq = ws[l] * qs[l];
                w[lane] += ws[l];
                x[lane] += ws[l] * xs[l];
                q[lane] += wq;
                qq[lane] += wq * qs[l];
                xq[lane] += wq * xs[l];
            }
        }
    }
};

/// Least squares for d and dmin with everything else fixed: x = d A - dmin B, A = scale * code, B =
/// minimum.
void refit(const Lanes &lanes, TwoLevel &level)
{
    const LaneSums sums(lanes, level.codes.data());
    double aa = 0;
    double ab = 0;
    double bb = 0;
    double xa = 0;
    double xb = 0;
    for (std::size_t l = 0; l < static_cast<std::size_t>(lanes.lanes); ++l) {
        const double s = static_cast<double>(level.scale[l]);
        const double m = static_cast<double>(level.minimum[l]);
        aa += s * s * static_cast<double>(sums.qq[l]);
        ab += s * m * static_cast<double>(sums.q[l]);
        bb += m * m * static_cast<double>(sums.w[l]);
        xa += s * static_cast<double>(sums.xq[l]);
        xb += m * static_cast<double>(sums.x[l]);
    }
    const double determinant = aa * bb - ab * ab;
    if (determinant > 1e-9 * aa * bb) {
        const double d = (xa * bb - xb * ab) / determinant;
        const double dmin = (xa * ab - xb * aa) / determinant;
        if (d > 0 && dmin > 0) {
            level.d = storableScale(static_cast<float>(d));
            level.dmin = storableScale(static_cast<float>(dmin));
        }
    } else if (bb == 0 && aa > 0) {
        level.d = storableScale(static_cast<float>(xa / aa));
    }
}

double total(const LaneValues &errors, int lanes)
{
    double sum = 0;
    for (int l = 0; l < lanes; ++l) {
        sum += static_cast<double>(errors[static_cast<std::size_t>(l)]);
    }
    return sum;
}

/// Codes and error of the scales that `level` has.
void codeAffine(const Lanes &lanes, float maxCode, const Kernels &kernels, TwoLevel &level)
{
    LaneValues scale;
    LaneValues minimum;
    LaneValues errors;
    for (std::size_t l = 0; l < mostLanes; ++l) {
        scale[l] = level.d * level.scale[l];
        minimum[l] = level.dmin * level.minimum[l];
    }
    kernels.codeAffine(lanes, scale.data(), minimum.data(), maxCode, level.codes.data(),
                       errors.data());
    level.error = total(errors, lanes.lanes);
}

/// For each lane the sub-block scale and minimum, among the nearest to `scale` and `minimum` and
/// their neighbours, that err least under the super-scales of `level`.
void chooseAffine(const Lanes &lanes, float maxCode, SubScales limits, const LaneValues &scale,
                  const LaneValues &minimum, const Kernels &kernels, TwoLevel &level)
{
    alignas(32) std::array<float, tileWeights> codes;
    LaneValues least;
    least.fill(std::numeric_limits<float>::infinity());
    for (int move = 0; move < 9; ++move) {
        LaneValues s;
        LaneValues m;
        LaneValues d;
        LaneValues offset;
        LaneValues errors;
        for (std::size_t l = 0; l < mostLanes; ++l) {
            // The middle first: equal errors keep the nearest.
            const auto stepS = static_cast<float>((move % 3 + 1) % 3 - 1);
            const auto stepM = static_cast<float>((move / 3 + 1) % 3 - 1);
            s[l] = wholeWithin(ratio(scale[l], level.d) + stepS, limits);
            m[l] = wholeWithin(ratio(minimum[l], level.dmin) + stepM, limits);
            d[l] = level.d * s[l];
            offset[l] = level.dmin * m[l];
        }
        kernels.codeAffine(lanes, d.data(), offset.data(), maxCode, codes.data(), errors.data());
        for (std::size_t l = 0; l < static_cast<std::size_t>(lanes.lanes); ++l) {
            if (errors[l] < least[l]) {
                least[l] = errors[l];
                level.scale[l] = s[l];
                level.minimum[l] = m[l];
            }
        }
    }
    codeAffine(lanes, maxCode, kernels, level);
}

void codeSymmetric(const Lanes &lanes, const SymmetricScan &scan, const Kernels &kernels,
                   TwoLevel &level)
{
    LaneValues scale;
    LaneValues errors;
    for (std::size_t l = 0; l < mostLanes; ++l) {
        scale[l] = level.d * level.scale[l];
    }
    kernels.codeSymmetric(lanes, scale.data(), scan.lowCode, scan.highCode, level.codes.data(),
                          errors.data());
    level.error = total(errors, lanes.lanes);
}

void chooseSymmetric(const Lanes &lanes, const SymmetricScan &scan, SubScales limits,
                     const LaneValues &scale, const Kernels &kernels, TwoLevel &level)
{
    alignas(32) std::array<float, tileWeights> codes;
    LaneValues least;
    least.fill(std::numeric_limits<float>::infinity());
    for (const float step : {0.0F, 1.0F, -1.0F}) {
        LaneValues s;
        LaneValues d;
        LaneValues errors;
        for (std::size_t l = 0; l < mostLanes; ++l) {
            s[l] = wholeWithin(ratio(scale[l], level.d) + step, limits);
            d[l] = level.d * s[l];
        }
        kernels.codeSymmetric(lanes, d.data(), scan.lowCode, scan.highCode, codes.data(),
                              errors.data());
        for (std::size_t l = 0; l < static_cast<std::size_t>(lanes.lanes); ++l) {
            if (errors[l] < least[l]) {
                least[l] = errors[l];
                level.scale[l] = s[l];
            }
        }
    }
    codeSymmetric(lanes, scan, kernels, level);
}

/// Chooses sub-block scales, refits the super-scales to them, and so on while the error falls.
template <typename Choose>
void settle(const Lanes &lanes, const TwoLevel &start, const Choose &choose, TwoLevel &best)
{
    TwoLevel level = start;
    for (int round = 0; round <= refits; ++round) {
        choose(level);
        if (!(level.error < best.error)) {
            return;
        }
        best = level;
        refit(lanes, level);
    }
}

TwoLevel worst()
{
    TwoLevel level;
    level.error = std::numeric_limits<double>::infinity();
    return level;
}

float largestOf(const LaneValues &values, int lanes)
{
    return *std::max_element(values.begin(), values.begin() + lanes);
}

} // namespace

float storableScale(float value)
{
    constexpr float smallest = 0x1p-24F;
    constexpr float largest = 65504;
    if (!(std::abs(value) <= largest)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The weights are too large for the F16 scales of ggml's blocks; "
                                "keep the layer as it is."));
    }
    const float stored = roundToHalf(value);
    return stored == 0 && value != 0 ? std::copysign(smallest, value) : stored;
}

TwoLevel searchTwoLevelAffine(const Lanes &lanes, const AffineScan &scan, SubScales limits,
                              int tops, const Kernels &kernels)
{
    LaneValues scale{};
    LaneValues minimum{};
    kernels.scanAffine(lanes, scan, scale.data(), minimum.data());
    const float largestScale = largestOf(scale, lanes.lanes);
    const float largestMinimum = largestOf(minimum, lanes.lanes);
    TwoLevel best = worst();
    for (int i = 0; i < tops * tops; ++i) {
        TwoLevel level;
        const int below = i / tops;
        level.d = storableScale(largestScale / (limits.highest - static_cast<float>(i % tops)));
        level.dmin = storableScale(largestMinimum / (limits.highest - static_cast<float>(below)));
        settle(
            lanes, level,
            [&](TwoLevel &now) {
                chooseAffine(lanes, scan.maxCode, limits, scale, minimum, kernels, now);
            },
            best);
    }
    return best;
}

TwoLevel searchTwoLevelSymmetric(const Lanes &lanes, const SymmetricScan &scan, SubScales limits,
                                 int tops, const Kernels &kernels)
{
    LaneValues scale{};
    kernels.scanSymmetric(lanes, scan, scale.data());
    float extreme = 0;
    for (int l = 0; l < lanes.lanes; ++l) {
        const float value = scale[static_cast<std::size_t>(l)];
        extreme = std::abs(value) > std::abs(extreme) ? value : extreme;
    }
    TwoLevel best = worst();
    for (int i = 0; i < tops; ++i) {
        const int inward = i / 2; // in turn from both ends
        const float place = i % 2 == 0 ? limits.lowest + static_cast<float>(inward)
                                       : limits.highest - static_cast<float>(inward);
        TwoLevel level;
        level.d = storableScale(extreme / place);
        settle(
            lanes, level,
            [&](TwoLevel &now) { chooseSymmetric(lanes, scan, limits, scale, kernels, now); },
            best);
    }
    return best;
}

} // namespace bitprism::ggml
