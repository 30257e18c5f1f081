// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/colour_scale.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Below a millionth of the largest value nothing is told apart anyway.
constexpr double leastShare = 1e-6;
/// Of the limit of a diverging logarithmic scale: about here the scale turns from linear to
/// logarithmic.
constexpr double linearShare = 1e-3;

} // namespace

double ColourScale::valueAt(double place) const
{
    if (isLog && isDiverging) {
        const double side = 2 * place - 1;
        const double size = std::expm1(std::abs(side) * std::log1p(1 / linearShare));
        return std::copysign(high * linearShare * size, side);
    }
    return isLog ? low * std::pow(high / low, place) : low + place * (high - low);
}

double ColourScale::place(double value) const
{
    if (isLog && isDiverging) {
        const double size = std::min(1.0, std::abs(value) / high);
        const double side = std::log1p(size / linearShare) / std::log1p(1 / linearShare);
        return 0.5 + std::copysign(side / 2, value);
    }
    if (isLog) {
        return value <= low ? 0 : std::min(1.0, std::log(value / low) / std::log(high / low));
    }
    return std::clamp((value - low) / (high - low), 0.0, 1.0);
}

ColourScale ColourScale::of(const std::vector<double> &values, bool isLog, bool isDiverging)
{
    PlotRange all;
    PlotRange positive;
    for (const double value : values) {
        all.add(value);
        if (value > 0) {
            positive.add(value);
        }
    }
    ColourScale scale;
    scale.isDiverging = isDiverging;
    if (all.isEmpty()) {
        return scale;
    }
    if (isDiverging) {
        const double limit = std::max({std::abs(all.low), std::abs(all.high), 1e-300});
        scale.low = -limit;
        scale.high = limit;
        scale.isLog = isLog;
        return scale;
    }
    if (isLog && !positive.isEmpty()) {
        scale.isLog = true;
        scale.high = positive.high;
        scale.low = std::max(positive.low, positive.high * leastShare);
        if (scale.low == scale.high) {
            scale.low = scale.high / 10;
        }
        return scale;
    }
    scale.low = std::min(0.0, all.low);
    scale.high = std::max(0.0, all.high);
    if (scale.low == scale.high) {
        scale.high = scale.low + 1;
    }
    return scale;
}

} // namespace bitprism
