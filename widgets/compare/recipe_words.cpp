// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/compare/recipe_words.h"

#include "core/base/component.h"
#include "widgets/forms/param_text.h"
#include "widgets/recipe/component_section.h"
#include "widgets/shared/format.h"
#include "widgets/shared/text.h"

#include <QCoreApplication>
#include <QStringList>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct RecipeWords
{
    Q_DECLARE_TR_FUNCTIONS(RecipeWords)
};

/// A part of recipes that is a component, and what stands for its id there.
struct RecipePart
{
    const char *key;
    Kind kind;
    const char *idKey;
    const char *title;
};

constexpr RecipePart recipeParts[] = {
    {"weights", Kind::weights, "id", QT_TRANSLATE_NOOP("RecipeWords", "Weights")},
    {"activations", Kind::activations, "id", QT_TRANSLATE_NOOP("RecipeWords", "Activations")},
    {"kv_cache", Kind::kv_cache, "id", QT_TRANSLATE_NOOP("RecipeWords", "KV cache")},
    {"allocation", Kind::allocator, "id", QT_TRANSLATE_NOOP("RecipeWords", "Allocation")},
    {"calibration", Kind::sampler, "sampler", QT_TRANSLATE_NOOP("RecipeWords", "Calibration")},
    {"transforms", Kind::transform, "id", QT_TRANSLATE_NOOP("RecipeWords", "Transform %1")},
    {"evaluation", Kind::metric, "task", QT_TRANSLATE_NOOP("RecipeWords", "Measurement %1")},
    {"overrides", Kind::weights, "id", QT_TRANSLATE_NOOP("RecipeWords", "Exception %1")},
};

/// Words of keys that are no parameters of components.
constexpr std::pair<const char *, const char *> plainKeys[] = {
    {"seed", QT_TRANSLATE_NOOP("RecipeWords", "Seed")},
    {"samples", QT_TRANSLATE_NOOP("RecipeWords", "Samples")},
    {"length", QT_TRANSLATE_NOOP("RecipeWords", "Length, tokens")},
    {"data", QT_TRANSLATE_NOOP("RecipeWords", "Data")},
    {"match", QT_TRANSLATE_NOOP("RecipeWords", "Layers")},
    {"skip", QT_TRANSLATE_NOOP("RecipeWords", "Left alone")},
    {"bits", QT_TRANSLATE_NOOP("RecipeWords", "Bits")},
    {"ratio", QT_TRANSLATE_NOOP("RecipeWords", "High-impact ratio")},
    {"layers", QT_TRANSLATE_NOOP("RecipeWords", "By layer")},
};

/// What a key names.
struct NamedKey
{
    const RecipePart *part = nullptr;
    QString title; ///< of the part
    std::string parameter; ///< the rest of the key
    std::optional<ParamInfo> info;
    bool isId = false;
};

NamedKey namedKey(const std::string &key, const std::string &recipe)
{
    NamedKey named;
    const QStringList steps = QString::fromStdString(key).split(u'.');
    const auto part = std::find_if(std::begin(recipeParts), std::end(recipeParts),
                                   [&](const RecipePart &each) { return steps[0] == each.key; });
    if (part == std::end(recipeParts)) {
        return named;
    }
    named.part = part;
    named.title = RecipeWords::tr(part->title);
    Json chosen = parsed(recipe);
    chosen = chosen.is_object() ? chosen.value(part->key, Json()) : Json();
    qsizetype first = 1;
    bool isNumber = false;
    const std::size_t place = steps.value(1).toULongLong(&isNumber);
    if (isNumber) { // one of several
        first = 2;
        named.title = named.title.arg(place + 1);
        chosen = chosen.is_array() && place < chosen.size() ? chosen[place] : Json();
    }
    named.parameter = steps.mid(first).join(u'.').toStdString();
    named.isId = named.parameter == part->idKey;
    if (chosen.is_object()) {
        const Json id = chosen.value(part->idKey, Json());
        const ComponentEntry *entry = id.is_string()
            ? Registry::instance().find(part->kind, id.get<std::string>())
            : nullptr;
        const std::vector<ParamInfo> known
            = entry == nullptr ? std::vector<ParamInfo>() : entry->info().parameters;
        const auto found = std::find_if(known.begin(), known.end(), [&](const ParamInfo &info) {
            return info.key == named.parameter;
        });
        named.info = found == known.end() ? std::nullopt : std::optional(*found);
    }
    return named;
}

/// Of a component that neither recipe has: components call the same thing the same.
std::optional<ParamInfo> parameterOfAny(Kind kind, const std::string &key)
{
    for (const std::string &id : Registry::instance().ids(kind)) {
        for (const ParamInfo &info : Registry::instance().find(kind, id)->info().parameters) {
            if (info.key == key) {
                return info;
            }
        }
    }
    return std::nullopt;
}

std::optional<QString> plainWord(const std::string &key)
{
    const auto found = std::find_if(std::begin(plainKeys), std::end(plainKeys),
                                    [&key](const auto &each) { return key == each.first; });
    return found == std::end(plainKeys) ? std::nullopt
                                        : std::optional(RecipeWords::tr(found->second));
}

} // namespace

QString recipeKeyText(const std::string &key, const std::string &recipe, const std::string &other)
{
    NamedKey named = namedKey(key, recipe);
    if (named.part == nullptr) {
        return plainWord(key).value_or(QString::fromStdString(key));
    }
    if (named.isId || named.parameter.empty()) {
        return named.title;
    }
    if (!named.info) { // a parameter of the component that the other has in this place
        named.info = namedKey(key, other).info;
    }
    std::optional<QString> word = named.info ? titleOf(*named.info) : plainWord(named.parameter);
    if (!word) {
        const std::optional<ParamInfo> info = parameterOfAny(named.part->kind, named.parameter);
        word = info ? titleOf(*info) : QString::fromStdString(named.parameter);
    }
    //: a part of the recipe and one of its parameters: "Weights: Bits"
    return RecipeWords::tr("%1: %2").arg(named.title, *word);
}

QString recipeValueText(const std::string &key, const std::string &value, const std::string &recipe)
{
    if (value.empty()) {
        return notMeasured();
    }
    const NamedKey named = namedKey(key, recipe);
    const Json json = parsed(value);
    if (json.is_boolean()) {
        return json.get<bool>() ? RecipeWords::tr("yes") : RecipeWords::tr("no");
    }
    QString text = stringOf(json);
    if (named.isId && json.is_string()) {
        return componentTitle(named.part->kind, json.get<std::string>());
    }
    for (const Choice &choice : named.info ? named.info->choices : std::vector<Choice>()) {
        if (text.toStdString() == choice.value) {
            return translated(choice.title);
        }
    }
    return text;
}

} // namespace bitprism
