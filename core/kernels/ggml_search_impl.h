// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/ggml_search.h"

/// Included by ggml_search.cpp and ggml_search_avx2.cpp, which are compiled with other instruction
/// sets. Everything has internal linkage and nothing of the standard library is used: an inline
/// function of the one must never stand in for that of the other.
namespace bitprism::ggml {

namespace {

#ifdef __AVX2__
constexpr int width = 8;
#else
constexpr int width = 4;
#endif
constexpr int mostValues = 32;

// NOLINTNEXTLINE(modernize-use-using): the attribute needs a typedef
typedef float Vector __attribute__((vector_size(width * sizeof(float))));

inline Vector all(float value) { return value - Vector{}; }
inline Vector load(const float *from)
{
    Vector v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}
inline void store(float *to, Vector v) { __builtin_memcpy(to, &v, sizeof v); }
inline Vector smaller(Vector a, Vector b) { return a < b ? a : b; }
inline Vector larger(Vector a, Vector b) { return a > b ? a : b; }
inline Vector magnitude(Vector a) { return larger(a, -a); }

/// To nearest, halves to even, for values within +- 2^22 (round_code.h).
inline Vector rounded(Vector v)
{
    const Vector shift = all(0x1.8p23F);
    return (v + shift) - shift;
}
inline Vector roundedWithin(Vector v, Vector low, Vector high)
{
    return rounded(smaller(larger(v, low), high));
}

/// 1 / v, and 0 where v is too small for its inverse to be finite.
inline Vector inverseOf(Vector v)
{
    constexpr float smallest = 1e-37F;
    return magnitude(v) > smallest ? all(1) / v : Vector{};
}

/// One chunk of `width` lanes.
struct Chunk
{
    Vector x[mostValues];
    Vector w[mostValues];
    int count;

