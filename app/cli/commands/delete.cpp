// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/project_store.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int deleteCommand(const Invocation &invocation)
{
    store::ExperimentStore opened = openStore(invocation.global, store::OpenMode::ReadWrite);
    const std::string id = opened.findRun(invocation.arguments.positional("ID"));
    opened.deleteRun(id);
    invocation.output.print({{"id", id}, {"deleted", true}}, "Deleted " + id + ".\n");
    return 0;
}

} // namespace

BITPRISM_COMMAND(delete){"delete",
                         "Delete one run and its data from the store",
                         {{"ID", "Run, or the first characters of its id"}},
                         {},
                         &deleteCommand};

} // namespace bitprism::cli
