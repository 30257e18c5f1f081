// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace bitprism::train {

/// Constants of AdamW (Loshchilov and Hutter 2019, algorithm 2).
struct AdamW
{
    float firstBeta = 0.9f;
    float secondBeta = 0.95f;
    float epsilon = 1e-8f;
    float weightDecay = 0.5f;
};

/// One update's factors, equal for all parameters.
struct UpdateScale
{
    float learningRate = 0.0f;
    float gradientScale = 1.0f; // what clipping leaves
    std::int64_t step = 1; // counted from 1, for the correction of the bias
};

/// first += second, and the sum of the squares of the result, in double.
double addGradients(float *first, const float *second, std::size_t count);

/// Updates `parameters` and both moments, with decay only where `decays`.
void updateParameters(const AdamW &constants, const UpdateScale &scale, bool decays,
                      const float *gradient, float *parameters, float *firstMoment,
                      float *secondMoment, std::size_t count);

/// The learning rate of `step` (from 0): a linear warm-up, then a cosine from `peak` to 2 % of it.
double cosineRate(double peak, std::int64_t step, std::int64_t warmupSteps,
                  std::int64_t totalSteps);

} // namespace bitprism::train
