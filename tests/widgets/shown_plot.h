// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/shared/theme.h"

#include <QtTest>

#include <cmath>
#include <memory>

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

/// `rows` layers in blocks of seven at four widths; the value of a cell is unlike any other's.
inline std::shared_ptr<HeatMapData> exampleMap(int rows)
{
    auto data = std::make_shared<HeatMapData>();
    for (const int bits : {2, 3, 4, 8}) {
        const QString text = QString::number(bits);
        data->columns.push_back({text, text, text + " bits"});
    }
    for (int row = 0; row < rows; ++row) {
        const QString name = QString("layers.%1.part_%2").arg(row / 7).arg(row % 7);
        data->rows.push_back({name, name, QString("layers.%1").arg(row / 7)});
        for (int column = 0; column < 4; ++column) {
            data->values.push_back(std::pow(10, -column) * (1 + (row * 37) % rows));
        }
    }
    data->valueName = "KL divergence";
    data->unit = "nats per token";
    data->markText = "in the recipe";
    return data;
}

} // namespace bitprism::test
