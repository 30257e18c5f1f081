// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run_records.h"

#include <nlohmann/json.hpp>

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

} // namespace bitprism::cli
