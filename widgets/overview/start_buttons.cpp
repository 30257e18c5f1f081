// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/start_buttons.h"

#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/data_choice.h"
#include "widgets/jobs/estimate_question.h"
#include "widgets/jobs/project.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/shared/metrics.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace bitprism {

StartButtons::StartButtons(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_missing(new QLabel(this))
    , m_chooseData(new QPushButton(this))
{
    auto *layout = new QGridLayout(this);
    layout->setContentsMargins({});
    layout->setHorizontalSpacing(space(this, 4));
    layout->setVerticalSpacing(space(this, 2));
    layout->setColumnStretch(2, 1);
    m_missing->setForegroundRole(QPalette::PlaceholderText);
    m_missing->setWordWrap(true);
    connect(m_chooseData, &QPushButton::clicked, this,
            [this] { chooseCalibrationData(*m_context.project, this); });
    auto *need = new QHBoxLayout;
    need->addWidget(m_missing, 1);
    need->addWidget(m_chooseData);
    layout->addLayout(need, 0, 0, 1, 3);
    const Project *project = context.project;
    const RecipeDocument *recipe = context.recipe;
    add({"sensitivity", "sensitivity", tr("Sensitivity"),
         tr("What quantizing each layer alone costs, at 2, 3, 4 and 8 bits"),
         tr("How far each layer's weights move at 2, 3, 4 and 8 bits"),
         tr("Takes the recipe's quantizer and the project's data, and so does its time. Measure "
            "again in the view Sensitivity repeats the run that is shown there, with the settings "
            "of that run."),
         [=] { return sensitivityRequest(*project, recipe->recipe()); }},
        tr("Measure sensitivity"));
    add({"outliers", "outliers", tr("Outliers"),
         tr("Which channels and tokens of every layer's input stand out"),
         tr("Which columns and rows of every layer's weights stand out"),
         tr("Takes the project's data, and so does its time. Measure again in the view Outliers "
            "repeats the run that is shown there, with the settings of that run."),
         [=] { return outliersRequest(*project); }},
        tr("Look for outliers"));
    add({"run",
         {},
         {},
         tr("Quantize the model by the recipe and measure what it cost"),
         tr("Quantize the model's weights by the recipe"),
         tr("Takes the recipe and the data as they are now, and so does its time."),
         [=] { return runRequest(*project, recipe->recipe(), recipeTitle(recipe->recipe())); }},
        tr("Run the recipe"));
    const auto changes = [this] {
        for (const Analysis &analysis : m_analyses) {
            analysis.question->renew();
        }
        show();
    };
    connect(project, &Project::changed, this, changes);
    connect(project, &Project::dataFilesChanged, this, changes);
    connect(recipe, &RecipeDocument::changed, this, changes);
    connect(context.hub, &JobHub::estimateChanged, this, &StartButtons::show);
    connect(context.hub, &JobHub::jobAdded, this, &StartButtons::show);
    connect(context.hub, &JobHub::jobStateChanged, this, &StartButtons::show);
    changes();
}

void StartButtons::add(Analysis analysis, const QString &text)
{
    analysis.question = new EstimateQuestion(
        *m_context.hub, "overview " + analysis.id,
        [project = m_context.project, request = analysis.request] {
            return missingForAnalysis(*project).isEmpty() ? std::optional(request()) : std::nullopt;
        },
        this);
    analysis.button = new QPushButton(text, this);
    analysis.note = new QLabel(this);
    analysis.note->setMinimumWidth(em(this, 8));
    analysis.explanation = new QLabel(this);
    analysis.explanation->setForegroundRole(QPalette::PlaceholderText);
    analysis.explanation->setWordWrap(true);
    const int row = static_cast<int>(m_analyses.size()) + 1;
    auto *layout = static_cast<QGridLayout *>(this->layout());
    layout->addWidget(analysis.button, row, 0);
    layout->addWidget(analysis.note, row, 1);
    layout->addWidget(analysis.explanation, row, 2);
    connect(analysis.button, &QPushButton::clicked, this,
            [this, request = analysis.request, title = analysis.title, view = analysis.view] {
                const JobRequest made = request();
                m_context.hub->submit(made,
                                      title.isEmpty() ? QString::fromStdString(made.name) : title);
                if (!view.isEmpty()) {
                    Q_EMIT showViewRequested(view);
                }
            });
    m_analyses.push_back(std::move(analysis));
}

void StartButtons::show()
{
    const QString missing = missingForAnalysis(*m_context.project);
    const QString said = missing.isEmpty() ? limitOfAnalysis(*m_context.project) : missing;
    m_missing->setText(said);
    m_missing->setVisible(!said.isEmpty());
    const QString choose = dataButtonText(*m_context.project);
    m_chooseData->setText(choose);
    m_chooseData->setVisible(!choose.isEmpty());
    const ModelInfoPtr &model = m_context.project->model();
    for (const Analysis &analysis : m_analyses) {
        const QString &help = model && !model->runnable ? analysis.helpOfWeights : analysis.help;
        analysis.explanation->setText(help);
        analysis.button->setAccessibleDescription(help);
        analysis.button->setEnabled(missing.isEmpty());
        analysis.note->setText(missing.isEmpty() ? noteOf(analysis) : QString());
        const QString hint = estimateHint(analysis.question->answer());
        const QString tip = !missing.isEmpty() ? missing
            : hint.isEmpty()                   ? analysis.settings
                                               : analysis.settings + '\n' + hint;
        analysis.button->setToolTip(tip);
        analysis.note->setToolTip(tip);
    }
}

QString StartButtons::noteOf(const Analysis &analysis) const
{
    const HubJob *job = m_context.hub->newestJob(analysis.id.toStdString());
    if (job != nullptr && !job->isOver()) {
        return job->state == JobState::Running ? tr("at work") : tr("waits its turn");
    }
    return estimateNote(analysis.question->answer());
}

} // namespace bitprism
