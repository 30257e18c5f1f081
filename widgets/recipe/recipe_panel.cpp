// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/recipe_panel.h"

#include "widgets/forms/param_form.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/estimate_question.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/recipe/component_section.h"
#include "widgets/recipe/evaluations_section.h"
#include "widgets/recipe/overrides_section.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/recipe/recipe_files.h"
#include "widgets/recipe/recipe_parameters.h"
#include "widgets/recipe/transforms_section.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

namespace bitprism {

RecipePanel::RecipePanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_weights(new ComponentSection(Kind::weights, tr("Weights"), false, this))
    , m_activations(new ComponentSection(Kind::activations, tr("Activations"), false, this))
    , m_kvCache(new ComponentSection(Kind::kv_cache, tr("KV cache"), false, this))
    , m_transforms(new TransformsSection(this))
    , m_allocation(new ComponentSection(Kind::allocator, tr("Allocation"), true, this))
    , m_calibration(new ComponentSection(Kind::sampler, tr("Calibration"), false, this))
    , m_numbers(new ParamForm(this))
    , m_dataSection(new Section(tr("Data"), this))
    , m_data(new ParamForm(this))
    , m_overrides(new OverridesSection(this))
    , m_evaluations(new EvaluationsSection(this))
    , m_runSection(new Section(tr("Run"), this))
    , m_runForm(new ParamForm(this))
    , m_files(new RecipeFiles(*context.recipe, context.project->interactiveThread(), this))
    , m_problem(new QLabel(this))
    , m_estimate(new QLabel(this))
    , m_run(new QPushButton(tr("R&un this recipe"), this))
    , m_question(new EstimateQuestion(
          *context.hub, QStringLiteral("recipe"),
          [this] {
              return m_isGood
                  ? std::optional(runRequest(*m_context.project, m_context.recipe->recipe(), {}))
                  : std::nullopt;
          },
          this))
{
    m_calibration->hideParameters({"samples", "length"});
    m_numbers->setParameters(sampleParameters());
    m_calibration->addContent(m_numbers);
    m_data->setAccessiblePrefix(tr("Data"));
    m_data->setParameters(dataParameters());
    m_dataSection->addContent(m_data);
    m_runForm->setAccessiblePrefix(tr("Run"));
    m_runForm->setParameters(runParameters());
    m_runSection->addContent(m_runForm);
    m_weights->setOpen(true);

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

void RecipePanel::reload()
{
    for (ComponentSection *section :
         {m_weights, m_activations, m_kvCache, m_allocation, m_calibration}) {
        section->reload();
    }
    m_transforms->reload();
    m_evaluations->reload();
    showRecipe();
}

void RecipePanel::showRecipe()
{
    const Recipe &recipe = m_context.recipe->recipe();
    m_weights->showChoice(recipe.weights);
    m_activations->showChoice(recipe.activations);
    m_kvCache->showChoice(recipe.kvCache);
    m_transforms->showTransforms(recipe.transforms);
    m_allocation->showChoice(recipe.allocation.value_or(ComponentChoice{"", "{}"}));
    m_calibration->showChoice(recipe.calibration.sampler);
    m_calibration->setSummary(tr("%1, %2 \u00d7 %3 tokens")
                                  .arg(componentTitle(Kind::sampler, recipe.calibration.sampler.id))
                                  .arg(recipe.calibration.samples)
                                  .arg(recipe.calibration.length));
    m_numbers->setValues(
        Json{{"samples", recipe.calibration.samples}, {"length", recipe.calibration.length}}
            .dump());
    m_overrides->showOverrides(recipe.overrides);
    m_evaluations->showEvaluations(recipe.evaluation);
    showRun();
    check();
}

void RecipePanel::showRun()
{
    const Recipe &recipe = m_context.recipe->recipe();
    m_runForm->setValues(Json{{"seed", recipe.seed},
                              {"name", m_name.toStdString()},
                              {"experiment", m_experiment.toStdString()}}
                             .dump());
    m_runSection->setSummary(m_experiment.isEmpty() ? runName()
                                                    : tr("%1 in %2").arg(runName(), m_experiment));
}

QString RecipePanel::runName() const
{
    return m_name.isEmpty() ? recipeTitle(m_context.recipe->recipe()) : m_name;
}

void RecipePanel::showData()
{
    const Project &project = *m_context.project;
    m_data->setValues(Json{{"calibration", project.calibrationFile().toStdString()},
                           {"evaluation", project.evaluationFile().toStdString()}}
                          .dump());
    m_evaluations->setDefaultData(project.evaluationFile());
    m_evaluations->showUsual(project.usualEvaluation());
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
    (key == "samples" ? after.calibration.samples : after.calibration.length)
        = static_cast<int>(number);
    m_context.recipe->edit(title, std::move(after), QString::fromStdString(key));
}

/// The seed is part of the recipe; name and experiment are of the run alone, so nothing to undo.
void RecipePanel::takeRun(const std::string &key, const std::string &value, const QString &title)
{
    const Json given = Json::parse(value);
    if (key == "seed") {
        Recipe after = m_context.recipe->recipe();
        after.seed = given.get<std::uint64_t>();
        m_context.recipe->edit(title, std::move(after), QString::fromStdString(key));
        return;
    }
    (key == "name" ? m_name : m_experiment)
        = QString::fromStdString(given.get<std::string>()).trimmed();
    showRun();
}

/// Looks for what is wrong or missing, says it, and asks anew what a run would take.
void RecipePanel::check()
{
    for (const ParamForm *form : findChildren<ParamForm *>()) { // those of new rows too
        connect(form, &ParamForm::validityChanged, this, &RecipePanel::check,
                Qt::ConnectionType(Qt::QueuedConnection | Qt::UniqueConnection));
    }
    const Recipe &recipe = m_context.recipe->recipe();
    bool isGood = m_weights->check(recipe.weights);
    isGood = m_activations->check(recipe.activations) && isGood;
    isGood = m_kvCache->check(recipe.kvCache) && isGood;
    isGood = m_transforms->check() && isGood;
    isGood = m_evaluations->check() && isGood;
    isGood = m_calibration->check(recipe.calibration.sampler) && isGood;
    isGood = m_numbers->isValid() && m_runForm->isValid() && isGood;
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
    m_question->renew();
    showEstimate();
    Q_EMIT canRunChanged();
}

void RecipePanel::showEstimate()
{
    if (!m_isGood) {
        m_estimate->clear();
        m_run->setToolTip({});
        return;
    }
    const HubEstimate estimate = m_question->answer();
    m_run->setToolTip(estimateHint(estimate));
    if (estimate.value) {
        m_estimate->setText(tr("About %1, %2 of memory; the model becomes %3.")
                                .arg(formatSeconds(estimate.value->seconds),
                                     formatBytes(estimate.value->memoryBytes),
                                     formatBytes(estimate.value->bytes)));
    } else if (!estimate.problem.isEmpty() && !estimate.isPending) {
        m_estimate->setText(estimate.problem);
    } else if (!m_context.hub->isReady()) {
        m_estimate->setText(tr("The engine is loading..."));
    } else {
        m_estimate->setText(estimate.waitsForJob
                                ? tr("How long it will take is estimated after the job at work, "
                                     "and before this one begins.")
                                : tr("Estimating how long it will take... Started now, it begins "
                                     "after that."));
    }
}

bool RecipePanel::canRun() const { return m_isGood; }

void RecipePanel::run()
{
    if (!m_isGood) {
        return;
    }
    JobRequest request = runRequest(*m_context.project, m_context.recipe->recipe(), runName());
    request.experiment = m_experiment.toStdString();
    m_context.hub->submit(request, runName());
}

void RecipePanel::openRecipe(const QString &file) { m_files->openFrom(file); }

void RecipePanel::chooseRecipe() { m_files->chooseRecipe(); }

void RecipePanel::saveRecipe() { m_files->chooseTarget(); }

} // namespace bitprism
