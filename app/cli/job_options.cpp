// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_options.h"

#include "core/families/describe.h"
#include "core/families/locate_model.h"
#include "core/io/file.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism::cli {

std::string dataFile(const std::string &path)
{
    const std::filesystem::path absolute = std::filesystem::absolute(path).lexically_normal();
    std::error_code problem;
    if (std::filesystem::is_directory(absolute, problem)) { // a data set may be a folder
        return absolute.string();
    }
    return io::File(absolute).path().string();
}

namespace {

bool isOpenForWeightsOnly(const std::string &model)
{
    try {
        return !describeModel(locateModel(model)).runnable;
    } catch (const Error &) { // a flag that is missing is said before a model that is
        return false;
    }
}

} // namespace

std::string calibrationData(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    if (const std::optional<std::string> data = arguments.text("calibration")) {
        return dataFile(*data);
    }
    if (!isOpenForWeightsOnly(arguments.positional("MODEL"))) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "--calibration F is missing; see --help."));
    }
    return {};
}

std::vector<OptionSpec> evaluationSpecs()
{
    return {{"samples", "N", "Windows (documents) to score (default: all)"},
            {"length", "L", "Tokens of a window (default: the model's context, at most 2048)"},
            {"stride", "S", "Tokens from window to window (default: the length)"},
            {"documents", "SEP", "Split the text at SEP; each document is a window of its own"}};
}

Json evaluationOptions(const Arguments &arguments)
{
    constexpr std::int64_t most = std::int64_t{1} << 31;
    Json options = Json::object();
    for (const auto &[name, least] : {std::pair{"samples", 1}, {"length", 2}, {"stride", 1}}) {
        if (const std::optional<std::int64_t> value = arguments.integer(name, least, most)) {
            options[name] = *value;
        }
    }
    if (const std::optional<std::string> separator = arguments.text("documents")) {
        options["documents"] = *separator;
    }
    return options;
}

std::vector<Setting> parsedSettings(const Arguments &arguments,
                                    const std::vector<std::string_view> &sections,
                                    std::string_view whole)
{
    std::vector<Setting> settings;
    for (const std::string &text : arguments.all("set")) {
        settings.push_back(Setting::parse(text));
        const bool isWhole = settings.back().section.empty() && settings.back().key == whole;
        if (!isWhole
            && std::find(sections.begin(), sections.end(), settings.back().section)
                == sections.end()) {
            std::string known;
            for (const std::string_view section : sections) {
                known += (known.empty() ? "" : ", ") + std::string(section) + ".KEY";
            }
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "--set %1: nothing of that name can be set here; "
                                    "known are %2."),
                        text, known);
        }
    }
    return settings;
}

Json settingsObject(const std::vector<Setting> &settings, std::string_view section)
{
    Json object = Json::object();
    for (const Setting &setting : settings) {
        if (setting.section == section) {
            const Json value = Json::parse(setting.value, nullptr, false);
            // As in a recipe's settings: a calibration's component is its sampler.
            const bool isSampler = section == "calibration" && setting.key == "id";
            object[isSampler ? "sampler" : setting.key]
                = value.is_discarded() ? Json(setting.value) : value;
        }
    }
    return object;
}

std::pair<std::string, std::string> splitAtColon(const std::string &text, std::string_view flag)
{
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error",
                                "--%1 is \"%2\", but must be two parts with a colon "
                                "between; see --help."),
                    flag, text);
    }
    return {text.substr(0, colon), text.substr(colon + 1)};
}

} // namespace bitprism::cli
