// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"

namespace bitprism::chart {

using report::say;

std::optional<Drawing> frontierCurve(const Allocation &allocation)
{
    if (allocation.frontier.size() < 2) {
        return std::nullopt;
    }
    std::vector<double> bits{allocation.averageBits};
    std::vector<double> objectives{allocation.objective};
    for (const FrontierPoint &point : allocation.frontier) {
        bits.push_back(point.averageBits);
        objectives.push_back(point.objective);
    }
    Plot plot(
        say(BITPRISM_TR("Report",
                        "Predicted change in loss, nats per token, against average bits")),
        say(BITPRISM_TR("Report", "Every budget of the allocator %1; the cross is the choice"),
            {allocation.allocator}),
        {76, 62, 840, 300}, 350);
    plot.valueAxis(Axis::fitting(objectives, true, true),
                   say(BITPRISM_TR("Report", "predicted change")));
    plot.baseAxis(Axis::fitting(bits, false, false), say(BITPRISM_TR("Report", "average bits")));
    Line curve;
    curve.stroke = {Role::Series, 0};
    curve.width = 2;
    for (const FrontierPoint &point : allocation.frontier) {
        curve.points.push_back({plot.x(point.averageBits), plot.y(point.objective)});
    }
    plot.add(curve);
    Marker chosen = seriesMarker(4);
    chosen.fill = {Role::Text, 0};
    chosen.size = 12;
    chosen.at = {plot.x(allocation.averageBits), plot.y(allocation.objective)};
    chosen.tooltip
        = say(BITPRISM_TR("Report", "Chosen: %1 bits on average, predicted %2"),
              {numbers::twoDecimals(allocation.averageBits), numbers::plain(allocation.objective)});
    plot.add(chosen);
    return plot.take();
}

} // namespace bitprism::chart
