// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/job_hub.h"

#include "widgets/jobs/project.h"
#include "widgets/jobs/run_status.h"

#include <algorithm>
#include <utility>

namespace bitprism {

namespace {

constexpr std::size_t mostCleared = 200; // runs whose jobs are out of the list; a session is long

bool isOf(const QString &kind, std::string_view wanted)
{
    return kind == QLatin1String(wanted.data(), static_cast<qsizetype>(wanted.size()));
}

} // namespace

JobHub::JobHub(Project &project, QObject *parent)
    : QObject(parent)
    , m_project(project)
{
    m_timer.setInterval(sampleMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &JobHub::sample);
    // Queued even where a listener is called in this thread: nothing is said inside submit().
    connect(m_mailbox.get(), &JobMailbox::arrived, this, &JobHub::takeLetters,
            Qt::QueuedConnection);
}

JobHub::~JobHub() = default;

void JobHub::setEngine(Engine *engine)
{
    m_engine = engine;
    Q_EMIT readyChanged();
    pump();
}

quint64 JobHub::submit(const JobRequest &request, const QString &title)
{
    Entry entry;
    entry.asked = ++m_lastMove;
    entry.job.id = ++m_lastId;
    entry.job.request = request;
    entry.job.kind = QString::fromStdString(request.kind);
    entry.job.title = title;
    entry.job.runId = QString::fromStdString(request.runId);
    entry.job.estimate = estimateOf(request).value;
    m_entries.push_back(entry);
    const quint64 id = entry.job.id;
    Q_EMIT jobAdded(id);
    pump();
    return id;
}

void JobHub::cancel(quint64 id)
{
    Entry *found = entry(id);
    if (found == nullptr || found->job.isOver()) {
        return;
    }
    if (found->engineJob != 0) {
        found->job.isStopping = true;
        m_engine->cancel(found->engineJob);
        Q_EMIT jobChanged(id);
        return;
    }
    forgetQuestion(QString::number(id));
    cancelUnwanted();
    finish(*found, JobState::Cancelled, nullptr);
}

void JobHub::cancelAll()
{
    std::vector<quint64> open;
    for (const Entry &entry : m_entries) {
        open.push_back(entry.job.id);
    }
    // Waiting ones first, so that none of them starts in between.
    std::reverse(open.begin(), open.end());
    for (const quint64 id : open) {
        cancel(id);
    }
    m_questions.clear();
    cancelUnwanted();
}

void JobHub::retry(quint64 id)
{
    Entry *found = entry(id);
    if (found == nullptr || !found->job.isOver() || found->job.state == JobState::Finished) {
        return;
    }
    HubJob &job = found->job;
    const store::RunRecord *record = m_project.findRun(job.runId);
    const double done = record != nullptr ? doneShare(*record, *this) : job.progress.fraction;
    if (!job.runId.isEmpty() && job.request.runId.empty()) { // it made that run: go on with it
        JobRequest request;
        request.kind = "resume";
        request.storePath = job.request.storePath;
        request.modelPath = job.request.modelPath;
        request.runId = job.runId.toStdString();
        job.request = request;
    }
    job.state = JobState::Queued;
    job.ended.clear();
    found->asked = ++m_lastMove;
    found->resumesFrom = job.request.runId.empty() ? 0 : done;
    job.progress = {};
    job.progress.fraction = found->resumesFrom;
    job.failure.clear();
    found->isEstimated = false;
    m_estimates.erase(estimateKey(job.request)); // it may have failed for the same reason
    Q_EMIT jobChanged(id);
    Q_EMIT jobStateChanged(id);
    pump();
}

void JobHub::resumeRun(const QString &runId)
{
    const HubJob *working = jobOfRun(runId);
    if (working != nullptr) {
        retry(working->id);
        return;
    }
    const store::RunRecord *record = m_project.findRun(runId);
    if (record == nullptr) {
        return;
    }
    Entry entry;
    entry.asked = ++m_lastMove;
    entry.job.id = ++m_lastId;
    entry.job.request.kind = "resume";
    entry.job.request.storePath = m_project.storePath().toStdString();
    entry.job.request.modelPath = record->modelPath;
    entry.job.request.runId = record->id;
    entry.job.kind = QString::fromStdString(record->kind);
    entry.job.title = QString::fromStdString(record->name);
    entry.job.runId = runId;
    entry.resumesFrom = doneShare(*record, *this);
    entry.job.progress.fraction = entry.resumesFrom;
    m_entries.push_back(entry);
    Q_EMIT jobAdded(m_lastId);
    pump();
}

void JobHub::clearFinished()
{
    std::vector<quint64> over;
    for (const Entry &entry : m_entries) {
        if (entry.job.isOver()) {
            over.push_back(entry.job.id);
        }
    }
    for (const quint64 id : over) {
        const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                        [id](const Entry &entry) { return entry.job.id == id; });
        if (found != m_entries.end()) { // nobody who heard of the one before cleared it, too
            rememberCleared(*found);
            m_entries.erase(found);
            Q_EMIT jobRemoved(id);
        }
    }
}

