// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/escape.h"
#include "core/report/formats/html_style.h"
#include "core/report/numbers.h"
#include "core/report/reporter.h"
#include "core/report/tables.h"

#include <nlohmann/json.hpp>

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

    void chart(const std::optional<chart::Drawing> &drawing)
    {
        if (drawing) {
            raw("<figure>" + toSvg(*drawing, chart::SvgStyle::Page) + "</figure>\n");
        }
    }

    void table(const report::Table &table, bool isFolded)
    {
        if (table.rows.empty()) {
            return;
        }
        if (isFolded) {
            raw("<details>");
            element("summary", table.title);
        } else {
            element("h3", table.title);
        }
        raw("<div class=\"scroll\"><table><thead><tr>");
        for (const report::Column &column : table.columns) {
            cell("th", column.heading, column.isNumber);
        }
        raw("</tr></thead><tbody>\n");
        for (const std::vector<std::string> &row : table.rows) {
            raw("<tr>");
            for (std::size_t i = 0; i < row.size(); ++i) {
                cell("td", row[i], table.columns[i].isNumber);
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
    void cell(const char *name, const std::string &text, bool isNumber)
    {
        raw("<" + std::string(name) + (isNumber ? " class=\"number\">" : ">") + xmlEscaped(text)
            + "</" + name + ">");
    }

    io::ByteSink &m_sink;
};

std::string prettyJson(const std::string &text)
{
    const Json json = Json::parse(text, nullptr, false);
    return json.is_discarded() ? text : json.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string contextOf(const ReportRun &run)
{
    return run.model.name + ", run " + run.record.name + " (" + run.record.id + ")";
}

void writeComparison(const ReportModel &model, Page &page)
{
    page.chart(chart::tradeOff(model.comparison));
    for (const report::Table &table : report::metricTables(model.comparison)) {
        page.table(table, false);
    }
    std::vector<std::string> names;
    for (const ComparedRun &run : model.comparison.runs) {
        names.push_back(run.record.name);
    }
    page.chart(chart::layerErrors(model.comparison.layers, names));
    if (names.size() > 1) {
        page.table(report::recipeChangeTable(model.comparison), false);
        page.table(report::layerDifferenceTable(model.comparison), true);
    }
}

void writeRun(const ReportRun &run, Page &page)
{
    page.raw("<section>\n");
    page.element("h2", run.record.name);
    page.element("p",
                 run.record.kind + " " + run.record.id + " of " + run.model.name + ", "
                     + std::string(store::statusName(run.record.status)),
                 "muted");
    if (!run.record.failure.empty()) {
        page.element("p", "Failed: " + run.record.failure, "bad");
    }
    if (run.summary) {
        for (const std::string &note : run.summary->notes) {
            page.element("p", "Note: " + note, "muted");
        }
        page.chart(chart::bitsBars(run.summary->layers, run.model, contextOf(run)));
        page.table(report::layerTable(*run.summary), true);
    }
    if (run.sensitivity) {
        page.chart(chart::sensitivityMap(*run.sensitivity, run.model));
        page.chart(chart::predictionScatter(*run.sensitivity));
        page.table(report::sensitivityTable(*run.sensitivity), true);
    }
    if (run.outliers) {
        page.chart(chart::outlierPeaks(*run.outliers));
        page.table(report::outlierTable(*run.outliers), true);
    }
    if (run.allocation) {
        page.chart(chart::frontierCurve(*run.allocation));
        page.table(report::allocationTable(*run.allocation), true);
    }
    page.element("h3", "How to repeat it");
    page.element("pre", run.command);
    if (run.record.recipe != "{}") {
        page.folded("Recipe", prettyJson(run.record.recipe));
    }
    page.table(report::provenanceTable(run), true);
    page.raw("</section>\n");
}

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
        page.raw("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>"
                 "<meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, "
                 "initial-scale=1\"/>\n");
        page.element("title", model.title);
        page.raw("<style>" + chart::paletteCss() + std::string(report::pageCss)
                 + "</style></head><body><main>\n");
        page.element("h1", model.title);
        page.element("p",
                     "Written " + model.created + " by Bitprism " + model.version + " from "
                         + model.storeFile,
                     "muted");
        page.table(report::runTable(model), false);
        if (!model.comparison.runs.empty()) {
            page.raw("<section>\n");
            page.element("h2", "Results");
            writeComparison(model, page);
            page.raw("</section>\n");
        }
        for (const ReportRun &run : model.runs) {
            writeRun(run, page);
        }
        page.raw("</main></body></html>\n");
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(reporter, html, HtmlReporter);

} // namespace bitprism
