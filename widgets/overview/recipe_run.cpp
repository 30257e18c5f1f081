// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/recipe_run.h"

#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/worker.h"
#include "widgets/recipe/recipe_document.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

constexpr int mostLooked = 24; // runs whose recipes are read

/// The parameters with the defaults of those that are not written, where the component is known.
Json wholeParameters(Kind kind, const ComponentChoice &choice)
{
    Json whole = choice.parameters();
    const ComponentEntry *entry = Registry::instance().find(kind, choice.id);
    const std::vector<ParamInfo> known
        = entry == nullptr ? std::vector<ParamInfo>() : entry->info().parameters;
    for (const ParamInfo &parameter : known) {
        if (!whole.contains(parameter.key)) {
            whole[parameter.key] = Json::parse(parameter.defaultValue, nullptr, false);
        }
    }
    return whole;
}

Json wholeChoice(Kind kind, const ComponentChoice &choice)
{
    return Json::array({choice.id, wholeParameters(kind, choice)});
}

} // namespace

std::string quantizationOf(const Recipe &recipe)
{
    Json whole = Json::array(
        {wholeChoice(Kind::weights, recipe.weights),
         wholeChoice(Kind::activations, recipe.activations),
         wholeChoice(Kind::kv_cache, recipe.kvCache),
         recipe.allocation ? wholeChoice(Kind::allocator, *recipe.allocation) : Json()});
    Json transforms = Json::array();
    for (const ComponentChoice &transform : recipe.transforms) {
        transforms.push_back(wholeChoice(Kind::transform, transform));
    }
    whole.push_back(std::move(transforms));
    Recipe exceptions; // as recipes write them
    exceptions.overrides = recipe.overrides;
    whole.push_back(exceptions.toJson().value("overrides", Json()));
    return whole.dump();
}

QString RecipeRuns::newestOf(const ViewContext &context)
{
    const std::string wanted = quantizationOf(context.recipe->recipe());
    int looked = 0;
    static const RunList none;
    const RunListPtr runs = context.project->runs();
    for (const store::RunRecord &run : runs ? *runs : none) { // newest first
        if (run.kind != "run" || run.status != store::RunStatus::Finished
            || run.modelHash != context.project->modelHash() || looked == mostLooked) {
            continue;
        }
        ++looked;
        if (known(context, run.id) == wanted) {
            return QString::fromStdString(run.id);
        }
    }
    return {};
}

/// Recipes of finished runs do not change: each is read once. Empty: not read yet.
std::string RecipeRuns::known(const ViewContext &context, const std::string &run)
{
    const auto found = m_known.find(run);
    if (found != m_known.end()) {
        return found->second;
    }
    const auto record = context.library->record(QString::fromStdString(run));
    std::string text;
    const bool isRead
        = record && !record->recipe.empty() && !errorOf([&] {
              text = quantizationOf(Recipe::fromJson(Json::parse(record->recipe), run));
          });
    return isRead ? m_known[run] = text : std::string();
}

} // namespace bitprism
