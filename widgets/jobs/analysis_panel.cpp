// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/analysis_panel.h"

#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/data_choice.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/project.h"

namespace bitprism {

AnalysisPanel::AnalysisPanel(const ViewContext &context, MeasureButton &start, QWidget *parent)
    : StatePanel(parent)
    , m_context(context)
    , m_start(start)
{
    connect(this, &StatePanel::actionTriggered, this, &AnalysisPanel::act);
}

void AnalysisPanel::showMissing(const QString &purpose, const QString &how, const QString &verb,
                                const QString &failure)
{
    const Project &project = *m_context.project;
    //: what a view shows, then what is missing
    const QString pattern = tr("%1 %2");
    m_start.refresh();
    if (project.state() == Project::State::Loading) {
        showLoading(tr("Reading %1").arg(project.target()));
    } else if (project.state() == Project::State::Failed) {
        showFailure(project.modelProblem(), tr("Open another model..."));
    } else if (!project.model()) {
        showEmpty(pattern.arg(purpose, tr("Open a model to begin.")), tr("Open model..."));
    } else if (!failure.isEmpty()) {
        showFailure(failure, tr("Try again"));
    } else if (const QString missing = missingForAnalysis(project); !missing.isEmpty()) {
        showEmpty(pattern.arg(purpose, missing), dataButtonText(project));
    } else {
        const QString limit = limitOfAnalysis(project);
        showEmpty(pattern.arg(purpose, limit.isEmpty() ? how : limit),
                  //: what a button does, and how long it takes
                  m_start.note().isEmpty() ? verb : tr("%1, %2").arg(verb, m_start.note()));
    }
}

void AnalysisPanel::act()
{
    if (!m_context.project->model()) {
        Q_EMIT openModelRequested();
    } else if (needsCalibrationData(*m_context.project)) {
        chooseCalibrationData(*m_context.project, this);
    } else if (missingForAnalysis(*m_context.project).isEmpty()) {
        m_start.start();
        Q_EMIT started();
    }
}

} // namespace bitprism
