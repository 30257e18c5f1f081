// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "core/jobs/engine_loader.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int run(const Invocation &invocation)
{
    const std::vector<std::string> &names = invocation.arguments.positionals("NAME");
    if (invocation.arguments.has("list") == !names.empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "bench: give the name of a benchmark, or --list."));
    }
    loadEngine();
    if (!names.empty()) {
        Registry::instance().require(Kind::bench, names.front(), "bench");
    }
    Json document = {{"benches", Json::array()}};
    Table table({"name", "title"});
    for (const ComponentInfo &component : Registry::instance().components()) {
        if (component.kind == Kind::bench) {
            document["benches"].push_back(
                {{"name", component.id}, {"title", component.title.text}});
            table.add({component.id, component.title.text});
        }
    }
    const bool isEmpty = document["benches"].empty();
    invocation.output.print(document, isEmpty ? "This version has no benchmarks.\n" : table.text());
    return 0;
}

} // namespace

BITPRISM_COMMAND(bench){"bench",
                        "Measure the speed of one part of the program",
                        {{"NAME", "Benchmark to run", 0, 1}},
                        {{"list", "", "List the benchmarks"}},
                        &run};

} // namespace bitprism::cli
