// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_benchmark.h"

#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/image_map_plot.h"
#include "widgets/plot/plot_canvas.h"

#include <QCoreApplication>

#include <algorithm>
#include <ctime>
#include <functional>

namespace bitprism {

namespace {

/// Of this thread's processor time: what others do on the machine is not the plot's doing.
double millisecondsOf(const std::function<void()> &action)
{
    const auto now = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
    };
    const double start = now();
    action();
    return now() - start;
}

/// Each repaint follows one `step`, which is part of what is measured.
RepaintTimes measureRepaints(PlotFrame &plot, int repaints, const std::function<void(int)> &step)
{
    std::vector<double> times;
    for (int i = 0; i < repaints; ++i) {
        times.push_back(millisecondsOf([&] {
            step(i);
            plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
        }));
        QCoreApplication::sendPostedEvents(); // what a step queued is not drawn twice
    }
    std::sort(times.begin(), times.end());
    return {times[times.size() / 2], times.back(), repaints};
}

} // namespace

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
    return measureRepaints(plot, repaints, [](int) {});
}

ImageMapTimes measureImageMap(int rows, int columns, int repaints)
{
    ImageMapData data;
    data.rows.count = rows;
    data.columns.count = columns;
    data.valueName = QStringLiteral("magnitude");
    data.values.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
    for (std::size_t i = 0; i < data.values.size();
         ++i) { // noise, and a few channels that stand out
        const std::size_t row = i / static_cast<std::size_t>(columns);
        const auto mixed = static_cast<float>((i * 2654435761U) % 4093);
        data.values[i] = (mixed + 1) * (row % 997 == 631 ? 1.0F : 0.01F);
    }
    ImageMapTimes times;
    ImageMapPtr map;
    times.preparation
        = millisecondsOf([&] { map = std::make_shared<const ImageMap>(std::move(data), true); });
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMarginsShown(true);
    plot.setMap(map);
    plot.resize(1000, 700);
    plot.show();
    QCoreApplication::sendPostedEvents();
    times.paint = measureRepaints(plot, repaints, [](int) {});
    const QPointF middle = plot.canvas().plotRect().center();
    plot.zoom(4, middle);
    times.pan = measureRepaints(plot, repaints, [&](int i) {
        const double way = i < repaints / 2 ? 7 : -7;
        plot.pan({way, way});
    });
    plot.resetView();
    times.zoom = measureRepaints(plot, repaints, [&](int i) {
        constexpr double notch = 1.2;
        plot.zoom(i < repaints / 2 ? notch : 1 / notch, middle);
    });
    return times;
}

} // namespace bitprism
