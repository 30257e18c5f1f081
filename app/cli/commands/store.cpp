// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/output_file.h"
#include "app/cli/project_store.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

void requireNoFile(const Arguments &arguments)
{
    if (!arguments.positionals("FILE").empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "store: only backup takes a file; see store --help."));
    }
}

int check(const Invocation &invocation)
{
    requireNoFile(invocation.arguments);
    const store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadOnly);
    const store::CheckReport report = opened.check();
    std::string text = report.ok ? "The store is in order.\n" : "";
    for (const std::string &problem : report.problems) {
        text += problem + "\n";
    }
    invocation.output.print(
        {{"ok", report.ok}, {"problems", report.problems}, {"notes", report.notes}},
        text + shownNotes(report.notes));
    if (!report.ok) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 is not in order; standard output lists what is wrong. Restore "
                                "a backup, or do as it says there."),
                    opened.file());
    }
    return 0;
}

int backup(const Invocation &invocation)
{
    const std::vector<std::string> &files = invocation.arguments.positionals("FILE");
    if (files.empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "store backup: the argument FILE is missing."));
    }
    const std::filesystem::path target = outputFile(invocation, files.front());
    openStore(invocation.global, store::OpenMode::ReadOnly).backup(target);
    invocation.output.print(
        {{"ok", true}, {"problems", Json::array()}, {"output", target.string()}},
        "Wrote " + target.string()
            + ": every result and report. Codes stay in the folder beside the store.\n");
    return 0;
}

int vacuum(const Invocation &invocation)
{
    requireNoFile(invocation.arguments);
    openStore(invocation.global, store::OpenMode::ReadWrite).vacuum();
    invocation.output.print({{"ok", true}, {"problems", Json::array()}},
                            "The store is as small as it can be.\n");
    return 0;
}

int storeCommand(const Invocation &invocation)
{
    const std::string &action = invocation.arguments.positional("ACTION");
    if (action == "check") {
        return check(invocation);
    }
    if (action == "backup") {
        return backup(invocation);
    }
    if (action == "vacuum") {
        return vacuum(invocation);
    }
    throw Error(ErrorCode::BadUsage,
                BITPRISM_TR("Error", "store: \"%1\" is not check, backup or vacuum."), action);
}

} // namespace

BITPRISM_COMMAND(store){
    "store",
    "Check, back up or shrink the store",
    {{"ACTION",
      "check (reads the store and its codes, about a second for a gigabyte), backup or vacuum"},
     {"FILE", "File that backup writes", 0, 1}},
    {overwriteOption()},
    &storeCommand};

} // namespace bitprism::cli
