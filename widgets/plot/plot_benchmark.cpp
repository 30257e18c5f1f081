// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_benchmark.h"

#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_canvas.h"

#include <QCoreApplication>
#include <QElapsedTimer>

#include <algorithm>

namespace bitprism {

RepaintTimes measureHeatMapRepaint(int rows, int columns, int repaints)
{
    auto map = std::make_shared<HeatMapData>();
    for (int column = 0; column < columns; ++column) {
        const QString text = QString::number(column + 1);
        map->columns.push_back({text, text, text});
    }
    for (int row = 0; row < rows; ++row) {
        const QString name = QStringLiteral("layers.%1.part_%2").arg(row / 7).arg(row % 7);
        map->rows.push_back({name, name, QStringLiteral("block %1").arg(row / 7)});
        for (int column = 0; column < columns; ++column) {
            map->values.push_back(1e-4 * (1 + (row * 37) % rows) / (column + 1));
        }
    }
    HeatMapPlot plot;
    plot.setLogScale(true);
    plot.setData(map);
    plot.resize(1000, 700);
    plot.show();
    QCoreApplication::sendPostedEvents();
    std::vector<double> times;
    for (int i = 0; i < repaints; ++i) {
        QElapsedTimer timer;
        timer.start();
        plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times.back(), repaints};
}

} // namespace bitprism
