// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/recipe_keeper.h"

#include "core/recipe/recipe.h"
#include "widgets/jobs/worker.h"
#include "widgets/recipe/recipe_document.h"

#include <QCoreApplication>
#include <QSettings>
#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace bitprism {

namespace {

constexpr int saveMilliseconds = 300; // a slider that moves is saved once

QString keyOf(const std::string &model)
{
    return QStringLiteral("data/recipe/") + QString::fromStdString(model).replace('/', '|');
}

/// Nothing where it is no recipe, or a wrong one.
std::optional<Recipe> recipeFrom(const std::string &text)
{
    std::optional<Recipe> recipe;
    const ErrorPtr problem = errorOf([&] {
        recipe = Recipe::fromJson(Json::parse(text), "settings");
        Recipe filled = *recipe; // what is kept stays as it was written
        filled.validate();
    });
    return problem ? std::nullopt : recipe;
}

} // namespace

RecipeKeeper::RecipeKeeper(RecipeDocument &document, QObject *parent)
    : QObject(parent)
    , m_document(document)
{
    m_saving.setSingleShot(true);
    m_saving.setInterval(saveMilliseconds);
    connect(&m_saving, &QTimer::timeout, this, &RecipeKeeper::save);
    connect(&document, &RecipeDocument::changed, this, [this] {
        m_isChanged = true;
        m_saving.start();
    });
    // A process that ends while a job is at work destroys nothing.
    connect(QCoreApplication::instance(), &QCoreApplication::aboutToQuit, this,
            &RecipeKeeper::save);
}

RecipeKeeper::~RecipeKeeper() { save(); }

void RecipeKeeper::open(const std::string &path)
{
    save();
    const bool isForTheNext = m_model.empty() && m_document.undoStack().count() > 0;
    m_model = path;
    m_isBroughtBack = false;
    if (isForTheNext) {
        m_isChanged = true;
        save();
        return;
    }
    std::optional<Recipe> kept;
    if (m_isStarted) {
        kept = recipeFrom(QSettings().value(keyOf(path)).toString().toStdString());
    }
    m_isBroughtBack = kept.has_value();
    if (!kept) {
        kept = m_document.recipe();
        kept->overrides.clear();
        kept->allocation.reset();
    }
    m_document.reset(*kept);
    m_isChanged = false; // nothing was edited yet
}

void RecipeKeeper::checkAgain()
{
    const bool isUntouched = m_isBroughtBack && m_document.undoStack().count() == 0;
    if (isUntouched && !recipeFrom(m_document.recipe().toText())) {
        m_document.reset(Recipe());
        m_isChanged = false;
    }
}

/// What is wrong just now, such as an exception without a name, leaves what was kept before.
void RecipeKeeper::save()
{
    m_saving.stop();
    if (!std::exchange(m_isChanged, false) || !m_isStarted || m_model.empty()) {
        return;
    }
    const std::string text = m_document.recipe().toText();
    if (recipeFrom(text)) {
        QSettings().setValue(keyOf(m_model), QString::fromStdString(text));
    }
}

} // namespace bitprism
