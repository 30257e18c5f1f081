// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/distinction.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

/// {"pass": 5} as "pass 5".
std::string parametersText(const std::string &parameters)
{
    nlohmann::json json = nlohmann::json::parse(parameters, nullptr, false);
    if (!json.is_object()) {
        json = nlohmann::json::object();
    }
    std::string text;
    for (const auto &[key, value] : json.items()) {
        text += (text.empty() ? "" : ", ") + key + " "
            + (value.is_string()
                   ? value.get<std::string>()
                   : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    return text.empty() ? "default parameters" : text;
}

} // namespace

std::string distinctionOf(const MeasurementCut &cut, const std::vector<MeasurementCut> &others)
{
    const auto differs = [&](auto field) {
        return std::any_of(others.begin(), others.end(),
                           [&](const MeasurementCut &other) { return other.*field != cut.*field; });
    };
    std::vector<std::string> parts;
    if (differs(&MeasurementCut::length)) {
        parts.push_back("length " + std::to_string(cut.length));
    }
    if (differs(&MeasurementCut::stride)) {
        parts.push_back("stride " + std::to_string(cut.stride));
    }
    if (differs(&MeasurementCut::parameters)) {
        parts.push_back(parametersText(cut.parameters));
    }
    if (parts.empty() && !others.empty()) {
        parts.emplace_back("other text");
    }
    std::string text;
    for (const std::string &part : parts) {
        text += (text.empty() ? "" : ", ") + part;
    }
    return text;
}

} // namespace bitprism
