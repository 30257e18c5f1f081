// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pdf/pdf_layout.h"

#include "core/report/pdf/table_columns.h"
#include "core/report/report_text.h"

#include <algorithm>

namespace bitprism::pdf {

namespace {

constexpr double margin = 50;
constexpr double contentWidth = pageWidth - 2 * margin;
constexpr double bottom = pageHeight - margin - 10;
constexpr double lineSpacing = 1.3;
std::string textColour() { return chart::colourOf({chart::Role::Text}, false); }
std::string mutedColour() { return chart::colourOf({chart::Role::Muted}, false); }
std::string badColour() { return chart::colourOf({chart::Role::Bad}, false); }
std::string gridColour() { return chart::colourOf({chart::Role::Grid}, false); }

/// Puts blocks below each other and begins a page where one is full.
class Flow
{
public:
    Flow() { newPage(); }

    void newPage()
    {
        m_pages.emplace_back();
        m_y = margin;
    }
    /// Begins a page unless `height` more points fit, or nothing stands on the page yet.
    void require(double height)
    {
        if (m_y + height > bottom && m_y > margin) {
            newPage();
        }
    }

    void operator()(const report::Heading &heading)
    {
        const double size = heading.level <= 1 ? 18 : heading.level == 2 ? 13 : 10.5;
        constexpr double companions = 60; // a heading does not stand alone at the end of a page
        m_y += m_y > margin ? size * 0.8 : 0;
        require(size + companions);
        m_headings.push_back({heading.text, std::max(heading.level, 1), {page(), m_y}});
        for (const std::string &line : wrapped(heading.text, Font::Bold, size, contentWidth)) {
            m_y += size;
            current().text(margin, m_y, line, Font::Bold, size, textColour());
            m_y += size * (lineSpacing - 1);
        }
        m_y += 4;
    }

    void operator()(const report::Paragraph &paragraph)
    {
        const bool isBad = paragraph.style == report::Paragraph::Style::Bad;
        lines(paragraph.text, Font::Regular, 8.5, isBad ? badColour() : mutedColour(), margin);
        m_y += 4;
    }

    void operator()(const report::Code &code)
    {
        if (!code.title.empty()) {
            title(code.title);
        }
        lines(code.text, Font::Mono, 7, textColour(), margin + 6);
        m_y += 6;
    }

    void operator()(const report::TableBlock &block) { table(block.table); }

    void operator()(const chart::Drawing &drawing)
    {
        // A chart taller than a page is made smaller rather than cut.
        const double scale = std::min(contentWidth / std::max(drawing.width, 1.0),
                                      (bottom - margin) / std::max(drawing.height, 1.0));
        require(drawing.height * scale);
        current().drawing(drawing, margin, m_y, scale);
        m_y += drawing.height * scale + 8;
    }

    std::vector<Page> takePages() { return std::move(m_pages); }
    std::vector<OutlineEntry> takeHeadings() { return std::move(m_headings); }

private:
    Page &current() { return m_pages.back(); }
    int page() const { return static_cast<int>(m_pages.size()) - 1; }

    void title(const std::string &text)
    {
        require(40);
        m_y += 10;
        current().text(margin, m_y, text, Font::Bold, 8.5, textColour());
        m_y += 5;
    }

    void lines(const std::string &text, Font font, double size, const std::string &colour, double x)
    {
        for (const std::string &line : wrapped(text, font, size, pageWidth - margin - x)) {
            require(size * lineSpacing);
            m_y += size;
            current().text(x, m_y, line, font, size, colour);
            m_y += size * (lineSpacing - 1);
        }
    }

    double rowHeight(const std::vector<std::vector<std::string>> &cells) const
    {
        std::size_t most = 1;
        for (const std::vector<std::string> &lines : cells) {
            most = std::max(most, lines.size());
        }
        return static_cast<double>(most) * cellSize * lineSpacing + 2;
    }

    void row(const std::vector<std::vector<std::string>> &cells, const report::Table &table,
             const std::vector<double> &widths, Font font)
    {
        double x = margin;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            double y = m_y;
            for (const std::string &line : cells[i]) {
                y += cellSize * lineSpacing;
                const double indent = table.columns[i].isNumber
                    ? widths[i] - cellPadding - widthOf(line, font, cellSize)
                    : cellPadding;
                current().text(x + indent, y, line, font, cellSize, textColour());
            }
            x += widths[i];
        }
        m_y += rowHeight(cells);
        current().line(margin, m_y, x, m_y, 0.4, gridColour());
    }

