// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bitprism {

struct RepaintTimes
{
    double median = 0; ///< milliseconds of wall time
    double worst = 0;
    int repaints = 0;
};

/// Repaints a heat map of `rows` x `columns` distinct values in a window of 1000 x 700 pixels, each
/// time from its data on. Needs a QApplication; the platform may be offscreen.
RepaintTimes measureHeatMapRepaint(int rows = 1000, int columns = 8, int repaints = 100);

} // namespace bitprism
