// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pdf/pdf_layout.h"

#include "core/report/pdf/contents.h"
#include "core/report/pdf/page_style.h"
#include "core/report/pdf/table_columns.h"

#include <algorithm>

namespace bitprism::pdf {

namespace {

constexpr double titleHeight = 15; ///< of a table or of folded text, with the space above
constexpr double paragraphSize = 8.5;
constexpr double codeSize = 7;
constexpr int partLevel = 3; ///< of charts and tables in the outline; sections are above

double headingSize(const report::Heading &heading)
{
    return heading.level <= 1 ? 18 : heading.level == 2 ? 13 : 10.5;
}

/// A chart taller than a page is made smaller rather than cut.
double scaleOf(const chart::Drawing &drawing)
{
    return std::min(contentWidth / std::max(drawing.width, 1.0),
                    (bottom - margin) / std::max(drawing.height, 1.0));
}

using Cells = std::vector<std::vector<std::string>>; ///< lines, by cell

template <typename TextOf>
Cells cellsOf(const std::vector<double> &widths, Font font, const TextOf &textOf)
{
    Cells cells;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        cells.push_back(wrapped(textOf(i), font, cellSize, widths[i] - 2 * cellPadding + 0.1));
    }
    return cells;
}

Cells headOf(const TablePart &part)
{
    return cellsOf(part.widths, Font::Bold,
                   [&](std::size_t i) { return part.table.columns[i].heading; });
}

Cells rowOf(const TablePart &part, std::size_t row)
{
    return cellsOf(part.widths, Font::Regular,
                   [&](std::size_t i) { return part.table.rows[row][i]; });
}

double rowHeight(const Cells &cells)
{
    std::size_t most = 1;
    for (const std::vector<std::string> &lines : cells) {
        most = std::max(most, lines.size());
    }
    return static_cast<double>(most) * cellSize * lineSpacing + 2;
}

/// Title, head and first row: a head does not stand alone at the end of a page.
double beginOf(const TablePart &part)
{
    const double first = part.table.rows.empty() ? 0 : rowHeight(rowOf(part, 0));
    return titleHeight + rowHeight(headOf(part)) + first;
}

double beginOf(const report::Code &code)
{
    constexpr double lines = 2;
    return (code.title.empty() ? 0 : titleHeight) + lines * codeSize * lineSpacing;
}

/// Height of a heading with what it must not be parted from: the paragraphs behind it, and then the
/// whole of a chart, or the begin of what goes on over pages.
double keptTogether(const report::Section &section, std::size_t first)
{
    double height = 0;
    for (std::size_t i = first; i < section.size(); ++i) {
        if (const auto *heading = std::get_if<report::Heading>(&section[i])) {
            height += headingSize(*heading) * (0.8 + lineSpacing) + 4;
        } else if (const auto *paragraph = std::get_if<report::Paragraph>(&section[i])) {
            const auto lines
                = wrapped(paragraph->text, Font::Regular, paragraphSize, contentWidth).size();
            height += static_cast<double>(lines) * paragraphSize * lineSpacing + 4;
        } else if (const auto *drawing = std::get_if<chart::Drawing>(&section[i])) {
            return height + drawing->height * scaleOf(*drawing);
        } else if (const auto *table = std::get_if<report::TableBlock>(&section[i])) {
            return height + beginOf(partsOf(table->table, contentWidth).front());
        } else {
            return height + beginOf(std::get<report::Code>(section[i]));
        }
    }
    return height;
}

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

    void add(const report::Section &section)
    {
        for (std::size_t i = 0; i < section.size(); ++i) {
            if (std::holds_alternative<report::Heading>(section[i])) {
                require(keptTogether(section, i));
            }
            std::visit(*this, section[i]);
        }
    }

    void operator()(const report::Heading &heading)
    {
        const double size = headingSize(heading);
        m_y += m_y > margin ? size * 0.8 : 0;
        addEntry(heading.text, std::max(heading.level, 1));
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
        lines(paragraph.text, Font::Regular, paragraphSize, isBad ? badColour() : mutedColour(),
              margin);
        m_y += 4;
    }

