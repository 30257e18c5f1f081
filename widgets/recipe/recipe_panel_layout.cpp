// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RecipePanel that lays it out and wires it.
#include "widgets/forms/param_form.h"
#include "widgets/jobs/estimate_question.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/recipe/component_section.h"
#include "widgets/recipe/evaluations_section.h"
#include "widgets/recipe/overrides_section.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/recipe/recipe_files.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/recipe/transforms_section.h"
#include "widgets/shared/full_height.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/scroll_page.h"
#include "widgets/shared/text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

namespace bitprism {

QWidget *RecipePanel::makeHeading()
{
    auto *box = new QWidget(this);
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    QUndoStack &undo = m_context.recipe->undoStack();
    auto *undoButton = new QPushButton(tr("Undo"), box);
    auto *redoButton = new QPushButton(tr("Redo"), box);
    layout->addWidget(undoButton);
    layout->addWidget(redoButton);
    layout->addStretch();
    for (const auto &[button, isUndo] : {std::pair(undoButton, true), {redoButton, false}}) {
        // The stack is older than a window that is made anew.
        button->setEnabled(isUndo ? undo.canUndo() : undo.canRedo());
        button->setToolTip(isUndo ? undo.undoText() : undo.redoText());
        connect(&undo, isUndo ? &QUndoStack::canUndoChanged : &QUndoStack::canRedoChanged, button,
                &QWidget::setEnabled);
        connect(&undo, isUndo ? &QUndoStack::undoTextChanged : &QUndoStack::redoTextChanged, button,
                &QWidget::setToolTip);
    }
    connect(undoButton, &QPushButton::clicked, &undo, &QUndoStack::undo);
    connect(redoButton, &QPushButton::clicked, &undo, &QUndoStack::redo);
    return box;
}

QWidget *RecipePanel::makeSections()
{
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    layout->setContentsMargins(0, 0, space(this, 2), 0);
    layout->setSpacing(space(this, 2));
    for (QWidget *section : std::initializer_list<QWidget *>{
             m_weights, m_activations, m_kvCache, m_transforms, m_allocation, m_overrides,
             m_calibration, m_evaluations, m_dataSection, m_runSection}) {
        layout->addWidget(section);
    }
    layout->addStretch();
    return new ScrollPage(content, tr("The recipe's parts"), this);
}

QWidget *RecipePanel::makeFooter()
{
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_estimate->setWordWrap(true);
    m_estimate->setFont(scaledFont(this, 0.85));
    m_estimate->setForegroundRole(QPalette::PlaceholderText);
    m_run->setDefault(false);
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(m_files);
    layout->addWidget(m_problem);
    layout->addWidget(m_run);
    layout->addWidget(m_estimate);
    connect(m_run, &QPushButton::clicked, this, &RecipePanel::run);
    keepFullHeight(box);
    return box;
}

void RecipePanel::connectSections()
{
    RecipeDocument *document = m_context.recipe;
    const auto edits = [document](auto member) {
        return [document, member](const auto &value, const QString &text, const QString &key) {
            Recipe after = document->recipe();
            member(after) = value;
            document->edit(text, std::move(after), key);
        };
    };
    connect(m_weights, &ComponentSection::edited, this,
            edits([](Recipe & recipe) -> auto & { return recipe.weights; }));
    connect(m_activations, &ComponentSection::edited, this,
            edits([](Recipe & recipe) -> auto & { return recipe.activations; }));
    connect(m_kvCache, &ComponentSection::edited, this,
            edits([](Recipe & recipe) -> auto & { return recipe.kvCache; }));
    connect(m_evaluations, &EvaluationsSection::edited, this,
            edits([](Recipe & recipe) -> auto & { return recipe.evaluation; }));
    connect(m_evaluations, &EvaluationsSection::cutEdited, m_context.project,
            &Project::setUsualEvaluation);
    connect(m_transforms, &TransformsSection::edited, this,
            edits([](Recipe & recipe) -> auto & { return recipe.transforms; }));
    connect(m_calibration, &ComponentSection::edited, this,
            edits([](Recipe & recipe) -> auto & { return recipe.calibration.sampler; }));
    connect(m_allocation, &ComponentSection::edited, this,
            [document](const ComponentChoice &choice, const QString &text, const QString &key) {
                Recipe after = document->recipe();
                after.allocation = choice.id.empty() ? std::nullopt : std::optional(choice);
                document->edit(text, std::move(after), key);
            });
    connect(m_overrides, &OverridesSection::edited, this,
            [document](const std::vector<LayerOverride> &overrides) {
                Recipe after = document->recipe();
                after.overrides = overrides;
                document->edit(tr("Exceptions"), std::move(after));
            });
    connect(m_numbers, &ParamForm::edited, this, &RecipePanel::takeNumbers);
    connect(m_runForm, &ParamForm::edited, this, &RecipePanel::takeRun);
    connect(m_data, &ParamForm::edited, this, &RecipePanel::takeData);
    connect(document, &RecipeDocument::changed, this, &RecipePanel::showRecipe);
    connect(m_context.project, &Project::changed, this, &RecipePanel::check);
    connect(m_context.project, &Project::dataFilesChanged, this, &RecipePanel::showData);
    // In an event of its own: others answer the same, and the window must not stand still.
    connect(m_context.hub, &JobHub::readyChanged, this, &RecipePanel::reload, Qt::QueuedConnection);
    connect(m_question, &EstimateQuestion::changed, this, &RecipePanel::showEstimate);
}

QString recipeTitle(const Recipe &recipe)
{
    const Json params = recipe.weights.parameters();
    QString title = QString::fromStdString(recipe.weights.id);
    if (params.contains("bits") && params["bits"].is_number_integer()) {
        title = RecipePanel::tr("%1, %2 bits").arg(title).arg(params["bits"].get<int>());
    }
    QStringList parts{title};
    for (const ComponentChoice &transform : recipe.transforms) {
        parts.append(QString::fromStdString(transform.id));
    }
    if (recipe.allocation) {
        parts.append(QString::fromStdString(recipe.allocation->id));
    }
    if (recipe.activations.id != "none") {
        parts.append(QString::fromStdString(recipe.activations.id));
    }
    if (recipe.kvCache.id != "full") {
        parts.append(
            RecipePanel::tr("KV cache: %1").arg(QString::fromStdString(recipe.kvCache.id)));
    }
    if (!recipe.overrides.empty()) {
        parts.append(
            RecipePanel::tr("%n exceptions", nullptr, static_cast<int>(recipe.overrides.size())));
    }
    return listText(parts);
}

} // namespace bitprism
