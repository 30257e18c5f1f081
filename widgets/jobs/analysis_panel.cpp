// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/analysis_panel.h"

#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/data_choice.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/project.h"

namespace bitprism {

namespace {

QString withPurpose(const QString &purpose, const QString &next)
{
    //: what a view shows, then what is missing
    return AnalysisPanel::tr("%1 %2").arg(purpose, next);
}

} // namespace

AnalysisPanel::AnalysisPanel(const ViewContext &context, MeasureButton &start, QWidget *parent)
    : StatePanel(parent)
    , m_context(context)
    , m_start(start)
{
    connect(this, &StatePanel::actionTriggered, this, &AnalysisPanel::act);
    connect(this, &StatePanel::retryTriggered, this, &AnalysisPanel::tryAgain);
}

bool AnalysisPanel::showNoModel(const QString &purpose)
{
    const Project &project = *m_context.project;
    if (project.state() == Project::State::Loading) {
        showLoading(tr("Reading %1").arg(project.target()));
    } else if (project.state() == Project::State::Failed) {
        showFailure(project.modelProblem(), Retry::Yes, tr("Open another model..."));
    } else if (!project.model()) {
        showEmpty(withPurpose(purpose, tr("Open a model to begin.")), tr("Open model..."));
    } else {
        return false;
    }
    return true;
}

void AnalysisPanel::showMissing(const QString &purpose, const QString &how, const QString &verb)
{
    const Project &project = *m_context.project;
    m_start.refresh();
    if (showNoModel(purpose)) {
        return;
    }
    if (const QString missing = missingForAnalysis(project); !missing.isEmpty()) {
        showEmpty(withPurpose(purpose, missing), dataButtonText(project));
    } else {
        const QString limit = limitOfAnalysis(project);
        showEmpty(withPurpose(purpose, limit.isEmpty() ? how : limit), timed(verb));
    }
}

QString AnalysisPanel::timed(const QString &verb) const
{
    //: what a button does, and how long it takes
    return m_start.note().isEmpty() ? verb : tr("%1, %2").arg(verb, m_start.note());
}

void AnalysisPanel::showFailed(const QString &purpose, const QString &failure,
                               std::function<void()> retry)
{
    m_retry = std::move(retry);
    showTrouble(purpose, failure, {});
}

void AnalysisPanel::showFailed(const QString &purpose, const HubJob &failed, const QString &verb)
{
    m_retry = [hub = m_context.hub, id = failed.id] { hub->retry(id); };
    m_start.refresh();
    const std::optional<JobRequest> now = m_start.request();
    const bool isAnother = now && estimateKey(*now) != estimateKey(failed.request);
    showTrouble(purpose, failed.failure,
                isAnother ? timed(verb) : dataButtonText(*m_context.project));
}

void AnalysisPanel::showTrouble(const QString &purpose, const QString &failure,
                                const QString &action)
{
    if (!showNoModel(purpose)) {
        showFailure(failure, Retry::Yes, action);
    }
}

void AnalysisPanel::tryAgain()
{
    if (m_context.project->state() == Project::State::Failed) {
        m_context.project->open(m_context.project->target()); // it may be there by now
    } else if (m_retry) {
        m_retry();
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
