// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/chart/drawing.h"
#include "core/report/tables.h"

#include <string>
#include <variant>
#include <vector>

namespace bitprism::report {

struct Heading
{
    int level = 2; ///< 1 to 3
    std::string text;
};

struct Paragraph
{
    enum class Style
    {
        Muted,
        Bad
    };
    std::string text;
    Style style = Style::Muted;
};

/// Text as it is, line breaks kept.
struct Code
{
    std::string title; ///< not empty: folded under it
    std::string text;
};

struct TableBlock
{
    Table table;
    bool isFolded = false; ///< only its title shows until the reader opens it
};

using Block = std::variant<Heading, Paragraph, Code, TableBlock, chart::Drawing>;

/// Blocks that belong together: the head, the results, one run.
using Section = std::vector<Block>;

/// What a page shows of a report, in order: the HTML page and the window's preview are made of it.
/// Empty tables and charts without data are left out.
std::vector<Section> reportContent(const ReportModel &model);

} // namespace bitprism::report
