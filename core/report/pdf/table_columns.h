// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/tables.h"

#include <vector>

namespace bitprism::pdf {

constexpr double cellSize = 7.5; ///< of a table's letters, in points
constexpr double cellPadding = 3; ///< on either side of a cell

/// Columns of a table that stand side by side on a page, with their widths in points.
struct TablePart
{
    report::Table table;
    std::vector<double> widths;
};

/// A table whose columns fit `room` points: headings take several lines where that makes room, then
/// texts do, numbers never. What even so is too wide goes on in further parts, each behind the
/// first column again.
std::vector<TablePart> partsOf(const report::Table &table, double room);

} // namespace bitprism::pdf
