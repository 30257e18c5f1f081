// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/float16.h"
#include "core/kernels/ggml_codec.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

/// How ggml's own quantizer chooses scales, written down from the description of its search: what
/// ours must not lose to. Only the error is computed, never a block.
namespace bitprism::test {

inline double squared(double value) { return value * value; }

struct ReferenceFit
{
    double scale = 0;
    double offset = 0; ///< at most 0
};

struct ReferenceScan
{
    int maxCode;
    double from;
    double step;
    int steps;
    bool isAbsolute; ///< keeps the least mean absolute error
};

inline double codeOf(double value, double most)
{
    return std::clamp(std::nearbyint(value), 0.0, most);
}

/// The affine scan: `steps` inverse scales around maxCode / (max - min), weighted least squares.
inline ReferenceFit referenceAffine(const float *x, const std::vector<double> &w,
                                    const ReferenceScan &scan)
{
    const std::size_t n = w.size();
    const double low = std::min(0.0F, *std::min_element(x, x + n));
    const double high = *std::max_element(x, x + n);
    ReferenceFit best{0, low};
    if (high <= low) {
        return best;
    }
    double least = INFINITY;
    const auto consider = [&](const ReferenceFit &fit, const std::vector<double> &q) {
        double error = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double difference = fit.scale * q[i] + fit.offset - static_cast<double>(x[i]);
            error += w[i] * (scan.isAbsolute ? std::abs(difference) : squared(difference));
        }
        if (error < least) {
            least = error;
            best = fit;
        }
    };
    std::vector<double> q(n);
    for (int t = -1; t <= scan.steps; ++t) { // -1: the plain range
        const double reach = scan.maxCode + (t < 0 ? 0 : scan.from + scan.step * t);
        double sw = 0, sx = 0, sq = 0, sqq = 0, sxq = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double value = static_cast<double>(x[i]);
            q[i] = codeOf(reach / (high - low) * (value - low), scan.maxCode);
            sw += w[i];
            sx += w[i] * value;
            sq += w[i] * q[i];
            sqq += w[i] * q[i] * q[i];
            sxq += w[i] * q[i] * value;
        }
        const double determinant = sw * sqq - sq * sq;
        if (t < 0) {
            consider({(high - low) / scan.maxCode, low}, q);
        } else if (determinant > 0) {
            ReferenceFit fit{(sw * sxq - sx * sq) / determinant,
                             (sqq * sx - sq * sxq) / determinant};
            if (fit.offset > 0) {
                fit = {sxq / sqq, 0};
            }
            consider(fit, q);
        }
    }
    return best;
}

/// The symmetric scan: inverse scales -(half + 0.1 t) / v.
inline double referenceSymmetric(const float *x, const std::vector<double> &w, int half)
{
    double extreme = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
        extreme = std::abs(x[i]) > std::abs(extreme) ? static_cast<double>(x[i]) : extreme;
    }
    double best = 0;
    double most = 0;
    for (int t = -9; t <= 9 && extreme != 0; ++t) {
        const double inverse = -(half + 0.1 * t) / extreme;
        double xq = 0, qq = 0;
        for (std::size_t i = 0; i < w.size(); ++i) {
            const double value = static_cast<double>(x[i]);
            const double q = std::clamp(std::nearbyint(inverse * value), -double(half), half - 1.0);
            xq += w[i] * value * q;
            qq += w[i] * q * q;
        }
        if (qq > 0 && xq * xq / qq > most) {
            most = xq * xq / qq;
            best = xq / qq;
        }
    }
    return best;
}

inline double half(double value)
{
    return static_cast<double>(roundToHalf(static_cast<float>(value)));
}

/// Weights of the reference's fits without importance data.
inline std::vector<double> referenceWeights(GgmlType type, const float *x, std::size_t n)
{
    double squares = 0;
    for (std::size_t i = 0; i < n; ++i) {
        squares += squared(static_cast<double>(x[i]));
    }
    const double size = std::sqrt(squares / static_cast<double>(n));
    std::vector<double> w(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double value = std::abs(static_cast<double>(x[i]));
        const bool isSymmetric = type == GgmlType::Q3K || type == GgmlType::Q6K;
        w[i] = isSymmetric ? value * value : type == GgmlType::Q2K ? value : size + value;
    }
    return w;
}