void JobHub::rememberCleared(const Entry &entry)
{
    const HubJob &job = entry.job;
    if (job.runId.isEmpty()) {
        return;
    }
    Cleared &cleared = m_cleared[job.runId];
    cleared
        = {std::max(cleared.started, entry.started), job.kind, job.progress.fraction, job.ended};
    if (m_cleared.size() > mostCleared) {
        m_cleared.erase(
            std::min_element(m_cleared.begin(), m_cleared.end(), [](const auto &a, const auto &b) {
                return a.second.started < b.second.started;
            }));
    }
}

QList<HubJob> JobHub::jobs() const
{
    QList<HubJob> list;
    for (const Entry &entry : m_entries) {
        list.append(entry.job);
    }
    return list;
}

JobHub::Entry *JobHub::entry(quint64 id)
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [id](const Entry &entry) { return entry.job.id == id; });
    return found == m_entries.end() ? nullptr : &*found;
}

const HubJob *JobHub::find(quint64 id) const
{
    const Entry *found = const_cast<JobHub *>(this)->entry(id);
    return found == nullptr ? nullptr : &found->job;
}

const HubJob *JobHub::jobOfRun(const QString &runId) const
{
    const auto found = std::find_if(m_entries.rbegin(), m_entries.rend(), [&](const Entry &entry) {
        return !runId.isEmpty() && entry.job.runId == runId;
    });
    return found == m_entries.rend() ? nullptr : &found->job;
}

const HubJob *JobHub::newestJob(std::string_view kind) const
{
    const Entry *newest = nullptr;
    const auto lastMove = [](const Entry &entry) { return std::max(entry.asked, entry.started); };
    for (const Entry &entry : m_entries) {
        if (isOf(entry.job.kind, kind)
            && (newest == nullptr || lastMove(entry) > lastMove(*newest))) {
            newest = &entry;
        }
    }
    return newest == nullptr ? nullptr : &newest->job;
}

double JobHub::shareOf(const QString &runId) const
{
    if (const HubJob *job = jobOfRun(runId)) {
        return job->progress.fraction;
    }
    const auto cleared = m_cleared.find(runId);
    return cleared == m_cleared.end() ? 0 : cleared->second.share;
}

std::string JobHub::endOf(const QString &runId) const
{
    if (const HubJob *job = jobOfRun(runId)) {
        return job->ended;
    }
    const auto cleared = m_cleared.find(runId);
    return cleared == m_cleared.end() ? std::string() : cleared->second.ended;
}

QString JobHub::newestRunOf(std::string_view kind) const
{
    quint64 newest = 0;
    QString run;
    const auto look = [&](quint64 started, const QString &ofKind, const QString &itsRun) {
        if (started > newest && !itsRun.isEmpty() && isOf(ofKind, kind)) {
            newest = started;
            run = itsRun;
        }
    };
    for (const Entry &entry : m_entries) {
        look(entry.started, entry.job.kind, entry.job.runId);
    }
    for (const auto &[itsRun, cleared] : m_cleared) {
        look(cleared.started, cleared.kind, itsRun);
    }
    return run;
}

bool JobHub::isBusy() const
{
    return std::any_of(m_entries.begin(), m_entries.end(),
                       [](const Entry &entry) { return !entry.job.isOver(); });
}

JobHub::Entry *JobHub::nextQueued()
{
    const auto found = std::find_if(m_entries.begin(), m_entries.end(), [](const Entry &entry) {
        return entry.job.state == JobState::Queued;
    });
    return found == m_entries.end() ? nullptr : &*found;
}

/// Gives the engine the next thing to do, if it has none: the estimate of the next job, a form's
/// question, then the job.
void JobHub::pump()
{
    if (m_engine == nullptr || m_working != 0) {
        return;
    }
    Entry *next = nextQueued();
    if (next != nullptr && canEstimate(next->job.request)) {
        const std::string key = estimateKey(next->job.request);
        // What was asked for before another job ran may be long past.
        if (!next->isEstimated && !isFresh(key)) {
            forgetQuestion(QString::number(next->job.id));
            m_questions.push_front({QString::number(next->job.id), next->job.request, key});
        }
    }
    if (startQuestion()) {
        return;
    }
    if (next != nullptr) {
        startJob(*next);
    }
}

void JobHub::startJob(Entry &entry)
{
    entry.timeLeft = {};
    const quint64 id = entry.job.id;
    entry.started = ++m_lastMove;
    entry.job.state = JobState::Running;
    JobProgress begun;
    begun.state = JobState::Running;
    takeProgress(entry, begun);
    m_working = id;
    m_timer.start();
    entry.engineJob = m_engine->submit(entry.job.request, mailboxListener(m_mailbox, id));
    Q_EMIT jobChanged(id);
    Q_EMIT jobStateChanged(id);
}

} // namespace bitprism
