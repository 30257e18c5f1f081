// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/heat_map_plot.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

HeatMapData reducedHeatMap(const HeatMapData &data, int limit)
{
    const int rows = static_cast<int>(data.rows.size());
    const int columns = static_cast<int>(data.columns.size());
    const int rowStep = (rows + limit - 1) / limit;
    const int columnStep = (columns + limit - 1) / limit;
    HeatMapData reduced;
    reduced.valueName = data.valueName;
    reduced.unit = data.unit;
    reduced.markText = data.markText;
    for (int column = 0; column < columns; column += columnStep) {
        reduced.columns.push_back(data.columns[static_cast<std::size_t>(column)]);
    }
    for (int row = 0; row < rows; row += rowStep) {
        reduced.rows.push_back(data.rows[static_cast<std::size_t>(row)]);
        for (int column = 0; column < columns; column += columnStep) {
            std::size_t best = data.at(row, column);
            for (int r = row; r < std::min(row + rowStep, rows); ++r) {
                for (int c = column; c < std::min(column + columnStep, columns); ++c) {
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
