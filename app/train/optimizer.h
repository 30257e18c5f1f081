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

/// When the learning rate rises and falls, in steps.
struct RateSchedule
{
    double peak = 1.2e-3;
    std::int64_t warmupSteps = 100; // linear from 0
    std::int64_t cosineSteps = 2400; // where the cosine would reach 2 % of the peak
    std::int64_t decayStart = 1584; // from here linear, to 2 % of the peak at the last step
    std::int64_t totalSteps = 2000;
};

/// The learning rate of `step`, counted from 0.
double rateAt(const RateSchedule &schedule, std::int64_t step);

} // namespace bitprism::train