    void operator()(const report::Code &code)
    {
        require(beginOf(code));
        if (!code.title.empty()) {
            addEntry(code.title, partLevel);
            title(code.title);
        }
        lines(code.text, Font::Mono, codeSize, textColour(), margin + 6);
        m_y += 6;
    }

    void operator()(const report::TableBlock &block)
    {
        bool isFirst = true;
        for (const TablePart &part : partsOf(block.table, contentWidth)) {
            require(beginOf(part));
            if (isFirst) {
                addEntry(part.table.title, partLevel);
            }
            isFirst = false;
            table(part);
        }
    }

    void operator()(const chart::Drawing &drawing)
    {
        const double scale = scaleOf(drawing);
        require(drawing.height * scale);
        addEntry(drawing.title, partLevel);
        current().drawing(drawing, margin, m_y, scale);
        m_y += drawing.height * scale + 8;
    }

    double y() const { return m_y; }
    std::size_t pages() const { return m_pages.size(); }
    Page &current() { return m_pages.back(); }
    std::vector<Page> takePages() { return std::move(m_pages); }
    std::vector<OutlineEntry> takeHeadings() { return std::move(m_headings); }

private:
    int page() const { return static_cast<int>(m_pages.size()) - 1; }

    void addEntry(const std::string &text, int level)
    {
        m_headings.push_back({text, level, {page(), m_y}});
    }

    void title(const std::string &text)
    {
        m_y += titleHeight - 5;
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

    /// `inkOf` says the colour of each column.
    template <typename InkOf>
    void row(const Cells &cells, const TablePart &part, Font font, const InkOf &inkOf)
    {
        double x = margin;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            double y = m_y;
            for (const std::string &line : cells[i]) {
                y += cellSize * lineSpacing;
                const double indent = part.table.columns[i].isNumber
                    ? part.widths[i] - cellPadding - widthOf(line, font, cellSize)
                    : cellPadding;
                current().text(x + indent, y, line, font, cellSize, inkOf(i));
            }
            x += part.widths[i];
        }
        m_y += rowHeight(cells);
        current().line(margin, m_y, x, m_y, 0.4, gridColour());
    }

    void table(const TablePart &part)
    {
        title(part.table.title);
        const Cells head = headOf(part);
        const auto plain = [](std::size_t) { return textColour(); };
        row(head, part, Font::Bold, plain);
        for (std::size_t i = 0; i < part.table.rows.size(); ++i) {
            const Cells cells = rowOf(part, i);
            if (m_y + rowHeight(cells) > bottom) {
                newPage();
                row(head, part, Font::Bold, plain);
            }
            row(cells, part, Font::Regular, [&](std::size_t column) {
                return part.table.isMuted(i, column) ? mutedColour() : textColour();
            });
        }
        m_y += 8;
    }

    std::vector<Page> m_pages;
    std::vector<OutlineEntry> m_headings;
    double m_y = margin;
};

} // namespace

Layout layOut(const std::vector<report::Section> &sections, const std::string &footer)
{
    Flow head;
    Flow body;
    for (std::size_t i = 0; i < sections.size(); ++i) {
        (i == 0 ? head : body).add(sections[i]);
    }
    std::vector<OutlineEntry> entries = body.takeHeadings();
    constexpr double aboveContents = 20;
    const double contentsTop = head.y() + aboveContents;
    const Contents contents(entries, bottom - contentsTop);
    const auto before = static_cast<int>(head.pages() + contents.ownPages());
    const std::vector<Page> contentsPages = contents.write(head.current(), contentsTop, before);
    Layout layout;
    layout.pages = head.takePages();
    layout.pages.insert(layout.pages.end(), contentsPages.begin(), contentsPages.end());
    for (Page &page : body.takePages()) {
        layout.pages.push_back(std::move(page));
    }
    for (OutlineEntry &entry : entries) {
        entry.target.page += before;
    }
    layout.outline = head.takeHeadings();
    std::erase_if(layout.outline, [](const OutlineEntry &entry) { return entry.level > 1; });
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
