// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/usual_evaluation.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

std::int64_t numberIn(const nlohmann::json &options, const char *key)
{
    const auto found = options.find(key);
    return found != options.end() && found->is_number_integer()
        ? std::max<std::int64_t>(0, found->get<std::int64_t>())
        : 0;
}

} // namespace

UsualEvaluation UsualEvaluation::ofRequest(std::string_view request)
{
    const nlohmann::json document
        = nlohmann::json::parse(request, nullptr, /*allow_exceptions=*/false);
    if (!document.is_object() || !document.contains("options")
        || !document["options"].is_object()) {
        return {};
    }
    const nlohmann::json &options = document["options"];
    UsualEvaluation usual;
    usual.samples = numberIn(options, "samples");
    usual.length = numberIn(options, "length");
    usual.stride = numberIn(options, "stride");
    const auto documents = options.find("documents");
    if (documents != options.end() && documents->is_string()) {
        usual.documents = documents->get<std::string>();
    }
    const auto evaluations = options.find("evaluations");
    if (evaluations == options.end() || !evaluations->is_array()) {
        return usual;
    }
    for (const nlohmann::json &each : *evaluations) {
        if (!each.is_object() || !each.contains("task")) {
            continue;
        }
        const std::string task = each["task"].dump();
        if (std::find(usual.tasks.begin(), usual.tasks.end(), task) == usual.tasks.end()) {
            usual.tasks.push_back(task);
        }
    }
    return usual;
}

} // namespace bitprism