/// Squared error of one super-block of Q2_K, Q4_K or Q5_K.
inline double referenceErrorAffine(GgmlType type, const float *x)
{
    const bool isQ2 = type == GgmlType::Q2K;
    const std::size_t n = isQ2 ? 16 : 32;
    const int most = isQ2 ? 15 : 63;
    const ReferenceScan scan = isQ2 ? ReferenceScan{3, -0.5, 0.1, 15, true}
        : type == GgmlType::Q4K     ? ReferenceScan{15, -1, 0.1, 20, false}
                                    : ReferenceScan{31, -0.5, 0.1, 15, false};
    std::vector<ReferenceFit> fits;
    double largestScale = 0;
    double largestMin = 0;
    for (std::size_t k = 0; k < 256 / n; ++k) {
        fits.push_back(referenceAffine(x + k * n, referenceWeights(type, x + k * n, n), scan));
        largestScale = std::max(largestScale, fits.back().scale);
        largestMin = std::max(largestMin, -fits.back().offset);
    }
    double error = 0;
    for (std::size_t k = 0; k < fits.size(); ++k) {
        const auto level = [&](double value, double largest) {
            return largest > 0 ? codeOf(most * value / largest, most) : 0;
        };
        const double d = half(largestScale / most) * level(fits[k].scale, largestScale);
        const double m = half(largestMin / most) * level(-fits[k].offset, largestMin);
        for (std::size_t i = k * n; i < (k + 1) * n; ++i) {
            const double value = static_cast<double>(x[i]);
            const double q = d > 0 ? codeOf((value + m) / d, scan.maxCode) : 0;
            error += squared(d * q - m - value);
        }
    }
    return error;
}

/// Squared error of one super-block of Q3_K or Q6_K.
inline double referenceErrorSymmetric(GgmlType type, const float *x)
{
    const int codes = type == GgmlType::Q6K ? 32 : 4;
    const int levels = type == GgmlType::Q6K ? 128 : 32;
    std::vector<double> scales;
    double extreme = 0;
    for (int k = 0; k < 16; ++k) {
        scales.push_back(
            referenceSymmetric(x + 16 * k, referenceWeights(type, x + 16 * k, 16), codes));
        extreme = std::abs(scales.back()) > std::abs(extreme) ? scales.back() : extreme;
    }
    double error = 0;
    for (int i = 0; i < 256; ++i) {
        const double value = static_cast<double>(x[i]);
        const double level = extreme == 0
            ? 0
            : std::clamp(
                std::nearbyint(-levels * scales[static_cast<std::size_t>(i / 16)] / extreme),
                -double(levels), levels - 1.0);
        const double d = half(-extreme / levels) * level;
        const double q
            = d != 0 ? std::clamp(std::nearbyint(value / d), -double(codes), codes - 1.0) : 0;
        error += squared(d * q - value);
    }
    return error;
}

/// Squared error of one block of 32 of Q4_0, Q8_0 or IQ4_NL.
inline double referenceErrorSmall(GgmlType type, const float *x)
{
    double extreme = 0;
    for (int i = 0; i < 32; ++i) {
        extreme = std::abs(x[i]) > std::abs(extreme) ? static_cast<double>(x[i]) : extreme;
    }
    const auto nearest = [](double value) {
        return static_cast<double>(*std::min_element(
            std::begin(ggml::iq4Levels), std::end(ggml::iq4Levels), [&](float a, float b) {
                return std::abs(static_cast<double>(a) - value)
                    < std::abs(static_cast<double>(b) - value);
            }));
    };
    double d = type == GgmlType::Q8_0 ? std::abs(extreme) / 127 : extreme / -8;
    if (type == GgmlType::Iq4Nl) {
        double most = 0;
        for (int t = -7; t <= 7 && extreme != 0; ++t) {
            double xq = 0, qq = 0;
            for (int i = 0; i < 32; ++i) {
                const double value = static_cast<double>(x[i]);
                const double q = nearest(value * (t - 127) / extreme);
                xq += value * value * value * q;
                qq += value * value * q * q;
            }
            if (qq > 0 && xq * xq / qq > most) {
                most = xq * xq / qq;
                d = xq / qq;
            }
        }
    }
    double error = 0;
    for (int i = 0; i < 32; ++i) {
        const double value = static_cast<double>(x[i]);
        double q = 0;
        if (type == GgmlType::Iq4Nl) {
            q = half(d) != 0 ? nearest(value / half(d)) : 0;
        } else if (type == GgmlType::Q8_0) {
            q = d > 0 ? std::round(value / d) : 0;
        } else {
            q = d != 0 ? std::min(15.0, std::trunc(value / d + 8.5)) - 8 : 0;
        }
        error += squared(half(d) * q - value);
    }
    return error;
}

inline double referenceError(GgmlType type, const float *block)
{
    switch (type) {
    case GgmlType::Q2K:
    case GgmlType::Q4K:
    case GgmlType::Q5K:
        return referenceErrorAffine(type, block);
    case GgmlType::Q3K:
    case GgmlType::Q6K:
        return referenceErrorSymmetric(type, block);
    default:
        return referenceErrorSmall(type, block);
    }
}

} // namespace bitprism::test
