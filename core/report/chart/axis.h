// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/chart/drawing.h"

#include <span>

namespace bitprism::chart {

/// Values along a line of pixels, linear or logarithmic, with at most six labelled ticks.
class Axis
{
public:
    struct Tick
    {
        double value = 0;
        std::string label;
    };

    /// Fits `values` (those that are finite). Logarithmic where `mayBeLogarithmic`, all are
    /// positive and they span two decades; else linear, from zero if `startsAtZero`.
    static Axis fitting(std::span<const double> values, bool mayBeLogarithmic, bool startsAtZero);

    /// Pixels of the low and the high end.
    void place(double low, double high);

    double position(double value) const;
    const std::vector<Tick> &ticks() const { return m_ticks; }
    bool isLogarithmic() const { return m_isLogarithmic; }
    double low() const { return m_low; }
    double high() const { return m_high; }

private:
    void setLinear(double low, double high);
    void setLogarithmic(double low, double high);

    double m_low = 0;
    double m_high = 1;
    bool m_isLogarithmic = false;
    double m_lowPixel = 0;
    double m_highPixel = 1;
    std::vector<Tick> m_ticks;
};

} // namespace bitprism::chart
