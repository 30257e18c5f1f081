// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/range_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace bitprism {

namespace {

/// Codes lowest .. highest times `step`.
struct Grid
{
    double step = 1;
    double lowest = 0;
    double highest = 0;
};

Grid gridOf(const ActivationRange &range, int bits, bool isSymmetric, std::string_view name)
{
    const double half = std::exp2(bits - 1);
    if (isSymmetric) {
        const double largest = std::max({-range.low, range.high, leastActivationRange});
        const SymmetricCodes codes = symmetricCodes(bits, name);
        return {largest / codes.divisor, codes.lowest, codes.highest};
    }
    const double step = std::max(range.high - range.low, leastActivationRange) / (2 * half - 1);
    const double zero = std::nearbyint(-range.low / step);
    return {step, -zero, 2 * half - 1 - zero};
}

/// Integral from 0 to x of (t - round(t))^2.
double sawtooth(double x)
{
    const double whole = std::nearbyint(x);
    const double rest = x - whole;
    return whole / 12 + rest * rest * rest / 3;
}

/// Integral of the squared error of clamping and rounding t / step, from 0 to x.
double errorIntegral(double x, const Grid &grid)
{
    const auto beyond = [](double distance) { // past the last code's half step
        return (distance * distance * distance - 0.125) / 3;
    };
    const double top = grid.highest + 0.5;
    const double bottom = grid.lowest - 0.5;
    if (x > top) {
        return sawtooth(grid.highest) + 1.0 / 24 + beyond(x - grid.highest);
    }
    if (x < bottom) {
        return sawtooth(grid.lowest) - 1.0 / 24 - beyond(grid.lowest - x);
    }
    return sawtooth(x);
}

struct Bin
{
    double low;
    double high;
    double count;
};

std::vector<Bin> binsOf(const MagnitudeCounts &counts)
{
    std::vector<Bin> bins;
    counts.forEach([&](double low, double high, std::int64_t count) {
        bins.push_back({low, high, static_cast<double>(count)});
    });
    return bins;
}

double errorOf(const std::vector<Bin> &bins, const Grid &grid)
{
    double sum = 0;
    for (const Bin &bin : bins) {
        const double width = (bin.high - bin.low) / grid.step;
        const double integral
            = errorIntegral(bin.high / grid.step, grid) - errorIntegral(bin.low / grid.step, grid);
        sum += bin.count * integral / width * grid.step * grid.step;
    }
    return sum;
}

} // namespace

ActivationRange wholeRange(const MagnitudeCounts &counts)
{
    ActivationRange range;
    counts.forEach([&](double low, double high, std::int64_t) {
        range.low = std::min(range.low, low);
        range.high = std::max(range.high, high);
    });
    return range;
}

ActivationRange percentileRange(const MagnitudeCounts &counts, double kept)
{
    const ActivationRange whole = wholeRange(counts);
    std::vector<Bin> bins = binsOf(counts); // by magnitude, the largest first
    const auto magnitude = [](const Bin &bin) { return std::max(-bin.low, bin.high); };
    std::sort(bins.begin(), bins.end(),
              [&](const Bin &a, const Bin &b) { return magnitude(a) > magnitude(b); });
    double left = (1 - kept) * static_cast<double>(counts.total());
    double bound = std::max(-whole.low, whole.high);
    for (const Bin &bin : bins) {
        left -= bin.count;
        bound = magnitude(bin);
        if (left < 0) {
            break;
        }
    }
    return {std::max(whole.low, -bound), std::min(whole.high, bound)};
}

double roundingError(const MagnitudeCounts &counts, const ActivationRange &range, int bits,
                     bool isSymmetric, std::string_view grid)
{
    const double total = static_cast<double>(std::max<std::int64_t>(1, counts.total()));
    return errorOf(binsOf(counts), gridOf(range, bits, isSymmetric, grid)) / total;
}

ActivationRange searchedRange(const MagnitudeCounts &counts, int bits, bool isSymmetric,
                              std::string_view grid)
{
    constexpr int symmetricSteps = 80;
    constexpr int endSteps = 32;
    const ActivationRange whole = wholeRange(counts);
    const std::vector<Bin> bins = binsOf(counts);
    ActivationRange best = whole;
    double least = std::numeric_limits<double>::infinity();
    const auto attempt = [&](double lowShare, double highShare) {
        const ActivationRange range{whole.low * lowShare, whole.high * highShare};
        const double error = errorOf(bins, gridOf(range, bits, isSymmetric, grid));
        if (error < least) {
            least = error;
            best = range;
        }
    };
    if (isSymmetric) {
        for (int i = 0; i <= symmetricSteps; ++i) {
            attempt(std::exp2(-i / 8.0), std::exp2(-i / 8.0));
        }
        return best;
    }
    // An end at zero has nothing to search.
    for (int i = 0; i <= (whole.low < 0 ? endSteps : 0); ++i) {
        for (int j = 0; j <= (whole.high > 0 ? endSteps : 0); ++j) {
            attempt(std::exp2(-i / 4.0), std::exp2(-j / 4.0));
        }
    }
    return best;
}

} // namespace bitprism
