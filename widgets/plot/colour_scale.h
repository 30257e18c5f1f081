// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_data.h"

#include <vector>

namespace bitprism {

/// How values of a map become colours.
struct ColourScale
{
    double low = 0;
    double high = 1;
    bool isLog = false;
    bool isDiverging = false;

    /// Place in the colour map, 0 to 1. Where it diverges and is logarithmic: linear about zero, to
    /// a thousandth of the limit, then as the logarithm of the size, on either side.
    double place(double value) const;
    /// The value at a place: the reverse.
    double valueAt(double place) const;
    /// The scale that shows `values`: from zero (linear) or over at most six decades (`isLog`),
    /// symmetric about zero where it diverges. Without a value above zero it is linear.
    static ColourScale of(const std::vector<double> &values, bool isLog, bool isDiverging);
};

} // namespace bitprism
