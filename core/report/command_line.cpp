// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/command_line.h"

#include "core/recipe/recipe.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

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
        if (value.starts_with('-')) { // would be taken for a flag
            add("--" + name + "=" + value);
            return;
        }
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

/// Everything in which a recipe differs from the default one, but its evaluations.
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

std::string taskOf(const Json &evaluation)
{
    const Json task = evaluation.is_object() ? evaluation.value("task", Json()) : Json();
    return task.is_string() ? task.get<std::string>() : std::string();
}

/// What is given to a task beside its file.
Json parametersOf(Json evaluation)
{
    evaluation.erase("task");
    evaluation.erase("data");
    return evaluation;
}

/// --set task.ID.KEY speaks of every evaluation by a task; where two differ, the whole list is set.
bool haveOneSetPerTask(const Json &list)
{
    std::map<std::string, Json> known;
    return std::all_of(list.begin(), list.end(), [&](const Json &evaluation) {
        const auto [found, isNew] = known.emplace(taskOf(evaluation), parametersOf(evaluation));
        return isNew || found->second == parametersOf(evaluation);
    });
}

void addEvaluations(const Json &list, CommandLine &line)
{
    const bool isList = list.is_array() && !list.empty()
        && std::none_of(list.begin(), list.end(),
                        [](const Json &evaluation) { return taskOf(evaluation).empty(); });
    if (!isList) {
        return;
    }
    if (!haveOneSetPerTask(list)) {
        line.flag("set", settingOf("evaluation", list));
        return;
    }
    std::set<std::string> set;
    for (const Json &evaluation : list) {
        const std::string task = taskOf(evaluation);
        line.flag("evaluate", task + ":" + textOf(evaluation.value("data", Json(""))));
        if (set.insert(task).second) {
            addSettings("task." + task, parametersOf(evaluation), line);
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

/// Options that are true unless a flag says otherwise.
bool isSwitchedOff(const std::string &key, const Json &value)
{
    return value == false && (key == "measured" || key == "predicted" || key == "baseline");
}

void addExports(const Json &list, CommandLine &line)
{
    for (const Json &entry : list.is_array() ? list : Json::array()) {
        if (entry.is_object() && entry.contains("format") && entry.contains("output")) {
            Json parameters = entry["format"];
            const bool isObject = parameters.is_object() && parameters.contains("id");
            const Json id = isObject ? parameters["id"] : parameters;
            line.flag("export", textOf(id) + ":" + textOf(entry["output"]));
            if (isObject) {
                parameters.erase("id");
                addSettings("exporter", parameters, line);
            }
        }
    }
}

void addOption(const std::string &kind, const std::string &key, const Json &value,
               CommandLine &line)
{
    std::string flag = key;
    std::replace(flag.begin(), flag.end(), '_', '-');
    if (isSwitchedOff(key, value)) {
        line.add("--no-" + flag);
    } else if (key == "recipe" || key == "evaluations" || isDefault(value)) {
        return; // the recipe as it was executed holds both
    } else if (key == "data") {
        line.flag(kind == "evaluate" ? "data" : "calibration", textOf(value));
    } else if (key == "calibration") {
        addSettings("calibration", value.is_object() ? value : Json::object(), line);
    } else if (key == "exports") {
        addExports(value, line);
    } else if (key == "quantizer" || key == "task") {
        addComponent(flag, value, line);
    } else if (key == "transforms") {
        line.flag("set", settingOf("transforms", value));
    } else if (value.is_array()) {
        line.flag(flag, joined(value));
    } else if (value.is_primitive() && !value.is_boolean()) {
        line.flag(flag, textOf(value));
    }
}

/// Global flags; true for one that gives the seed.
bool addGlobalFlags(const Json &request, CommandLine &line)
{
    for (const char *key : {"threads", "device", "seed"}) {
        const Json value = request.value(key, Json());
        if (!isDefault(value)) {
            line.flag(key, textOf(value));
        }
    }
    return !isDefault(request.value("seed", Json()));
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
    const Json stored = Json::parse(record.request, nullptr, false);
    const Json request = stored.is_object() ? stored : Json::object();
    Json options = request.value("options", Json());
    options = options.is_object() ? options : Json::object();
    CommandLine line;
    line.add("bitprism-cli");
    const bool hasSeed = addGlobalFlags(request, line);
    line.add(record.kind);
    line.add(record.modelPath);
    const Json recipe = Json::parse(record.recipe, nullptr, false);
    if (record.kind == "run" && recipe.is_object()) {
        addRecipe(recipe, hasSeed, line);
    }
    for (const auto &[key, value] : options.items()) {
        addOption(record.kind, key, value, line);
    }
    if (record.kind == "run") { // those of a run that began are all in its recipe
        const Json executed = recipe.is_object() ? recipe.value("evaluation", Json()) : Json();
        addEvaluations(isDefault(executed) ? options.value("evaluations", Json()) : executed, line);
    }
    return line.text();
}

} // namespace bitprism
