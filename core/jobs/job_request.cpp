// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/engine.h"

#include <nlohmann/json.hpp>

namespace bitprism {

std::string JobRequest::toJson() const
{
    return Json{{"kind", kind},
                {"store", storePath},
                {"run", runId},
                {"name", name},
                {"experiment", experiment},
                {"model", modelPath},
                {"options", options.empty() ? Json::object() : Json::parse(options)},
                {"seed", seed ? Json(*seed) : Json()},
                {"threads", threads},
                {"device", device}}
        .dump();
}

JobRequest JobRequest::fromJson(const std::string &json)
{
    JobRequest request;
    try {
        const Json value = Json::parse(json);
        request.kind = value.at("kind").get<std::string>();
        request.storePath = value.at("store").get<std::string>();
        request.runId = value.at("run").get<std::string>();
        request.name = value.at("name").get<std::string>();
        request.experiment = value.value("experiment", ""); // requests of version 0.1 lack it
        request.modelPath = value.at("model").get<std::string>();
        request.options = value.at("options").dump();
        const Json &seed = value.at("seed");
        request.seed = seed.is_null() ? std::optional<std::uint64_t>()
                                      : std::optional(seed.get<std::uint64_t>());
        request.threads = value.at("threads").get<int>();
        request.device = value.at("device").get<std::string>();
    } catch (const Json::exception &problem) { // the text comes from a store, which may be damaged
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The stored request of a run is damaged: %1."),
                    std::string_view(problem.what()));
    }
    return request;
}

} // namespace bitprism
