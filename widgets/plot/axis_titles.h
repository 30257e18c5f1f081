// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_data.h"

class QFontMetrics;

namespace bitprism {

/// A logarithmic axis says so.
QString axisTitle(const PlotAxis &info);
/// The title with its unit on an axis of `length` pixels: in short, or in two lines, and cut in the
/// middle only where all that does not help, so that the unit stays.
QString fittingTitle(const PlotAxis &info, const QFontMetrics &metrics, int length);

} // namespace bitprism
