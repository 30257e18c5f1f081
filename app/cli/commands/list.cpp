// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/project_store.h"
#include "app/cli/run_records.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace bitprism::cli {

namespace {

constexpr int pageSize = 1000;
constexpr std::array<std::string_view, 4> kinds{"run", "sensitivity", "outliers", "evaluate"};

std::vector<store::RunRecord> readRuns(const store::ExperimentStore &opened, store::RunQuery query,
                                       std::int64_t limit)
{
    std::vector<store::RunRecord> runs;
    while (static_cast<std::int64_t>(runs.size()) < limit) {
        query.limit = static_cast<int>(
            std::min<std::int64_t>(pageSize, limit - static_cast<std::int64_t>(runs.size())));
        if (!runs.empty()) {
            query.after = runs.back().place();
        }
        std::vector<store::RunRecord> page = opened.listRuns(query);
        runs.insert(runs.end(), page.begin(), page.end());
        if (static_cast<int>(page.size()) < query.limit) {
            break;
        }
    }
    return runs;
}

int listCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    store::RunQuery query;
    query.kind = arguments.text("kind").value_or("");
    if (!query.kind.empty() && std::find(kinds.begin(), kinds.end(), query.kind) == kinds.end()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error",
                                "--kind is \"%1\", but must be run, sensitivity, outliers or "
                                "evaluate."),
                    query.kind);
    }
    query.text = arguments.text("find").value_or("");
    const std::int64_t limit = arguments.integer("limit", 1, INT64_MAX).value_or(INT64_MAX);
    std::vector<store::RunRecord> runs;
    if (const auto opened = openStoreIfThere(invocation.global, store::OpenMode::ReadOnly)) {
        runs = readRuns(*opened, query, limit);
    }
    Json document = {{"runs", Json::array()}};
    Table table({"id", "kind", "name", "status", "blocks", "bits", "size", "created"});
    for (const store::RunRecord &record : runs) {
        document["runs"].push_back(recordToJson(record));
        table.add({record.id, record.kind, record.name,
                   std::string(store::statusName(record.status)),
                   std::to_string(record.blocksDone) + "/" + std::to_string(record.blocks),
                   shown(record.averageBits), record.bytes ? shownBytes(*record.bytes) : "-",
                   record.created});
    }
    invocation.output.print(document, runs.empty() ? "No runs.\n" : table.text());
    return 0;
}

} // namespace

BITPRISM_COMMAND(list){
    "list",
    "List the runs of the store, newest first",
    {},
    {{"kind", "KIND", "Only runs of this kind: run, sensitivity, outliers, evaluate"},
     {"find", "TEXT", "Only runs with this text in name, model or id"},
     {"limit", "N", "At most this many"}},
    &listCommand};

} // namespace bitprism::cli
