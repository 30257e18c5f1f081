// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/output_file.h"
#include "app/cli/project_store.h"
#include "app/cli/run_records.h"
#include "core/report/reporter.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int reportCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    const std::string format = *arguments.text("format");
    Registry::instance().require(Kind::reporter, format, "--format");
    const std::filesystem::path output = outputFile(invocation, *arguments.text("output"));
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    const ReportModel report
        = buildReport(opened, distinctRuns(opened, arguments.positionals("ID")));
    const std::int64_t bytes = writeReport(report, format, output);
    invocation.output.print({{"output", output.string()}, {"bytes", bytes}},
                            output.string() + " (" + shownBytes(bytes) + ")\n");
    return 0;
}

} // namespace

BITPRISM_COMMAND(report){"report",
                         "Write a report on one or more runs",
                         {{"ID", "Runs to report on", 1, 1000}},
                         {{"format", "html|pdf|markdown|csv|json", "Format of the report", true},
                          {"output", "F", "File to write", true},
                          overwriteOption()},
                         &reportCommand};

} // namespace bitprism::cli
