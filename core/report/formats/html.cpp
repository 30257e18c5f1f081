// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/content.h"
#include "core/report/escape.h"
#include "core/report/formats/html_style.h"
#include "core/report/report_text.h"
#include "core/report/reporter.h"

#include <algorithm>

namespace bitprism {

namespace {

using report::xmlEscaped;

/// Writes elements; every text is escaped here and nowhere else. The page is well-formed XML too.
class Page
{
public:
    explicit Page(io::ByteSink &sink)
        : m_sink(sink)
    {
    }

    void raw(std::string_view markup) { m_sink.write(markup); }

    void element(const char *name, const std::string &text, const char *style = nullptr)
    {
        const std::string attribute
            = style == nullptr ? std::string() : " class=\"" + std::string(style) + "\"";
        raw("<" + std::string(name) + attribute + ">" + xmlEscaped(text) + "</" + name + ">\n");
    }

    void chart(const chart::Drawing &drawing)
    {
        raw("<figure>" + toSvg(drawing, chart::SvgStyle::Page) + "</figure>\n");
    }

    void table(const report::Table &table, bool isFolded)
    {
        if (isFolded) {
            raw("<details>");
            element("summary", table.title);
        } else {
            element("h3", table.title);
        }
        raw("<div class=\"scroll\"><table><thead><tr>");
        for (const report::Column &column : table.columns) {
            cell("th", column.heading, column.isNumber ? "number" : "");
        }
        raw("</tr></thead><tbody>\n");
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            raw("<tr>");
            for (std::size_t i = 0; i < table.rows[row].size(); ++i) {
                const bool isMuted = table.isMuted(row, i);
                const char *style = isMuted ? "number muted" : "number";
                cell("td", table.rows[row][i], table.columns[i].isNumber ? style : "");
            }
            raw("</tr>\n");
        }
        raw(isFolded ? "</tbody></table></div></details>\n" : "</tbody></table></div>\n");
    }

    void folded(const std::string &title, const std::string &text)
    {
        raw("<details>");
        element("summary", title);
        element("pre", text);
        raw("</details>\n");
    }

private:
    /// `style`: the cell's classes, or none.
    void cell(const char *name, const std::string &text, const std::string &style)
    {
        raw("<" + std::string(name) + (style.empty() ? "" : " class=\"" + style + "\"") + ">"
            + xmlEscaped(text) + "</" + name + ">");
    }

    io::ByteSink &m_sink;
};

class BlockWriter
{
public:
    explicit BlockWriter(Page &page)
        : m_page(page)
    {
    }
    void operator()(const report::Heading &heading)
    {
        constexpr const char *names[] = {"h1", "h2", "h3"};
        m_page.element(names[std::clamp(heading.level, 1, 3) - 1], heading.text);
    }
    void operator()(const report::Paragraph &paragraph)
    {
        const bool isBad = paragraph.style == report::Paragraph::Style::Bad;
        m_page.element("p", paragraph.text, isBad ? "bad" : "muted");
    }
    void operator()(const report::Code &code)
    {
        if (code.title.empty()) {
            m_page.element("pre", code.text);
        } else {
            m_page.folded(code.title, code.text);
        }
    }
    void operator()(const report::TableBlock &block) { m_page.table(block.table, block.isFolded); }
    void operator()(const chart::Drawing &drawing) { m_page.chart(drawing); }

private:
    Page &m_page;
};

/// One page without any other file: charts as inline SVG with tooltips, light and dark.
class HtmlReporter final : public Reporter
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::reporter,
                "html",
                BITPRISM_TR("Component", "HTML page"),
                "HTML 5 with inline SVG",
                {}};
    }
    explicit HtmlReporter(const Params &) { }

    void write(const ReportModel &model, io::ByteSink &sink) const override
    {
        Page page(sink);
        page.raw("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\""
                 + report::languageTag()
                 + "\"><head>"
                   "<meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, "
                   "initial-scale=1\"/>\n");
        page.element("title", model.title);
        page.raw("<style>" + chart::paletteCss() + std::string(report::pageCss)
                 + "</style></head><body><main>\n");
        BlockWriter writer(page);
        bool isHead = true; // the title stands outside of sections
        for (const report::Section &section : report::reportContent(model)) {
            page.raw(isHead ? "" : "<section>\n");
            for (const report::Block &block : section) {
                std::visit(writer, block);
            }
            page.raw(isHead ? "" : "</section>\n");
            isHead = false;
        }
        page.raw("</main></body></html>\n");
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(reporter, html, HtmlReporter);

} // namespace bitprism
