// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/recipe_panel.h"

#include "core/io/atomic_file.h"
#include "widgets/forms/param_form.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/recipe/component_section.h"
#include "widgets/recipe/overrides_section.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/recipe/transforms_section.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"
#include "widgets/shared/theme.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

constexpr int estimateDelay = 400; // milliseconds without an edit before an estimate is asked for
const QString estimateAsker = QStringLiteral("recipe");

ParamInfo parameter(const char *key, const char *type, const ParamText &text,
                    const std::string &value, double min = 0, double max = 0)
{
    ParamInfo info;
    info.key = key;
    info.type = type;
    info.text = text;
    info.defaultValue = value;
    info.min = min;
    info.max = max;
    return info;
}

std::vector<ParamInfo> dataParameters()
{
    return {parameter("calibration", "path",
                      {BITPRISM_TR("Recipe", "Calibration"),
                       BITPRISM_TR("Recipe",
                                   "File that statistics are collected on; never used "
                                   "for measuring.")},
                      "\"\""),
            parameter("evaluation", "path",
                      {BITPRISM_TR("Recipe", "Evaluation"),
                       BITPRISM_TR("Recipe", "Held-out file that perplexity is measured on.")},
                      "\"\"")};
}

std::vector<ParamInfo> numberParameters()
{
    return {parameter("samples", "integer",
                      {BITPRISM_TR("Recipe", "Samples"),
                       BITPRISM_TR("Recipe", "Number of calibration samples.")},
                      "128", 1, 1e6),
            parameter("length", "integer",
                      {BITPRISM_TR("Recipe", "Length"),
                       BITPRISM_TR("Recipe", "Tokens of a sample; cut to what the model can take."),
                       "tokens"},
                      "2048", 1, 1048576),
            parameter("seed", "integer",
                      {BITPRISM_TR("Recipe", "Seed"),
                       BITPRISM_TR("Recipe", "Equal seeds give equal codes, bit for bit.")},
                      "0", 0, 9e15)};
}

} // namespace

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
    if (!recipe.overrides.empty()) {
        parts.append(RecipePanel::tr("exceptions: %1").arg(recipe.overrides.size()));
    }
    return parts.join(", ");
}

RecipePanel::RecipePanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_weights(new ComponentSection(Kind::weights, tr("Weights"), false, this))
    , m_activations(new ComponentSection(Kind::activations, tr("Activations"), false, this))
    , m_transforms(new TransformsSection(this))
    , m_allocation(new ComponentSection(Kind::allocator, tr("Allocation"), true, this))
    , m_calibration(new ComponentSection(Kind::sampler, tr("Calibration"), false, this))
    , m_numbers(new ParamForm(this))
    , m_dataSection(new Section(tr("Data"), this))
    , m_data(new ParamForm(this))
    , m_overrides(new OverridesSection(this))
    , m_name(new QLineEdit(this))
    , m_problem(new QLabel(this))
    , m_estimate(new QLabel(this))
    , m_run(new QPushButton(tr("&Run this recipe"), this))
    , m_estimateTimer(new QTimer(this))
{
    m_calibration->hideParameters({"samples", "length"});
    m_numbers->setParameters(numberParameters());
    m_calibration->addContent(m_numbers);
    m_data->setAccessiblePrefix(tr("Data"));
    m_data->setParameters(dataParameters());
    m_dataSection->addContent(m_data);
    m_weights->setOpen(true);
    m_estimateTimer->setSingleShot(true);
    m_estimateTimer->setInterval(estimateDelay);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space(this, 2), space(this, 2), space(this, 2), space(this, 2));
    layout->setSpacing(space(this, 2));
    layout->addWidget(makeHeading());
    layout->addWidget(makeSections(), 1);
    layout->addWidget(makeFooter());
    connectSections();
    reload();
    showData();
}

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
        button->setEnabled(false);
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
    for (QWidget *section :
         std::initializer_list<QWidget *>{m_weights, m_activations, m_transforms, m_allocation,
                                          m_overrides, m_calibration, m_dataSection}) {
        layout->addWidget(section);
    }
    layout->addStretch();
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("The recipe's parts"));
    return scroll;
}

QWidget *RecipePanel::makeFooter()
{
    m_name->setPlaceholderText(recipeTitle(m_context.recipe->recipe()));
    m_name->setAccessibleName(tr("Name of the run"));
    m_name->setToolTip(tr("What the run is called in the list; empty: by its recipe."));
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
    layout->addWidget(m_problem);
    layout->addWidget(m_name);
    layout->addWidget(m_run);
    layout->addWidget(m_estimate);
    connect(m_run, &QPushButton::clicked, this, &RecipePanel::run);
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
    connect(m_data, &ParamForm::edited, this, &RecipePanel::takeData);
    connect(document, &RecipeDocument::changed, this, &RecipePanel::showRecipe);
    connect(m_context.project, &Project::changed, this, &RecipePanel::check);
    connect(m_context.project, &Project::dataFilesChanged, this, &RecipePanel::showData);
    connect(m_context.hub, &JobHub::readyChanged, this, &RecipePanel::reload);
    connect(m_context.hub, &JobHub::estimateChanged, this, &RecipePanel::showEstimate);
    connect(m_estimateTimer, &QTimer::timeout, this, &RecipePanel::askEstimate);
}

void RecipePanel::reload()
{
    for (ComponentSection *section : {m_weights, m_activations, m_allocation, m_calibration}) {
        section->reload();
    }
    m_transforms->reload();
    showRecipe();
}

