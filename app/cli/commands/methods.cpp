// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "core/jobs/engine_loader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

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

/// "2 to 8", "layer, block", "true or false".
std::string valuesOf(const ParamInfo &parameter)
{
    if (parameter.type == "flag") {
        return "true or false";
    }
    if (!parameter.choices.empty()) {
        std::string values;
        for (const Choice &choice : parameter.choices) {
            values += (values.empty() ? "" : ", ") + std::string(choice.value);
        }
        return values;
    }
    return std::isfinite(parameter.min) && std::isfinite(parameter.max)
        ? shown(parameter.min, 6) + " to " + shown(parameter.max, 6)
        : parameter.type;
}

/// One component in full, as the page of a manual.
std::string pageOf(const ComponentInfo &component)
{
    std::string page = component.id + " (" + std::string(kindName(component.kind)) + "): "
        + component.title.text + "\n" + component.source + (component.source.empty() ? "" : "\n");
    for (const ParamInfo &parameter : component.parameters) {
        const std::string unit
            = parameter.text.unit.empty() ? "" : " " + std::string(parameter.text.unit);
        page += "\n  " + parameter.key + " = " + parameter.defaultValue + unit + "   ["
            + valuesOf(parameter) + "]";
        if (!parameter.enabledKey.empty()) {
            page += "   where " + parameter.enabledKey + " is " + parameter.enabledValue;
        }
        page += "\n      " + std::string(parameter.text.help.text) + "\n";
    }
    return page;
}

std::string lineOf(const ComponentInfo &component)
{
    std::string parameters;
    for (const ParamInfo &parameter : component.parameters) {
        parameters
            += (parameters.empty() ? "" : " ") + parameter.key + "=" + parameter.defaultValue;
    }
    return parameters;
}

/// All components that are chosen by name, or those named.
std::vector<ComponentInfo> chosenComponents(const std::vector<std::string> &ids)
{
    std::vector<ComponentInfo> chosen;
    for (const ComponentInfo &component : Registry::instance().components()) {
        const bool isNamed
            = ids.empty() || std::find(ids.begin(), ids.end(), component.id) != ids.end();
        if (!isInternal(component.kind) && isNamed) {
            chosen.push_back(component);
        }
    }
    for (const std::string &id : ids) {
        const bool isKnown
            = std::any_of(chosen.begin(), chosen.end(),
                          [&](const ComponentInfo &component) { return component.id == id; });
        if (!isKnown) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "methods: there is no component \"%1\"; \"methods\" without an "
                                    "id lists them all."),
                        id);
        }
    }
    return chosen;
}

int methodsCommand(const Invocation &invocation)
{
    loadEngine();
    const std::vector<std::string> &ids = invocation.arguments.positionals("ID");
    Json document = {{"components", Json::array()}};
    Table table({"kind", "id", "title", "parameters"});
    std::string pages;
    for (const ComponentInfo &component : chosenComponents(ids)) {
        document["components"].push_back(componentJson(component));
        table.add({std::string(kindName(component.kind)), component.id, component.title.text,
                   lineOf(component)});
        pages += (pages.empty() ? "" : "\n") + pageOf(component);
    }
    invocation.output.print(document, ids.empty() ? table.text() : pages);
    return 0;
}

} // namespace

BITPRISM_COMMAND(methods){
    "methods",
    "List every component with its parameters, their ranges and defaults",
    {{"ID", "Components to show in full, with help; none: list all", 0, 1000}},
    {},
    &methodsCommand};

} // namespace bitprism::cli
