// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

/// Searches for the scales of ggml's blocks. Blocks (or sub-blocks) stand side by side in lanes:
/// element i of lane l lies at [i * lanes + l], so that one instruction serves many lanes and no
/// lane sees another. That is why the plain and the AVX2 form give the same bits.
namespace bitprism::ggml {

/// Values x and the weights w of their squared errors, both [count, lanes]; lanes is a multiple of
/// 8.
struct Lanes
{
    const float *x = nullptr;
    const float *w = nullptr;
    int count = 0; ///< 16 or 32 values a lane
    int lanes = 0;
    bool isWeighted = true; ///< else all weights are 1
};

/// Inverse scales that an affine search tries: (maxCode + from + i * step) / (high - low') for i
/// below `steps`, with low' = low * (1 - j * lowStep) for j below `lowSteps`.
struct AffineScan
{
    float maxCode = 15;
    float from = -1;
    float step = 0.1F;
    int steps = 21;
    float lowStep = 0;
    int lowSteps = 1;
    bool isOffsetFree = false; ///< else the minimum is at most 0: x = scale * q - minimum
};

/// Symmetric codes lowCode .. highCode: inverse scales (lowCode + t * step) / v and
/// (highCode + t * step) / v for t = -steps .. steps, v the value of largest magnitude.
struct SymmetricScan
{
    float lowCode = -8;
    float highCode = 7;
    float step = 0.1F;
    int steps = 9;
};

/// One implementation. Outputs have one value a lane, codes one a value, as whole floats.
struct Kernels
{
    /// The best x = scale * q - minimum found, least squares for each try; scale >= 0.
    void (*scanAffine)(const Lanes &lanes, const AffineScan &scan, float *scale, float *minimum);
    /// The codes of given scales and minima, and the weighted squared error of each lane.
    void (*codeAffine)(const Lanes &lanes, const float *scale, const float *minimum, float maxCode,
                       float *codes, float *error);
    void (*scanSymmetric)(const Lanes &lanes, const SymmetricScan &scan, float *scale);
    void (*codeSymmetric)(const Lanes &lanes, const float *scale, float lowCode, float highCode,
                          float *codes, float *error);
    /// The same for the 16 levels of a table, ascending; codes are their places.
    void (*scanTable)(const Lanes &lanes, const float *levels, int steps, float *scale);
    void (*codeTable)(const Lanes &lanes, const float *levels, const float *scale, float *codes,
                      float *error);
};

const Kernels &plainKernels();
/// Null where the program was built for another kind of processor.
const Kernels *avx2Kernels();
/// The faster one that this processor runs.
const Kernels &kernels();

} // namespace bitprism::ggml
