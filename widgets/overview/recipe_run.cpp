// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/recipe_run.h"

#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/worker.h"
#include "widgets/recipe/recipe_document.h"

#include <nlohmann/json.hpp>

#include <algorithm>

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

bool isSameChoice(Kind kind, const ComponentChoice &a, const ComponentChoice &b)
{
    return a.id == b.id && wholeParameters(kind, a) == wholeParameters(kind, b);
}

} // namespace

bool isSameQuantization(const Recipe &a, const Recipe &b)
{
    return isSameChoice(Kind::weights, a.weights, b.weights)
        && isSameChoice(Kind::activations, a.activations, b.activations)
        && isSameChoice(Kind::kv_cache, a.kvCache, b.kvCache) && a.overrides == b.overrides
        && a.allocation.has_value() == b.allocation.has_value()
        && (!a.allocation || isSameChoice(Kind::allocator, *a.allocation, *b.allocation))
        && std::equal(a.transforms.begin(), a.transforms.end(), b.transforms.begin(),
                      b.transforms.end(),
                      [](const ComponentChoice &one, const ComponentChoice &other) {
                          return isSameChoice(Kind::transform, one, other);
                      });
}

QString runOfRecipe(const ViewContext &context)
{
    int looked = 0;
    static const RunList none;
    const RunListPtr runs = context.project->runs();
    for (const store::RunRecord &run : runs ? *runs : none) { // newest first
        if (run.kind != "run" || run.status != store::RunStatus::Finished
            || run.modelHash != context.project->modelHash() || looked == mostLooked) {
            continue;
        }
        ++looked;
        QString id = QString::fromStdString(run.id);
        const auto record = context.library->record(id);
        Recipe recipe;
        const bool isRead = record && !record->recipe.empty()
            && !errorOf([&] { recipe = Recipe::fromJson(Json::parse(record->recipe), run.id); });
        if (isRead && isSameQuantization(recipe, context.recipe->recipe())) {
            return id;
        }
    }
    return {};
}

} // namespace bitprism
