// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/bench_result.h"

#include "core/results/json_fields.h"

namespace bitprism {

using json_fields::fromField;
using json_fields::toField;

nlohmann::json BenchResult::toJson() const
{
    nlohmann::json json = {{"name", name},
                           {"seconds", toField(seconds)},
                           {"processor_seconds", toField(processorSeconds)},
                           {"work", toField(work)},
                           {"unit", unit},
                           {"fraction_of_peak", toField(fractionOfPeak)},
                           {"bound", bound},
                           {"repeats", repeats},
                           {"threads", threads},
                           {"sgemm_rate", toField(sgemmRate)},
                           {"memory_rate", toField(memoryRate)},
                           {"details", nlohmann::json::object()}};
    for (const auto &[key, value] : details) {
        json["details"][key] = toField(value);
    }
    return json;
}

BenchResult BenchResult::fromJson(const nlohmann::json &json)
{
    BenchResult result;
    fromField(json, "name", result.name);
    fromField(json, "seconds", result.seconds);
    fromField(json, "processor_seconds", result.processorSeconds);
    fromField(json, "work", result.work);
    fromField(json, "unit", result.unit);
    fromField(json, "fraction_of_peak", result.fractionOfPeak);
    fromField(json, "bound", result.bound);
    fromField(json, "repeats", result.repeats);
    fromField(json, "threads", result.threads);
    fromField(json, "sgemm_rate", result.sgemmRate);
    fromField(json, "memory_rate", result.memoryRate);
    fromField(json, "details", result.details);
    return result;
}

} // namespace bitprism
