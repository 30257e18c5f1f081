// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/escape.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"
#include "core/report/reporter.h"
#include "core/report/tables.h"

#include <algorithm>

namespace bitprism {

namespace {

using report::markdownEscaped;

std::string rowOf(const std::vector<std::string> &cells)
{
    std::string row = "|";
    for (const std::string &cell : cells) {
        row += " " + markdownEscaped(cell) + " |";
    }
    return row + "\n";
}

/// A fence longer than any run of backticks inside, so that the text cannot end it.
std::string fenced(const std::string &text)
{
    std::size_t longest = 0;
    std::size_t current = 0;
    for (const char c : text) {
        current = c == '`' ? current + 1 : 0;
        longest = std::max(longest, current);
    }
    const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
    return fence + "\n" + text + "\n" + fence + "\n\n";
}

/// The report as GitHub-flavoured Markdown: its tables, recipes and commands.
class MarkdownReporter final : public Reporter
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::reporter,
                "markdown",
                BITPRISM_TR("Component", "Markdown"),
                "GitHub Flavored Markdown, tables extension",
                {}};
    }
    explicit MarkdownReporter(const Params &) { }

    void write(const ReportModel &model, io::ByteSink &sink) const override
    {
        sink.write("# " + markdownEscaped(model.title) + "\n\n"
                   + report::say(BITPRISM_TR("Report", "Written %1 by Bitprism %2 from %3"),
                                 {numbers::moment(model.created), markdownEscaped(model.version),
                                  markdownEscaped(model.storeFile)})
                   + ".\n\n");
        table(report::runTable(model), sink);
        for (const report::Table &metric : report::metricTables(model.comparison)) {
            table(metric, sink);
        }
        if (model.comparison.runs.size() > 1) {
            table(report::recipeChangeTable(model.comparison), sink);
            for (const report::Table &layers : report::layerDifferenceTables(model.comparison)) {
                table(layers, sink);
            }
        }
        for (const CalibrationSets &sets : model.calibrationSets) {
            table(report::calibrationSetTable(sets), sink);
        }
        for (const ReportRun &run : model.runs) {
            section(run, sink);
        }
    }

private:
    static void table(const report::Table &table, io::ByteSink &sink)
    {
        if (table.rows.empty()) {
            return;
        }
        sink.write("### " + markdownEscaped(table.title) + "\n\n");
        std::vector<std::string> headings;
        std::string rule = "|";
        for (const report::Column &column : table.columns) {
            headings.push_back(column.heading);
            rule += column.isNumber ? " ---: |" : " --- |";
        }
        sink.write(rowOf(headings) + rule + "\n");
        for (const std::vector<std::string> &row : table.rows) {
            sink.write(rowOf(row));
        }
        sink.write("\n");
    }

    static void section(const ReportRun &run, io::ByteSink &sink)
    {
        sink.write("## " + markdownEscaped(run.record.name) + "\n\n");
        if (!run.record.failure.empty()) {
            sink.write(report::say(BITPRISM_TR("Report", "Failed: %1"),
                                   {markdownEscaped(run.record.failure)})
                       + "\n\n");
        }
        if (run.summary) {
            for (const std::string &note : run.summary->notes) {
                sink.write("- " + markdownEscaped(note) + "\n");
            }
            sink.write("\n");
            table(report::layerTable(run.summary->layers), sink);
        }
        table(report::layerTable(run.storedLayers), sink);
        if (run.sensitivity) {
            table(report::sensitivityTable(*run.sensitivity), sink);
        }
        if (run.interactions) {
            table(report::interactionTable(*run.interactions), sink);
        }
        if (run.outliers) {
            table(report::outlierTable(*run.outliers), sink);
            table(report::outlierCauseTable(*run.outliers), sink);
            table(report::outlierTokenTable(*run.outliers), sink);
            for (const std::string &absence : report::outlierAbsences(*run.outliers)) {
                sink.write(markdownEscaped(absence) + "\n\n");
            }
            table(report::blockOutlierTable(*run.outliers), sink);
            table(report::whatIfSummary(run.whatIf), sink);
            table(report::whatIfTable(run.whatIf), sink);
        }
        if (run.allocation) {
            table(report::allocationTable(*run.allocation), sink);
        }
        table(report::provenanceTable(run), sink);
        if (!run.command.empty()) {
            sink.write("### " + report::say(BITPRISM_TR("Report", "Command")) + "\n\n"
                       + fenced(run.command));
        }
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(reporter, markdown, MarkdownReporter);

} // namespace bitprism
