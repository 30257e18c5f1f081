// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bitprism {

struct RepaintTimes
{
    double median = 0; ///< milliseconds of the thread's processor time
    double worst = 0;
    int repaints = 0;
};

/// Repaints a heat map of `rows` x `columns` distinct values in a window of 1000 x 700 pixels, each
/// time from its data on. Needs a QApplication; the platform may be offscreen.
RepaintTimes measureHeatMapRepaint(int rows = 1000, int columns = 8, int repaints = 100);

struct ImageMapTimes
{
    double preparation = 0; ///< milliseconds on a worker: the reduced levels
    RepaintTimes paint; ///< of the whole map
    RepaintTimes pan; ///< zoomed in, each time moved on
    RepaintTimes zoom; ///< one notch of the wheel at a time, in and out again
};

/// Paints, pans and zooms a map of `rows` x `columns` cells in a window of 1000 x 700 pixels.
ImageMapTimes measureImageMap(int rows = 4096, int columns = 2048, int repaints = 100);

} // namespace bitprism
