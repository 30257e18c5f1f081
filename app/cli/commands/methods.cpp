// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "core/jobs/engine_loader.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism::cli {

namespace {

Json limitJson(double limit) { return std::isfinite(limit) ? Json(limit) : Json(); }

Json parameterJson(const ParamInfo &parameter)
{
    Json json = {{"name", parameter.key},
                 {"type", parameter.type},
                 {"title", parameter.text.title.text},
                 {"help", parameter.text.help.text},
                 {"unit", parameter.text.unit},
                 {"default", Json::parse(parameter.defaultValue)},
                 {"min", limitJson(parameter.min)},
                 {"max", limitJson(parameter.max)}};
    if (!parameter.choices.empty()) {
        json["choices"] = Json::array();
        for (const Choice &choice : parameter.choices) {
            json["choices"].push_back(choice.value);
        }
    }
    if (!parameter.enabledKey.empty()) {
        json["enabled_if"] = {{"name", parameter.enabledKey}, {"value", parameter.enabledValue}};
    }
    return json;
}

Json componentJson(const ComponentInfo &component)
{
    Json json = {{"kind", kindName(component.kind)},
                 {"id", component.id},
                 {"title", component.title.text},
                 {"source", component.source},
                 {"parameters", Json::array()}};
    for (const ParamInfo &parameter : component.parameters) {
        json["parameters"].push_back(parameterJson(parameter));
    }
    return json;
}

/// Parts of the program's inside, which nobody chooses.
bool isInternal(Kind kind)
{
    return kind == Kind::forward || kind == Kind::encoding || kind == Kind::job
        || kind == Kind::bench; // `bench --list` tells of those
}

int run(const Invocation &invocation)
{
    loadEngine();
    Json document = {{"components", Json::array()}};
    Table table({"kind", "id", "title", "parameters"});
    for (const ComponentInfo &component : Registry::instance().components()) {
        if (isInternal(component.kind)) {
            continue;
        }
        document["components"].push_back(componentJson(component));
        std::string parameters;
        for (const ParamInfo &parameter : component.parameters) {
            parameters
                += (parameters.empty() ? "" : " ") + parameter.key + "=" + parameter.defaultValue;
        }
        table.add({std::string(kindName(component.kind)), component.id, component.title.text,
                   parameters});
    }
    invocation.output.print(document, table.text());
    return 0;
}

} // namespace

BITPRISM_COMMAND(methods){
    "methods", "List every component with its parameters, their ranges and defaults", {}, {}, &run};

} // namespace bitprism::cli
