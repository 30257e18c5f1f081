// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/optimizer.h"

#include "app/train/kernel_math.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bitprism::train {

namespace {

constexpr double finalShare = 0.02;

} // namespace

BITPRISM_CLONES double addGradients(float *first, const float *second, std::size_t count)
{
    double sum = 0.0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = 0; i < count; ++i) {
        first[i] += second[i];
        sum += double(first[i]) * double(first[i]);
    }
    return sum;
}

BITPRISM_CLONES void updateParameters(const AdamW &constants, const UpdateScale &scale, bool decays,
                                      const float *gradient, float *parameters, float *firstMoment,
                                      float *secondMoment, std::size_t count)
{
    const float beta1 = constants.firstBeta;
    const float beta2 = constants.secondBeta;
    const float correction1 = 1.0f - float(std::pow(double(beta1), double(scale.step)));
    const float correction2 = 1.0f - float(std::pow(double(beta2), double(scale.step)));
    const float rate = scale.learningRate / correction1;
    const float inverse2 = 1.0f / correction2;
    const float keep = decays ? 1.0f - scale.learningRate * constants.weightDecay : 1.0f;
    const float epsilon = constants.epsilon;
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        const float g = gradient[i] * scale.gradientScale;
        firstMoment[i] = beta1 * firstMoment[i] + (1.0f - beta1) * g;
        secondMoment[i] = beta2 * secondMoment[i] + (1.0f - beta2) * g * g;
        const float deviation = std::sqrt(secondMoment[i] * inverse2) + epsilon;
        parameters[i] = parameters[i] * keep - rate * firstMoment[i] / deviation;
    }
}

double rateAt(const RateSchedule &schedule, std::int64_t step)
{
    const double floor = finalShare * schedule.peak;
    if (step < schedule.warmupSteps) {
        return schedule.peak * double(step + 1) / double(schedule.warmupSteps);
    }
    const auto cosineAt = [&](std::int64_t at) {
        const auto span = std::max<std::int64_t>(1, schedule.cosineSteps - schedule.warmupSteps);
        const double share = std::min(1.0, double(at - schedule.warmupSteps) / double(span));
        return floor + (schedule.peak - floor) * 0.5 * (1.0 + std::cos(std::numbers::pi * share));
    };
    if (step < schedule.decayStart) {
        return cosineAt(step);
    }
    const auto first = std::max(schedule.decayStart, schedule.warmupSteps);
    const auto span = std::max<std::int64_t>(1, schedule.totalSteps - first);
    return floor + (cosineAt(first) - floor) * (1.0 - double(step - first) / double(span));
}

} // namespace bitprism::train
