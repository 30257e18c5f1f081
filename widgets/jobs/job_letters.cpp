// SPDX-License-Identifier: GPL-3.0-or-later
// The part of JobHub that takes what running jobs say.
#include "core/results/result_name.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/shared/text.h"

#include <QDateTime>

#include <algorithm>
#include <utility>

namespace bitprism {

namespace {

constexpr qsizetype mostLogLines = 1000;

} // namespace

void JobHub::takeLetters()
{
    for (const JobMailbox::Letter &letter : m_mailbox->take()) {
        if (m_asked && letter.job == m_working) {
            takeQuestionLetter(letter);
        } else if (Entry *found = entry(letter.job)) {
            takeJobLetter(*found, letter);
        }
    }
}

void JobHub::takeJobLetter(Entry &entry, const JobMailbox::Letter &letter)
{
    const quint64 id = entry.job.id;
    if (const auto *started = std::get_if<JobMailbox::Started>(&letter.content)) {
        entry.job.runId = QString::fromStdString(started->runId);
        Q_EMIT jobChanged(id);
        m_project.refreshRuns();
    } else if (const auto *result = std::get_if<ResultPtr>(&letter.content)) {
        takeResult(entry, *result);
    } else if (const auto *logged = std::get_if<JobMailbox::Logged>(&letter.content)) {
        entry.job.log.append(QString::fromStdString(logged->line));
        if (entry.job.log.size() > mostLogLines) {
            entry.job.log.removeFirst();
        }
        Q_EMIT jobChanged(id);
    } else if (const auto *finished = std::get_if<JobMailbox::Finished>(&letter.content)) {
        deliverWaiting(id, true);
        takeProgress(entry, m_engine->progress(entry.engineJob));
        entry.engineJob = 0;
        m_working = 0;
        finish(entry, finished->state, finished->problem);
    }
}

void JobHub::takeProgress(Entry &entry, const JobProgress &now)
{
    HubJob &job = entry.job;
    job.progress = now;
    job.progress.fraction = std::max(now.fraction, entry.resumesFrom);
    if (now.state != JobState::Queued && now.state != JobState::Running) {
        return;
    }
    const double estimate = job.estimate ? job.estimate->seconds * (1 - entry.resumesFrom) : 0;
    JobProgress shown = now;
    shown.fraction = job.progress.fraction;
    job.progress.remainingSeconds = entry.timeLeft.take(shown, estimate, entry.resumesFrom);
    job.isTimeEstimated = entry.timeLeft.isEstimated();
}

void JobHub::takeResult(Entry &entry, const ResultPtr &result)
{
    Waiting &waiting
        = m_waiting[{entry.job.id, std::string(result->resultKind()) + '/' + resultName(*result)}];
    if (!waiting.sinceDelivery.isValid() || waiting.sinceDelivery.elapsed() >= sampleMilliseconds) {
        waiting.sinceDelivery.restart();
        waiting.result.reset();
        deliver(entry, result);
    } else {
        waiting.result = result;
    }
}

void JobHub::deliver(Entry &entry, const ResultPtr &result)
{
    Q_EMIT jobResult(entry.job.id, result);
    Q_EMIT resultReady(entry.job.runId, result);
}

void JobHub::deliverWaiting(quint64 id, bool all)
{
    Entry *found = entry(id);
    for (auto &[key, waiting] : m_waiting) {
        const bool isDue = all || waiting.sinceDelivery.elapsed() >= sampleMilliseconds;
        if (key.first == id && found != nullptr && waiting.result && isDue) {
            waiting.sinceDelivery.restart();
            deliver(*found, std::exchange(waiting.result, nullptr));
        }
    }
    if (all) {
        std::erase_if(m_waiting, [id](const auto &item) { return item.first.first == id; });
    }
}

void JobHub::finish(Entry &entry, JobState state, const ErrorPtr &problem)
{
    const quint64 id = entry.job.id;
    entry.job.state = state;
    entry.job.ended = QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toStdString();
    entry.job.progress.state = state;
    entry.job.isStopping = false;
    entry.job.isTimeEstimated = false;
    entry.job.failure = state == JobState::Failed && problem ? errorText(*problem) : QString();
    if (m_working == 0) {
        m_timer.stop();
    }
    Q_EMIT jobChanged(id);
    Q_EMIT jobStateChanged(id);
    Q_EMIT jobFinished(id);
    m_project.refreshRuns();
    pump();
}

void JobHub::sample()
{
    Entry *found = entry(m_working);
    if (found == nullptr || found->engineJob == 0) {
        return;
    }
    const JobProgress now = m_engine->progress(found->engineJob);
    if (now.state == JobState::Running || now.state == JobState::Queued) {
        takeProgress(*found, now);
        Q_EMIT jobChanged(found->job.id);
    }
    deliverWaiting(m_working, false);
}

} // namespace bitprism