void RecipePanel::showRecipe()
{
    const Recipe &recipe = m_context.recipe->recipe();
    m_weights->showChoice(recipe.weights);
    m_activations->showChoice(recipe.activations);
    m_transforms->showTransforms(recipe.transforms);
    m_allocation->showChoice(recipe.allocation.value_or(ComponentChoice{"", "{}"}));
    m_calibration->showChoice(recipe.calibration.sampler);
    m_calibration->setSummary(tr("%1, %2 \u00d7 %3 tokens")
                                  .arg(componentTitle(Kind::sampler, recipe.calibration.sampler.id))
                                  .arg(recipe.calibration.samples)
                                  .arg(recipe.calibration.length));
    m_numbers->setValues(Json{
        {"samples", recipe.calibration.samples},
        {"length", recipe.calibration.length},
        {"seed",
         recipe.seed}}.dump());
    m_overrides->showOverrides(recipe.overrides);
    m_name->setPlaceholderText(recipeTitle(recipe));
    check();
}

void RecipePanel::showData()
{
    const Project &project = *m_context.project;
    m_data->setValues(Json{{"calibration", project.calibrationFile().toStdString()},
                           {"evaluation", project.evaluationFile().toStdString()}}
                          .dump());
    const bool isMissing = project.model() && project.calibrationFile().isEmpty();
    m_dataSection->setSummary(project.calibrationFile().isEmpty()
                                  ? tr("None chosen")
                                  : project.calibrationFile().section('/', -1));
    if (isMissing) {
        m_dataSection->setOpen(true);
    }
    check();
}

void RecipePanel::takeData(const std::string &key, const std::string &value)
{
    const QString file = QString::fromStdString(Json::parse(value).get<std::string>());
    const Project &project = *m_context.project;
    const bool isCalibration = key == "calibration";
    m_context.project->setDataFiles(isCalibration ? file : project.calibrationFile(),
                                    isCalibration ? project.evaluationFile() : file);
}

void RecipePanel::takeNumbers(const std::string &key, const std::string &value,
                              const QString &title)
{
    Recipe after = m_context.recipe->recipe();
    const auto number = Json::parse(value).get<std::int64_t>();
    if (key == "samples") {
        after.calibration.samples = static_cast<int>(number);
    } else if (key == "length") {
        after.calibration.length = static_cast<int>(number);
    } else {
        after.seed = static_cast<std::uint64_t>(number);
    }
    m_context.recipe->edit(title, std::move(after), QString::fromStdString(key));
}

/// Looks for what is wrong or missing, says it, and asks anew what a run would take.
void RecipePanel::check()
{
    const Recipe &recipe = m_context.recipe->recipe();
    bool isGood = m_weights->check(recipe.weights);
    isGood = m_activations->check(recipe.activations) && isGood;
    isGood = m_transforms->check() && isGood;
    isGood = m_calibration->check(recipe.calibration.sampler) && isGood;
    isGood = m_numbers->isValid() && isGood;
    if (recipe.allocation) {
        isGood = m_allocation->check(*recipe.allocation) && isGood;
    }
    QString problem = missingForAnalysis(*m_context.project);
    if (problem.isEmpty() && isGood) {
        Recipe filled = recipe;
        const ErrorPtr wrong = errorOf([&] { filled.validate(); });
        problem = wrong ? errorText(*wrong) : QString();
    }
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_isGood = isGood && problem.isEmpty();
    m_run->setEnabled(m_isGood);
    m_estimateTimer->start();
    showEstimate();
    Q_EMIT canRunChanged();
}

void RecipePanel::askEstimate()
{
    if (m_isGood) {
        m_context.hub->requestEstimate(
            estimateAsker, runRequest(*m_context.project, m_context.recipe->recipe(), {}));
    }
}

void RecipePanel::showEstimate()
{
    if (!m_isGood) {
        m_estimate->clear();
        return;
    }
    const HubEstimate estimate
        = m_context.hub->estimateOf(runRequest(*m_context.project, m_context.recipe->recipe(), {}));
    if (estimate.value) {
        m_estimate->setText(tr("About %1, %2 of memory; the model becomes %3.")
                                .arg(formatSeconds(estimate.value->seconds),
                                     formatBytes(estimate.value->memoryBytes),
                                     formatBytes(estimate.value->bytes)));
    } else if (!estimate.problem.isEmpty()) {
        m_estimate->setText(estimate.problem);
    } else {
        m_estimate->setText(m_context.hub->isReady() ? tr("Estimating how long it will take...")
                                                     : tr("The engine is loading..."));
    }
}

bool RecipePanel::canRun() const { return m_isGood; }

void RecipePanel::run()
{
    if (!m_isGood) {
        return;
    }
    const Recipe &recipe = m_context.recipe->recipe();
    const QString name
        = m_name->text().trimmed().isEmpty() ? recipeTitle(recipe) : m_name->text().trimmed();
    m_context.hub->submit(runRequest(*m_context.project, recipe, name), name);
}

void RecipePanel::openRecipe()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Open a recipe"), {},
                                                      tr("Recipes (*.json);;All files (*)"));
    if (file.isEmpty()) {
        return;
    }
    const ErrorPtr problem = errorOf(
        [&] { m_context.recipe->edit(tr("Open a recipe"), readRecipe(file.toStdString())); });
    if (problem) {
        m_problem->setText(errorText(*problem));
        m_problem->show();
    }
}

void RecipePanel::saveRecipe()
{
    const QString file = QFileDialog::getSaveFileName(this, tr("Save the recipe"), "recipe.json",
                                                      tr("Recipes (*.json)"));
    if (file.isEmpty()) {
        return;
    }
    const ErrorPtr problem = errorOf([&] {
        io::AtomicFile target(file.toStdString());
        target.write(m_context.recipe->recipe().toFileText());
        target.commit();
    });
    if (problem) {
        m_problem->setText(errorText(*problem));
        m_problem->show();
    }
}

} // namespace bitprism
