// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/grouped_steps.h"
#include "widgets/plot/heat_map_plot.h"

#include <cmath>

namespace bitprism {

namespace {

/// Spans of places in groups, `limit` of them at most.
std::vector<GroupedSteps::Span> spansOf(const GroupedSteps &steps, int places, int limit)
{
    int least = (places + limit - 1) / limit;
    while (least < places && steps.count(least) > limit) { // small groups have spans of their own
        ++least;
    }
    std::vector<GroupedSteps::Span> spans;
    for (int place = 0; place < places; place = spans.back().end) {
        spans.push_back(steps.at(place, least));
    }
    return spans;
}

} // namespace

HeatMapData reducedHeatMap(const HeatMapData &data, int limit)
{
    const auto rows = spansOf(groupedSteps(data.rows), static_cast<int>(data.rows.size()), limit);
    const auto columns
        = spansOf(groupedSteps(data.columns), static_cast<int>(data.columns.size()), limit);
    HeatMapData reduced;
    reduced.valueName = data.valueName;
    reduced.unit = data.unit;
    reduced.markText = data.markText;
    for (const GroupedSteps::Span &column : columns) {
        reduced.columns.push_back(data.columns[static_cast<std::size_t>(column.first)]);
    }
    for (const GroupedSteps::Span &row : rows) {
        reduced.rows.push_back(data.rows[static_cast<std::size_t>(row.first)]);
        for (const GroupedSteps::Span &column : columns) {
            std::size_t best = data.at(row.first, column.first);
            for (int r = row.first; r < row.end; ++r) {
                for (int c = column.first; c < column.end; ++c) {
                    const std::size_t cell = data.at(r, c);
                    // Not measured gives way to anything measured.
                    if (data.values[cell] > data.values[best] || std::isnan(data.values[best])) {
                        best = cell;
                    }
                }
            }
            const auto take = [best](const auto &from, auto &into) {
                if (!from.empty()) {
                    into.push_back(from[best]);
                }
            };
            take(data.values, reduced.values);
            take(data.errors, reduced.errors);
            take(data.muted, reduced.muted);
            take(data.marked, reduced.marked);
        }
    }
    return reduced;
}

} // namespace bitprism
