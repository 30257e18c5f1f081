// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/map_scale.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"

#include <algorithm>

namespace bitprism::chart {

namespace {

using report::say;

constexpr Point mapCorner{76, 52};
constexpr double mapWidth = 680; // what is left of the page is the legend's
constexpr double mapHeight = 256;

std::string sharesOf(const OutlierMapPicture &map)
{
    return map.channelsPerRow == 1 && map.tokensPerColumn == 1
        ? say(BITPRISM_TR("Report", "logarithmic colours"))
        : say(BITPRISM_TR("Report", "cells of %1 channels and %2 tokens, logarithmic colours"),
              {std::to_string(map.channelsPerRow), std::to_string(map.tokensPerColumn)});
}

std::string columnTip(const OutlierMapPicture &map, std::size_t column)
{
    double largest = 0;
    for (std::size_t row = 0; row < map.rows(); ++row) {
        largest = std::max<double>(largest, map.values[row * map.columns + column]);
    }
    const std::int64_t first = static_cast<std::int64_t>(column) * map.tokensPerColumn;
    const std::int64_t last = std::min(first + map.tokensPerColumn, map.tokens) - 1;
    const std::string text = column < map.loudest.size() ? map.loudest[column] : std::string();
    return text.empty()
        ? say(BITPRISM_TR("Report", "tokens %1 to %2: largest %3"),
              {std::to_string(first), std::to_string(last), numbers::plain(largest)})
        : say(BITPRISM_TR("Report", "tokens %1 to %2: largest %3, at \u201c%4\u201d"),
              {std::to_string(first), std::to_string(last), numbers::plain(largest), text});
}

} // namespace

std::optional<Drawing> magnitudeMap(const OutlierMapPicture &map, const std::string &context)
{
    const std::vector<double> values(map.values.begin(), map.values.end());
    const MapScale scale(values);
    if (map.columns == 0 || scale.isEmpty()) {
        return std::nullopt;
    }
    Drawing drawing;
    drawing.width = pageWidth;
    addHeading(drawing,
               say(BITPRISM_TR("Report", "Magnitude by channel and token, most outlying input: %1"),
                   {map.input}),
               context + "; " + sharesOf(map));
    Cells cells{mapCorner,
                mapWidth / static_cast<double>(map.columns),
                mapHeight / static_cast<double>(map.rows()),
                map.columns,
                {},
                {}};
    for (const double value : values) {
        cells.levels.push_back(scale.level(value));
    }
    for (std::size_t column = 0; column < map.columns; ++column) {
        cells.tooltips.push_back(columnTip(map, column));
    }
    addCounts(
        drawing,
        {mapCorner, cells.height / static_cast<double>(map.channelsPerRow), map.channels, true},
        say(BITPRISM_TR("Report", "channel")));
    addCounts(drawing,
              {{mapCorner.x, mapCorner.y + mapHeight},
               cells.width / static_cast<double>(map.tokensPerColumn),
               map.tokens,
               false},
              say(BITPRISM_TR("Report", "token")));
    drawing.add(std::move(cells));
    scale.addLegend(drawing, {mapCorner.x + mapWidth + 16, mapCorner.y}, mapHeight);
    drawing.height = mapCorner.y + mapHeight + 48;
    return drawing;
}

} // namespace bitprism::chart
