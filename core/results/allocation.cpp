// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/allocation.h"

#include "core/results/json_fields.h"

namespace bitprism {

using json_fields::fromField;
using json_fields::readList;
using json_fields::toField;

nlohmann::json Allocation::toJson() const
{
    nlohmann::json json = {{"allocator", allocator},
                           {"average_bits", toField(averageBits)},
                           {"bytes", bytes},
                           {"bit_operations", toField(bitOperations)},
                           {"memory_io_bytes", toField(memoryIoBytes)},
                           {"predicted_delta_nll", toField(predictedDeltaNll)},
                           {"predicted_delta_nll_stderr", toField(predictedStandardError)},
                           {"solver",
                            {{"name", solver},
                             {"status", status},
                             {"objective", toField(objective)},
                             {"objective_stderr", toField(objectiveStandardError)},
                             {"milliseconds", toField(milliseconds)},
                             {"gap", toField(gap)},
                             {"thinned", thinned}}},
                           {"layers", nlohmann::json::array()}};
    for (const LayerChoice &choice : layers) {
        json["layers"].push_back(
            {{"name", choice.layer}, {"bits", choice.bits}, {"ratio", toField(choice.ratio)}});
    }
    if (!frontier.empty()) {
        json["frontier"] = nlohmann::json::array();
        for (const FrontierPoint &point : frontier) {
            json["frontier"].push_back({{"average_bits", toField(point.averageBits)},
                                        {"bytes", point.bytes},
                                        {"objective", toField(point.objective)},
                                        {"stderr", toField(point.standardError)}});
        }
    }
    return json;
}

Allocation Allocation::fromJson(const nlohmann::json &json)
{
    Allocation result;
    fromField(json, "allocator", result.allocator);
    fromField(json, "average_bits", result.averageBits);
    fromField(json, "bytes", result.bytes);
    fromField(json, "bit_operations", result.bitOperations);
    fromField(json, "memory_io_bytes", result.memoryIoBytes);
    fromField(json, "predicted_delta_nll", result.predictedDeltaNll);
    fromField(json, "predicted_delta_nll_stderr", result.predictedStandardError);
    if (const auto solver = json.find("solver"); solver != json.end()) {
        fromField(*solver, "name", result.solver);
        fromField(*solver, "status", result.status);
        fromField(*solver, "objective", result.objective);
        fromField(*solver, "objective_stderr", result.objectiveStandardError);
        fromField(*solver, "milliseconds", result.milliseconds);
        fromField(*solver, "gap", result.gap);
        fromField(*solver, "thinned", result.thinned);
    }
    readList(json, "layers", [&](const nlohmann::json &item) {
        LayerChoice &choice = result.layers.emplace_back();
        fromField(item, "name", choice.layer);
        fromField(item, "bits", choice.bits);
        fromField(item, "ratio", choice.ratio);
    });
    readList(json, "frontier", [&](const nlohmann::json &item) {
        FrontierPoint &point = result.frontier.emplace_back();
        fromField(item, "average_bits", point.averageBits);
        fromField(item, "bytes", point.bytes);
        fromField(item, "objective", point.objective);
        fromField(item, "stderr", point.standardError);
    });
    return result;
}

} // namespace bitprism
