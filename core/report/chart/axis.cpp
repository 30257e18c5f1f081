// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/axis.h"

#include "core/report/numbers.h"

#include <algorithm>
#include <cmath>

namespace bitprism::chart {

namespace {

constexpr int maxTicks = 6;
constexpr double logarithmicSpan = 100;

/// The smallest of 1, 2, 5 times a power of ten that cuts `span` into at most maxTicks - 1 steps.
double niceStep(double span)
{
    const double rough = span / (maxTicks - 1);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= rough * (1 - 1e-9)) {
            return factor * power;
        }
    }
    return 10 * power;
}

/// A tick's value with the decimals that its distance to the next one needs.
std::string tickLabel(double value, double step)
{
    constexpr int maxDecimals = 6;
    const int decimals = -static_cast<int>(std::floor(std::log10(step) + 1e-9));
    if (decimals > maxDecimals || std::abs(value) >= 1e7) {
        return numbers::plain(value);
    }
    return numbers::fixed(value, std::max(decimals, 0));
}

/// All decades of an axis in one form: digits where each has few.
std::string decadeLabel(int exponent, bool isPlain)
{
    if (isPlain) {
        return tickLabel(std::pow(10, exponent), std::pow(10, exponent));
    }
    return (exponent < 0 ? "1e\u2212" : "1e") + std::to_string(std::abs(exponent));
}

} // namespace

Axis Axis::fitting(std::span<const double> values, bool mayBeLogarithmic, bool startsAtZero)
{
    double low = INFINITY;
    double high = -INFINITY;
    for (const double value : values) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    Axis axis;
    if (low > high) {
        axis.setLinear(0, 1);
    } else if (mayBeLogarithmic && low > 0 && high / low >= logarithmicSpan) {
        axis.setLogarithmic(low, high);
    } else {
        axis.setLinear(startsAtZero ? std::min(low, 0.0) : low,
                       startsAtZero ? std::max(high, 0.0) : high);
    }
    return axis;
}

void Axis::setLinear(double low, double high)
{
    if (!(high > low)) {
        const double margin = low == 0 ? 1 : 0.1 * std::abs(low);
        low -= margin;
        high += margin;
    }
    const double step = niceStep(high - low);
    m_low = std::floor(low / step + 1e-9) * step;
    m_high = std::ceil(high / step - 1e-9) * step;
    const int count = static_cast<int>(std::lround((m_high - m_low) / step));
    const int every = (count + maxTicks - 1) / maxTicks;
    for (int i = 0; i <= count; i += std::max(every, 1)) {
        const double value = m_low + i * step;
        m_ticks.push_back({value, tickLabel(std::abs(value) < 1e-9 * step ? 0 : value, step)});
    }
}

void Axis::setLogarithmic(double low, double high)
{
    const int first = static_cast<int>(std::floor(std::log10(low)));
    const int last = static_cast<int>(std::ceil(std::log10(high)));
    m_isLogarithmic = true;
    m_low = std::pow(10, first);
    m_high = std::pow(10, last);
    const bool isPlain = first >= -4 && last <= 5;
    const int every = (last - first) / maxTicks + 1;
    for (int exponent = first; exponent <= last; exponent += every) {
        m_ticks.push_back({std::pow(10, exponent), decadeLabel(exponent, isPlain)});
    }
}

void Axis::place(double low, double high)
{
    m_lowPixel = low;
    m_highPixel = high;
}

double Axis::position(double value) const
{
    const double share = m_isLogarithmic
        ? std::log10(std::max(value, m_low) / m_low) / std::log10(m_high / m_low)
        : (value - m_low) / (m_high - m_low);
    return m_lowPixel + std::clamp(share, 0.0, 1.0) * (m_highPixel - m_lowPixel);
}

} // namespace bitprism::chart