    Chunk(const Lanes &lanes, int first)
        : count(lanes.count)
    {
        for (int i = 0; i < count; ++i) {
            const int place = i * lanes.lanes + first;
            x[i] = load(lanes.x + place);
            w[i] = load(lanes.w + place);
        }
    }
};

/// Weighted least squares of x = scale * q + offset, with offset <= 0 unless it is free.
struct AffineFit
{
    Vector scale;
    Vector offset;
};

inline AffineFit fitAffine(Vector w, Vector wx, Vector wq, Vector wqq, Vector wxq, bool isFree)
{
    const Vector zero = {};
    const Vector determinant = w * wqq - wq * wq;
    const Vector inverse = inverseOf(larger(determinant, zero));
    AffineFit fit{(w * wxq - wx * wq) * inverse, (wqq * wx - wq * wxq) * inverse};
    const Vector throughZero = larger(wxq, zero) * inverseOf(wqq);
    if (!isFree) {
        fit.scale = fit.offset > zero ? throughZero : fit.scale;
        fit.offset = smaller(fit.offset, zero);
    }
    fit.offset = fit.scale > zero ? fit.offset : zero;
    fit.scale = larger(fit.scale, zero);
    return fit;
}

inline void tryAffine(const Chunk &chunk, Vector low, Vector inverse, Vector maxCode, bool isFree,
                      Vector &scale, Vector &minimum, Vector &least)
{
    const Vector zero = {};
    Vector q[mostValues];
    Vector w = {};
    Vector wx = {};
    Vector wq = {};
    Vector wqq = {};
    Vector wxq = {};
    for (int i = 0; i < chunk.count; ++i) {
        q[i] = roundedWithin((chunk.x[i] - low) * inverse, zero, maxCode);
        const Vector weighted = chunk.w[i] * q[i];
        w += chunk.w[i];
        wx += chunk.w[i] * chunk.x[i];
        wq += weighted;
        wqq += weighted * q[i];
        wxq += weighted * chunk.x[i];
    }
    const AffineFit fit = fitAffine(w, wx, wq, wqq, wxq, isFree);
    Vector error = {};
    for (int i = 0; i < chunk.count; ++i) {
        const Vector difference = chunk.x[i] - (fit.scale * q[i] + fit.offset);
        error += chunk.w[i] * (difference * difference);
    }
    scale = error < least ? fit.scale : scale;
    minimum = error < least ? -fit.offset : minimum;
    least = smaller(error, least);
}

void scanAffine(const Lanes &lanes, const AffineScan &scan, float *scale, float *minimum)
{
    const Vector maxCode = all(scan.maxCode);
    for (int first = 0; first < lanes.lanes; first += width) {
        const Chunk chunk(lanes, first);
        Vector low = all(scan.isOffsetFree ? __builtin_inff() : 0);
        Vector high = -low;
        for (int i = 0; i < chunk.count; ++i) {
            low = smaller(low, chunk.x[i]);
            high = larger(high, chunk.x[i]);
        }
        Vector bestScale = (high - low) / maxCode;
        Vector bestMinimum = -low;
        Vector least = all(__builtin_inff());
        for (int j = 0; j < scan.lowSteps; ++j) {
            const Vector from = low * all(1 - static_cast<float>(j) * scan.lowStep);
            const Vector inverseRange = inverseOf(high - from);
            for (int i = 0; i < scan.steps; ++i) {
                const float reach = scan.maxCode + scan.from + static_cast<float>(i) * scan.step;
                tryAffine(chunk, from, all(reach) * inverseRange, maxCode, scan.isOffsetFree,
                          bestScale, bestMinimum, least);
            }
        }
        store(scale + first, bestScale);
        store(minimum + first, bestMinimum);
    }
}

void codeAffine(const Lanes &lanes, const float *scale, const float *minimum, float maxCode,
                float *codes, float *error)
{
    for (int first = 0; first < lanes.lanes; first += width) {
        const Vector d = load(scale + first);
        const Vector m = load(minimum + first);
        const Vector inverse = inverseOf(d);
        Vector sum = {};
        for (int i = 0; i < lanes.count; ++i) {
            const int place = i * lanes.lanes + first;
            const Vector x = load(lanes.x + place);
            const Vector q = roundedWithin((x + m) * inverse, Vector{}, all(maxCode));
            const Vector difference = x - (d * q - m);
            sum += load(lanes.w + place) * (difference * difference);
            store(codes + place, q);
        }
        store(error + first, sum);
    }
}

/// The value of largest magnitude of each lane, with its sign; the first of equals.
inline Vector extremeOf(const Chunk &chunk)
{
    Vector extreme = {};
    for (int i = 0; i < chunk.count; ++i) {
        extreme = magnitude(chunk.x[i]) > magnitude(extreme) ? chunk.x[i] : extreme;
    }
    return extreme;
}

/// Keeps the least-squares scale of levels `q` if it errs less than the best so far.
inline void keepScale(const Chunk &chunk, const Vector *q, Vector &scale, Vector &least)
{
    Vector wqq = {};
    Vector wxq = {};
    for (int i = 0; i < chunk.count; ++i) {
        const Vector weighted = chunk.w[i] * q[i];
        wqq += weighted * q[i];
        wxq += weighted * chunk.x[i];
    }
    const Vector fit = wxq * inverseOf(wqq);
    Vector error = {};
    for (int i = 0; i < chunk.count; ++i) {
        const Vector difference = chunk.x[i] - fit * q[i];
        error += chunk.w[i] * (difference * difference);
    }
    scale = error < least ? fit : scale;
    least = smaller(error, least);
}

/// What the least-squares scale of levels within some bits takes off the squares of x, as far as
/// the levels' sums go. Comparing that saves the pass over the errors, which it equals but for
/// rounding: next to nothing beside the errors of up to 5 bits, much beside those of 8.
template <bool isWeighted> struct CoarseFit
{
    Vector wqq = {};
    Vector wxq = {};

    void add(Vector x, Vector w, Vector inverse, Vector low, Vector high)
    {
        const Vector q = roundedWithin(x * inverse, low, high);
        const Vector weighted = isWeighted ? w * q : q;
        wqq += weighted * q;
        wxq += weighted * x;
    }

    void keep(Vector &scale, Vector &most) const
    {
        const Vector fit = wxq * inverseOf(wqq);
        const Vector gain = wxq * fit;
        scale = gain > most ? fit : scale;
        most = larger(gain, most);
    }
};

/// Tries both ends at once: their sums do not wait for each other.
template <bool isWeighted>
void scanCoarse(const Chunk &chunk, const SymmetricScan &scan, Vector inverseExtreme, Vector &best)
{
    const Vector low = all(scan.lowCode);
    const Vector high = all(scan.highCode);
    Vector most = {};
    for (int t = -scan.steps; t <= scan.steps; ++t) {
        const float shift = static_cast<float>(t) * scan.step;
        const Vector fromLow = all(scan.lowCode + shift) * inverseExtreme;
        const Vector fromHigh = all(scan.highCode + shift) * inverseExtreme;
        CoarseFit<isWeighted> atLow;
        CoarseFit<isWeighted> atHigh;
        for (int i = 0; i < chunk.count; ++i) {
            atLow.add(chunk.x[i], chunk.w[i], fromLow, low, high);
            atHigh.add(chunk.x[i], chunk.w[i], fromHigh, low, high);
        }
        atLow.keep(best, most);
        atHigh.keep(best, most);
    }
}

void scanFine(const Chunk &chunk, const SymmetricScan &scan, Vector inverseExtreme, Vector &best)
{
    const Vector low = all(scan.lowCode);
    const Vector high = all(scan.highCode);
    const float ends[] = {scan.lowCode, scan.highCode};
    Vector least = all(__builtin_inff());
    for (int t = -scan.steps; t <= scan.steps; ++t) {
        for (const float end : ends) {
            const Vector inverse = all(end + static_cast<float>(t) * scan.step) * inverseExtreme;
            Vector q[mostValues];
            for (int i = 0; i < chunk.count; ++i) {
                q[i] = roundedWithin(chunk.x[i] * inverse, low, high);
            }
            keepScale(chunk, q, best, least);
        }
    }
}

void scanSymmetric(const Lanes &lanes, const SymmetricScan &scan, float *scale)
{
    constexpr float coarseCodes = 15; // 5 bits
    for (int first = 0; first < lanes.lanes; first += width) {
        const Chunk chunk(lanes, first);
        const Vector inverseExtreme = inverseOf(extremeOf(chunk));
        Vector best = {};
        if (scan.highCode > coarseCodes) {
            scanFine(chunk, scan, inverseExtreme, best);
        } else if (lanes.isWeighted) {
            scanCoarse<true>(chunk, scan, inverseExtreme, best);
        } else {
            scanCoarse<false>(chunk, scan, inverseExtreme, best);
        }
        store(scale + first, best);
    }
}

void codeSymmetric(const Lanes &lanes, const float *scale, float lowCode, float highCode,
                   float *codes, float *error)
{
    for (int first = 0; first < lanes.lanes; first += width) {
        const Vector d = load(scale + first);
        const Vector inverse = inverseOf(d);
        Vector sum = {};
        for (int i = 0; i < lanes.count; ++i) {
            const int place = i * lanes.lanes + first;
            const Vector x = load(lanes.x + place);
            const Vector q = roundedWithin(x * inverse, all(lowCode), all(highCode));
            const Vector difference = x - d * q;
            sum += load(lanes.w + place) * (difference * difference);
            store(codes + place, q);
        }
        store(error + first, sum);
    }
}

constexpr int levelCount = 16;

/// The place of the nearest level, and the level; the lower one half way.
inline Vector placeOf(Vector v, const float *levels, Vector &level)
{
    Vector place = {};
    level = all(levels[0]);
    for (int k = 1; k < levelCount; ++k) {
        const auto isAbove = v > all(0.5F * (levels[k - 1] + levels[k]));
        place = isAbove ? all(static_cast<float>(k)) : place;
        level = isAbove ? all(levels[k]) : level;
    }
    return place;
}

void scanTable(const Lanes &lanes, const float *levels, int steps, float *scale)
{
    const float ends[] = {levels[0], levels[levelCount - 1]};
    for (int first = 0; first < lanes.lanes; first += width) {
        const Chunk chunk(lanes, first);
        const Vector inverseExtreme = inverseOf(extremeOf(chunk));
        Vector best = {};
        Vector least = all(__builtin_inff());
        for (int t = -steps; t <= steps; ++t) {
            for (const float end : ends) {
                const Vector inverse
                    = all(end * (1 + 0.02F * static_cast<float>(t))) * inverseExtreme;
                Vector q[mostValues];
                for (int i = 0; i < chunk.count; ++i) {
                    placeOf(chunk.x[i] * inverse, levels, q[i]);
                }
                keepScale(chunk, q, best, least);
            }
        }
        store(scale + first, best);
    }
}

void codeTable(const Lanes &lanes, const float *levels, const float *scale, float *codes,
               float *error)
{
    for (int first = 0; first < lanes.lanes; first += width) {
        const Vector d = load(scale + first);
        const Vector inverse = inverseOf(d);
        Vector sum = {};
        for (int i = 0; i < lanes.count; ++i) {
            const int place = i * lanes.lanes + first;
            const Vector x = load(lanes.x + place);
            Vector level = {};
            const Vector q = placeOf(x * inverse, levels, level);
            const Vector difference = x - d * level;
            sum += load(lanes.w + place) * (difference * difference);
            store(codes + place, q);
        }
        store(error + first, sum);
    }
}

constexpr Kernels implementation{&scanAffine,    &codeAffine, &scanSymmetric,
                                 &codeSymmetric, &scanTable,  &codeTable};

} // namespace

} // namespace bitprism::ggml
