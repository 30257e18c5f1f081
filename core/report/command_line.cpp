// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/command_line.h"

#include "core/recipe/recipe.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

class CommandLine
{
public:
    void add(const std::string &argument)
    {
        m_text += (m_text.empty() ? "" : " ") + shellQuoted(argument);
    }
    void flag(const std::string &name, const std::string &value)
    {
        add("--" + name);
        add(value);
    }
    const std::string &text() const { return m_text; }

private:
    std::string m_text;
};

std::string textOf(const Json &value)
{
    return value.is_string() ? value.get<std::string>()
                             : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// A value for --set: bare where it reads back as the same JSON.
std::string settingOf(const std::string &key, const Json &value)
{
    const bool isBare = value.is_string()
        && Json::parse(value.get_ref<const std::string &>(), nullptr, false).is_discarded();
    return key + "="
        + (isBare ? value.get<std::string>()
                  : value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void addSettings(const std::string &section, const Json &parameters, CommandLine &line)
{
    for (const auto &[key, value] : parameters.items()) {
        line.flag("set", settingOf(section + "." + key, value));
    }
}

/// Everything in which a recipe differs from the default one.
void addRecipe(const Json &recipe, bool hasSeed, CommandLine &line)
{
    const Json plain = Recipe().toJson();
    for (const auto &[section, value] : recipe.items()) {
        const auto known = plain.find(section);
        if (known != plain.end() && *known == value) {
            continue;
        }
        const bool isComponent
            = section == "weights" || section == "activations" || section == "calibration";
        if (isComponent && value.is_object()) {
            addSettings(section, value, line);
        } else if (section != "evaluation" && !(section == "seed" && hasSeed)) {
            line.flag("set", settingOf(section, value));
        }
    }
}

void addEvaluations(const Json &list, CommandLine &line)
{
    for (const Json &entry : list.is_array() ? list : Json::array()) {
        if (entry.is_object()) {
            line.flag("evaluate",
                      entry.value("task", std::string()) + ":"
                          + entry.value("data", std::string()));
        }
    }
}

/// Lists of numbers as the command line takes them: 2,3,4,8.
std::string joined(const Json &list)
{
    std::string text;
    for (const Json &value : list) {
        text += (text.empty() ? "" : ",") + textOf(value);
    }
    return text;
}

/// A component among the options: its id as the flag, its parameters as settings.
void addComponent(const std::string &flag, const Json &component, CommandLine &line)
{
    if (!component.is_object()) {
        line.flag(flag, textOf(component));
        return;
    }
    Json parameters = component;
    if (component.contains("id")) {
        line.flag(flag, textOf(component["id"]));
        parameters.erase("id");
    }
    addSettings(flag, parameters, line);
}

bool isDefault(const Json &value)
{
    return value.is_null() || value == false || value == "" || value == 0
        || (value.is_structured() && value.empty());
}

void addOption(const std::string &kind, const std::string &key, const Json &value,
               CommandLine &line)
{
    if (key == "data") {
        line.flag(kind == "evaluate" ? "data" : "calibration", textOf(value));
    } else if (key == "calibration") {
        addSettings("calibration", value.is_object() ? value : Json::object(), line);
    } else if (key == "evaluations") {
        addEvaluations(value, line);
    } else if (key == "exports") {
        for (const Json &entry : value.is_array() ? value : Json::array()) {
            if (entry.is_object() && entry.contains("format") && entry.contains("output")) {
                line.flag("export", textOf(entry["format"]) + ":" + textOf(entry["output"]));
            }
        }
    } else if (key == "quantizer") {
        addComponent("quantizer", value, line);
    } else if (value.is_array()) {
        line.flag(key, joined(value));
    } else if (value.is_primitive() && !value.is_boolean()) {
        line.flag(key, textOf(value));
    }
}

} // namespace

std::string shellQuoted(const std::string &argument)
{
    constexpr std::string_view plain
        = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
          "_./:=,@%+-";
    if (!argument.empty() && argument.find_first_not_of(plain) == std::string::npos) {
        return argument;
    }
    std::string quoted = "'";
    for (const char c : argument) {
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return quoted + "'";
}

std::string commandLine(const store::RunRecord &record)
{
    const Json request = Json::parse(record.request, nullptr, false);
    CommandLine line;
    line.add("bitprism-cli");
    if (request.is_object()) {
        for (const char *key : {"threads", "device", "seed"}) {
            if (request.contains(key) && request[key] != 0) {
                line.flag(key, textOf(request[key]));
            }
        }
    }
    line.add(record.kind);
    line.add(record.modelPath);
    const Json recipe = Json::parse(record.recipe, nullptr, false);
    if (record.kind == "run" && recipe.is_object()) {
        const bool hasSeed = request.is_object() && request.value("seed", Json(0)) != 0;
        addRecipe(recipe, hasSeed, line);
    }
    const Json options = request.is_object() ? request.value("options", Json()) : Json();
    if (options.is_object()) {
        for (const auto &[key, value] : options.items()) {
            if (key != "recipe" && !isDefault(value)) {
                addOption(record.kind, key, value, line);
            }
        }
    }
    return line.text();
}

} // namespace bitprism
