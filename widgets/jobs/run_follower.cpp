// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/run_follower.h"

#include "core/results/model_info.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/shared/format.h"
#include "widgets/shared/selection.h"

#include <QDateTime>

namespace bitprism {

namespace {

/// The newest choice of the kind; empty: none.
QString chosenRun(const ViewContext &context, std::string_view kind)
{
    const QStringList &chosen = context.selection->chosenRuns();
    for (auto id = chosen.rbegin(); id != chosen.rend(); ++id) {
        const store::RunRecord *run = context.project->findRun(*id);
        if (run != nullptr && run->kind == kind) {
            return *id;
        }
    }
    return {};
}

/// The run of this session's newest measurement of the kind, where it is newer than `shown` and
/// ended before it had figures; empty: there is none.
QString newerWithoutFigures(const ViewContext &context, std::string_view kind, const QString &shown)
{
    QString own = context.hub->newestRunOf(kind);
    const store::RunRecord *newer = context.project->findRun(own);
    const store::RunRecord *older = context.project->findRun(shown);
    const bool isTold = newer != nullptr && older != nullptr && own != shown
        && newer->modelHash == context.project->modelHash()
        && newer->status != store::RunStatus::Finished && newer->created >= older->created
        && !context.library->hasFindings(own, kind);
    return isTold ? own : QString();
}

/// The newest run of the kind, where it was stopped after `shown`, the newest complete one, was
/// made: in an earlier session, as what this one stopped is shown itself once it has figures.
QString newerStopped(const ViewContext &context, std::string_view kind, const QString &shown)
{
    static const RunList none;
    const RunListPtr &runs = context.project->runs();
    QString stopped;
    for (const store::RunRecord &run : runs ? *runs : none) { // newest first
        if (run.kind != kind || run.modelHash != context.project->modelHash()) {
            continue;
        }
        if (run.status == store::RunStatus::Finished) {
            return run.id == shown.toStdString() ? stopped : QString();
        }
        const bool isStopped = run.status == store::RunStatus::Cancelled
            || run.status == store::RunStatus::Interrupted;
        if (isStopped && stopped.isEmpty()) {
            stopped = QString::fromStdString(run.id);
        }
    }
    return {};
}

/// What ended after `shown` and is not shown itself; empty: nothing.
QString newerEnded(const ViewContext &context, std::string_view kind, const QString &shown)
{
    QString own = newerWithoutFigures(context, kind, shown);
    return own.isEmpty() ? newerStopped(context, kind, shown) : own;
}

} // namespace

QString shownRun(const ViewContext &context, std::string_view kind)
{
    if (QString chosen = chosenRun(context, kind); !chosen.isEmpty()) {
        return chosen;
    }
    RunLibrary &library = *context.library;
    QString own = context.hub->newestRunOf(kind);
    const store::RunRecord *record = context.project->findRun(own);
    // What was being looked at stays when it is stopped.
    if (record != nullptr && record->modelHash == context.project->modelHash()
        && (library.hasFindings(own, kind)
            || (library.newestCompleteRun(kind).isEmpty()
                && library.stateOf(own, kind) != RunLibrary::State::Absent))) {
        return own;
    }
    return library.newestRun(kind);
}

QString settledRun(const ViewContext &context, std::string_view kind)
{
    QString complete = context.library->newestCompleteRun(kind);
    QString chosen = chosenRun(context, kind);
    const store::RunRecord *record = context.project->findRun(chosen);
    const bool isAtWork = record != nullptr
        && (record->status == store::RunStatus::Running
            || record->status == store::RunStatus::Queued);
    if (complete.isEmpty() || (record != nullptr && !isAtWork)) {
        return chosen.isEmpty() ? shownRun(context, kind) : chosen;
    }
    return complete;
}

QStringList workingRuns(const ViewContext &context, std::string_view kind)
{
    QStringList ids;
    static const RunList none;
    const RunListPtr &runs = context.project->runs();
    for (const store::RunRecord &run : runs ? *runs : none) { // newest first
        if (run.status == store::RunStatus::Running && run.kind == kind
            && run.modelHash == context.project->modelHash()) {
            ids.append(QString::fromStdString(run.id));
        }
    }
    return ids;
}

bool isEarlierRun(const ViewContext &context, std::string_view kind, const QString &shown)
{
    if (shown.isEmpty()) {
        return false;
    }
    const HubJob *job = context.hub->newestJob(kind);
    const ModelInfoPtr &model = context.project->model();
    const bool isUnderWay = job != nullptr && !job->isOver() && job->runId != shown && model
        && job->request.modelPath == model->path;
    return isUnderWay || !newerEnded(context, kind, shown).isEmpty();
}

QStringList toldRuns(const ViewContext &context, std::string_view kind, const QString &shown)
{
    QStringList told = workingRuns(context, kind);
    for (const QString &run : {newerEnded(context, kind, shown), shown}) {
        if (!run.isEmpty() && !told.contains(run)) {
            told.append(run);
        }
    }
    return told;
}

RunFollower::RunFollower(const ViewContext &context, std::string_view kind, Otherwise otherwise,
                         QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_kind(kind)
    , m_otherwise(otherwise)
{
    connect(context.project, &Project::changed, this, &RunFollower::changed);
    connect(context.project, &Project::runsChanged, this, &RunFollower::changed);
    connect(context.project, &Project::dataFilesChanged, this, &RunFollower::changed);
    connect(context.selection, &Selection::runChanged, this, &RunFollower::changed);
    connect(context.hub, &JobHub::jobAdded, this, &RunFollower::changed);
    connect(context.hub, &JobHub::jobFinished, this, &RunFollower::changed);
    connect(context.hub, &JobHub::jobRemoved, this, [this] {
        if (m_run.isEmpty()) { // what became of the last attempt is shown, and gone with its job
            Q_EMIT changed();
        }
    });
    connect(context.library, &RunLibrary::resultChanged, this,
            [this](const QString &run, const QString &result) {
                if (run == m_run || result.toStdString() == m_kind) {
                    Q_EMIT changed();
                }
            });
}

bool RunFollower::choose()
{
    takeRepeat();
    const QString run = wanted();
    const bool isAnother = run != m_run;
    m_run = run;
    m_isEarlier = isEarlierRun(m_context, m_kind, m_run);
    if (!m_run.isEmpty()) {
        m_context.library->record(m_run); // asks for the whole of it
    }
    return isAnother;
}

QString RunFollower::wanted() const
{
    QString chosen = chosenRun(m_context, m_kind);
    if (!chosen.isEmpty() || m_otherwise == Otherwise::Newest) {
        return chosen.isEmpty() ? shownRun(m_context, m_kind) : chosen;
    }
    const store::RunRecord *shown = m_context.project->findRun(m_run);
    QString complete = m_context.library->newestCompleteRun(m_kind);
    if (shown != nullptr && (shown->status == store::RunStatus::Finished || complete.isEmpty())) {
        return m_run;
    }
    return complete.isEmpty() ? shownRun(m_context, m_kind) : complete;
}

void RunFollower::followRepeat(quint64 job)
{
    m_repeat = job;
    m_repeated = m_run;
}

void RunFollower::takeRepeat()
{
    const HubJob *job = m_context.hub->find(m_repeat);
    if (job == nullptr || job->runId.isEmpty()
        || !m_context.library->hasFindings(job->runId, m_kind)) {
        return;
    }
    m_repeat = 0;
    if (m_run == m_repeated && m_context.selection->chosenRuns().contains(m_repeated)) {
        m_context.selection->setRun(job->runId);
    }
}

QString RunFollower::sourceText(const QString &context) const
{
    const store::RunRecord *record = m_context.project->findRun(m_run);
    if (!m_isEarlier || record == nullptr) {
        return context;
    }
    //: what is shown, with its run's name, and when that run was made
    return tr("%1 (an earlier run, of %2)")
        .arg(context,
             formatTime(QDateTime::fromString(QString::fromStdString(record->created),
                                              Qt::ISODateWithMs)));
}

bool RunFollower::isNewerUnderWay() const
{
    const HubJob *job = m_context.hub->newestJob(m_kind);
    return m_isEarlier && job != nullptr && !job->isOver();
}

QString RunFollower::progressText(const QString &measured) const
{
    if (!isNewerUnderWay()) {
        return measured;
    }
    return measured.isEmpty() ? tr("nothing is measured yet, the earlier run is shown until then")
                              //: how far it is: "3 of 42 layers measured"
                              : tr("%1, the earlier run is shown").arg(measured);
}

QString RunFollower::name() const
{
    const auto record = m_context.library->record(m_run);
    return record && !record->name.empty() ? QString::fromStdString(record->name) : m_run;
}

} // namespace bitprism
