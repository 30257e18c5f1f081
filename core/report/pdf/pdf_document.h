// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/byte_sink.h"
#include "core/report/chart/drawing.h"
#include "core/report/pdf/pdf_text.h"

#include <string>
#include <string_view>
#include <vector>

namespace bitprism::pdf {

/// A4, in points; y grows downwards here, as on the canvas of charts.
constexpr double pageWidth = 595;
constexpr double pageHeight = 842;

/// Where a contents line or an outline entry leads.
struct Target
{
    int page = 0; ///< from 0
    double y = 0;
};

/// One page's marks.
class Page
{
public:
    /// `colour` as "#rrggbb"; the baseline's left end at (x, y).
    void text(double x, double y, std::string_view text, Font font, double size,
              const std::string &colour);
    void line(double x1, double y1, double x2, double y2, double width, const std::string &colour);
    /// A chart with its top left corner at (x, y).
    void drawing(const chart::Drawing &drawing, double x, double y, double scale);
    void link(double x, double y, double width, double height, Target target);

    struct Link
    {
        double x, y, width, height;
        Target target;
    };
    const std::string &content() const { return m_content; }
    const std::vector<Link> &links() const { return m_links; }

private:
    std::string m_content;
    std::vector<Link> m_links;
};

/// An entry of the outline that readers show beside the pages.
struct OutlineEntry
{
    std::string title;
    int level = 1; ///< 1: outermost
    Target target;
};

/// Writes a PDF 1.4 file: vector marks, text that can be searched and copied, links, an outline.
/// The same input gives the same bytes. `created`: ISO 8601, UTC.
void writeDocument(const std::vector<Page> &pages, const std::vector<OutlineEntry> &outline,
                   std::string_view title, std::string_view created, io::ByteSink &sink);

} // namespace bitprism::pdf
