// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/shared/theme.h"

#include <QtTest>

namespace bitprism::test {

/// Drawn once, in a window of 900 x 640.
inline void show(PlotFrame &plot, bool isDark = false)
{
    plot.setPalette(Theme::palette(isDark));
    plot.resize(900, 640);
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
}

} // namespace bitprism::test
