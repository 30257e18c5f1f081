// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_records.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism::cli {

namespace {

template <typename T> Json optionalJson(const std::optional<T> &value)
{
    return value ? Json(*value) : Json();
}

} // namespace

Json storedJson(const std::string &text)
{
    const Json json = Json::parse(text, nullptr, false);
    return json.is_discarded() ? Json(text) : json;
}

Json recordToJson(const store::RunRecord &record)
{
    return {{"id", record.id},
            {"name", record.name},
            {"kind", record.kind},
            {"experiment", record.experiment},
            {"model", record.model},
            {"model_path", record.modelPath},
            {"model_hash", record.modelHash},
            {"status", store::statusName(record.status)},
            {"failure", record.failure},
            {"blocks_done", record.blocksDone},
            {"blocks", record.blocks},
            {"created", record.created},
            {"finished", record.finished},
            {"average_bits", optionalJson(record.averageBits)},
            {"bytes", optionalJson(record.bytes)},
            {"seconds", optionalJson(record.seconds)},
            {"bit_operations", optionalJson(record.bitOperations)},
            {"memory_io_bytes", optionalJson(record.memoryIoBytes)}};
}

std::vector<std::string> distinctRuns(const store::ExperimentStore &store,
                                      const std::vector<std::string> &ids)
{
    std::vector<std::string> runs;
    for (const std::string &id : ids) {
        runs.push_back(store.findRun(id));
        if (std::find(runs.begin(), runs.end() - 1, runs.back()) != runs.end() - 1) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "Run %1 is named twice; name different runs."),
                        runs.back());
        }
    }
    return runs;
}

void refuseWithoutResult(const store::ExperimentStore &store, const std::string &id,
                         std::string_view kind, std::string_view remedy)
{
    const store::RunRecord record = store.run(id);
    if (record.kind == kind) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Run %1 is %2: it ended before its first block and holds no %3; "
                                "go on with it by resume %1."),
                    record.id, store::statusName(record.status), kind);
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "Run %1 is of the kind %2 and holds no %3; %4."), record.id,
                record.kind, kind, remedy);
}

} // namespace bitprism::cli
