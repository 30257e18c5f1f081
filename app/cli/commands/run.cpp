// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_options.h"
#include "app/cli/project_store.h"
#include "app/cli/result_documents.h"
#include "core/families/describe.h"
#include "core/families/locate_model.h"
#include "core/jobs/engine_loader.h"
#include "core/recipe/recipe_json.h"
#include "core/recipe/resolve.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

std::vector<OptionSpec> specs()
{
    std::vector<OptionSpec> list{
        {"recipe", "F", "Recipe file (default: rtn at 4 bits in groups of 128)"},
        {"set", "KEY=VALUE",
         "Changes the recipe: weights.id=gptq; the tasks: task.pass=5, task.ID.pass=5; or the "
         "exports: exporter.other_widths=true",
         false, true},
        {"calibration", "F",
         "Text (or other data) to calibrate on; --dry-run and recipes that look at no inputs "
         "(rtn, ggml-*) need none"},
        {"evaluate", "TASK:F", "Measure afterwards, beside the unquantized model", false, true},
        {"no-baseline", "", "Do not measure the unquantized model"},
        {"export", "FORMAT:DIR", "Write the quantized checkpoint", false, true},
        {"name", "S", "Name of the run"},
        {"experiment", "S", "Group of runs that it joins"},
        {"dry-run", "", "Only estimate time, memory and size"}};
    const std::vector<OptionSpec> shared = evaluationSpecs();
    list.insert(list.end(), shared.begin(), shared.end());
    return list;
}

/// `task.KEY=VALUE` belongs to the evaluations, not to the recipe's components.
bool isTaskSetting(const std::string &text) { return Setting::parse(text).section == "task"; }

/// `exporter.KEY=VALUE` belongs to the exports.
bool isExporterSetting(const std::string &text)
{
    return Setting::parse(text).section == "exporter";
}

/// Goes to every export whose format has the parameter.
void applyExporterSetting(Json &exports, const Setting &setting)
{
    bool isTaken = false;
    for (Json &item : exports) {
        Json &format = item["format"];
        const std::string id = format.is_object() ? format["id"] : format;
        if (recipe_json::hasParameter(Kind::exporter, id, setting.key)) {
            format = format.is_object() ? format : Json{{"id", id}};
            format[setting.key] = Json::parse(setting.value);
            isTaken = true;
        }
    }
    if (!isTaken) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error",
                        "--set exporter.%1: no format named by --export takes it; `methods` "
                        "lists what each takes."),
            setting.key);
    }
}

/// `task.KEY=VALUE` goes to every evaluation whose task has the parameter, `task.ID.KEY=VALUE` to
/// those by the task ID. Asks the registry, so the engine must be loaded.
void applyTaskSetting(Json &evaluations, const Setting &setting)
{
    const std::size_t dot = setting.key.find('.');
    const std::string task = dot == std::string::npos ? "" : setting.key.substr(0, dot);
    const std::string key = dot == std::string::npos ? setting.key : setting.key.substr(dot + 1);
    bool isTaken = false;
    for (Json &evaluation : evaluations) {
        const std::string id = evaluation["task"];
        if (task.empty() ? recipe_json::hasParameter(Kind::metric, id, key) : id == task) {
            evaluation[key] = Json::parse(setting.value);
            isTaken = true;
        }
    }
    if (!isTaken) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "--set task.%1: no task named by --evaluate takes it; `methods` "
                                "lists what each takes."),
                    setting.key);
    }
}

/// `model` is where it lies.
Recipe recipeOf(const Invocation &invocation, const std::filesystem::path &model)
{
    const Arguments &arguments = invocation.arguments;
    Recipe recipe;
    std::string where = "recipe";
    const std::optional<std::string> file = arguments.text("recipe");
    if (file) {
        where = dataFile(*file);
    }
    loadEngine(); // registers the components whose parameters are checked here
    if (file) {
        recipe = readRecipe(where);
    }
    std::vector<std::string> settings = arguments.all("set");
    std::erase_if(settings, isTaskSetting);
    std::erase_if(settings, isExporterSetting);
    recipe.validate(where); // so that what is wrong in the file is not said of --set
    applySettings(recipe, settings);
    recipe.seed = invocation.global.seed.value_or(recipe.seed);
    recipe.validate(where);
    if (recipe.allocation || !recipe.overrides.empty()) { // the job knows no file's name
        static_cast<void>(resolveForRun(recipe, describeModel(model), where));
    }
    return recipe;
}

/// What the job gets beside the recipe. Files are checked here, before the engine is loaded.
Json optionsOf(const Arguments &arguments)
{
    Json options = evaluationOptions(arguments);
    options["evaluations"] = Json::array();
    options["exports"] = Json::array();
    if (const std::optional<std::string> data = arguments.text("calibration")) {
        options["data"] = dataFile(*data);
    }
    for (const std::string &text : arguments.all("evaluate")) {
        const auto [task, data] = splitAtColon(text, "evaluate");
        options["evaluations"].push_back({{"task", task}, {"data", dataFile(data)}});
    }
    for (const std::string &text : arguments.all("export")) {
        const auto [format, folder] = splitAtColon(text, "export");
        Registry::instance().require(Kind::exporter, format, "--export");
        options["exports"].push_back(
            {{"format", format},
             {"output", std::filesystem::absolute(folder).lexically_normal().string()}});
    }
    options["dry_run"] = arguments.has("dry-run");
    options["baseline"] = !arguments.has("no-baseline");
    return options;
}

void printEstimate(const Estimate &estimate, const Output &output)
{
    std::vector<std::pair<std::string, std::string>> facts{
        {"Time", shownSeconds(estimate.seconds)},
        {"Memory", shownBytes(estimate.memoryBytes)},
        {"Size", shownBytes(estimate.bytes)},
        {"Average bits", shown(estimate.averageBits, 5)}};
    for (const PlannedExport &planned : estimate.exports) {
        facts.emplace_back("Export",
                           planned.format + ", " + std::to_string(planned.bytes) + " bytes to "
                               + planned.output);
    }
    output.print({{"estimate", estimate.toJson()}}, shownFacts(facts) + shownNotes(estimate.notes));
}

int runCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    const bool isDryRun = arguments.has("dry-run");
    const std::filesystem::path model = locateModel(arguments.positional("MODEL"));
    JobRequest request = jobRequest(invocation, "run", model);
    request.name = arguments.text("name").value_or("");
    request.experiment = arguments.text("experiment").value_or("");
    Json options = optionsOf(arguments);
    const Recipe recipe = recipeOf(invocation, model);
    options["recipe"] = recipe.toJson();
    for (const std::string &text : arguments.all("set")) {
        if (isTaskSetting(text)) {
            applyTaskSetting(options["evaluations"], Setting::parse(text));
        } else if (isExporterSetting(text)) {
            applyExporterSetting(options["exports"], Setting::parse(text));
        }
    }
    request.options = options.dump();
    request.seed = recipe.seed;
    if (!isDryRun) {
        request.storePath = writableStorePath(invocation.global).string();
    }
    const JobOutcome outcome = runJob(request, invocation.output);
    if (isDryRun) {
        printEstimate(*outcome.require<Estimate>(), invocation.output);
    } else {
        printOutcome(outcome, invocation.output);
    }
    return 0;
}

} // namespace

BITPRISM_COMMAND(run){"run",
                      "Quantize a model by a recipe, measure it, keep it",
                      {{"MODEL", "Model to quantize"}},
                      specs(),
                      &runCommand};

} // namespace bitprism::cli