    void table(const report::Table &table)
    {
        for (const TablePart &part : partsOf(table, contentWidth)) {
            this->table(part.table, part.widths);
        }
    }

    void table(const report::Table &table, const std::vector<double> &widths)
    {
        title(table.title);
        const auto cellsOf = [&](const auto &textOf, Font font) {
            std::vector<std::vector<std::string>> cells;
            for (std::size_t i = 0; i < widths.size(); ++i) {
                cells.push_back(
                    wrapped(textOf(i), font, cellSize, widths[i] - 2 * cellPadding + 0.1));
            }
            return cells;
        };
        const auto head
            = cellsOf([&](std::size_t i) { return table.columns[i].heading; }, Font::Bold);
        row(head, table, widths, Font::Bold);
        for (const std::vector<std::string> &texts : table.rows) {
            const auto cells = cellsOf([&](std::size_t i) { return texts[i]; }, Font::Regular);
            if (m_y + rowHeight(cells) > bottom) {
                newPage();
                row(head, table, widths, Font::Bold);
            }
            row(cells, table, widths, Font::Regular);
        }
        m_y += 8;
    }

    std::vector<Page> m_pages;
    std::vector<OutlineEntry> m_headings;
    double m_y = margin;
};

constexpr double contentsLine = 15;

std::size_t contentsPages(std::size_t entries)
{
    const auto perPage = static_cast<std::size_t>((bottom - margin - 40) / contentsLine);
    return std::max<std::size_t>(1, (entries + perPage - 1) / perPage);
}

std::vector<Page> contents(const std::vector<OutlineEntry> &entries)
{
    constexpr double size = 10;
    std::vector<Page> pages(contentsPages(entries.size()));
    const std::size_t perPage = (entries.size() + pages.size() - 1) / pages.size();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        Page &page = pages[i / perPage];
        const double y = margin + 40 + static_cast<double>(i % perPage) * contentsLine;
        const double x = margin + 14.0 * (entries[i].level - 2);
        const std::string number = std::to_string(entries[i].target.page + 1);
        const double room = contentWidth - (x - margin) - 40;
        const std::string line = wrapped(entries[i].title, Font::Regular, size, room).front();
        page.text(x, y, line, Font::Regular, size, textColour());
        page.text(pageWidth - margin - widthOf(number, Font::Regular, size), y, number,
                  Font::Regular, size, textColour());
        page.link(margin, y - size, contentWidth, contentsLine, entries[i].target);
    }
    pages.front().text(margin, margin + 13, report::say(BITPRISM_TR("Report", "Contents")),
                       Font::Bold, 13, textColour());
    return pages;
}

/// Folded sub-headings ("How to repeat it") would fill the contents with the same words.
std::vector<OutlineEntry> listed(const std::vector<OutlineEntry> &entries)
{
    std::vector<OutlineEntry> result;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(result),
                 [](const OutlineEntry &entry) { return entry.level == 2; });
    return result;
}

} // namespace

Layout layOut(const std::vector<report::Section> &sections, const std::string &footer)
{
    Flow head;
    Flow body;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        Flow &flow = i == 0 ? head : body;
        for (const report::Block &block : sections[i]) {
            std::visit(flow, block);
        }
    }
    Layout layout;
    layout.pages = head.takePages();
    std::vector<OutlineEntry> entries = body.takeHeadings();
    const std::size_t before = layout.pages.size() + contentsPages(listed(entries).size());
    for (OutlineEntry &entry : entries) {
        entry.target.page += static_cast<int>(before);
    }
    for (Page &page : contents(listed(entries))) {
        layout.pages.push_back(std::move(page));
    }
    for (Page &page : body.takePages()) {
        layout.pages.push_back(std::move(page));
    }
    layout.outline = head.takeHeadings();
    layout.outline.insert(layout.outline.end(), entries.begin(), entries.end());
    for (std::size_t i = 0; i < layout.pages.size(); ++i) {
        constexpr double size = 7;
        const std::string number
            = std::to_string(i + 1) + " / " + std::to_string(layout.pages.size());
        const double y = pageHeight - 30;
        layout.pages[i].text(margin, y, footer, Font::Regular, size, mutedColour());
        layout.pages[i].text(pageWidth - margin - widthOf(number, Font::Regular, size), y, number,
                             Font::Regular, size, mutedColour());
    }
    return layout;
}

} // namespace bitprism::pdf
