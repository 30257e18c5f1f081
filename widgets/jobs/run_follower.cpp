// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/run_follower.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/shared/selection.h"

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
    connect(context.library, &RunLibrary::resultChanged, this,
            [this](const QString &run, const QString &result) {
                if (run == m_run || result.toStdString() == m_kind) {
                    Q_EMIT changed();
                }
            });
}

bool RunFollower::choose()
{
    const QString run = wanted();
    const bool isAnother = run != m_run;
    m_run = run;
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

QString RunFollower::name() const
{
    const auto record = m_context.library->record(m_run);
    return record && !record->name.empty() ? QString::fromStdString(record->name) : m_run;
}

} // namespace bitprism
