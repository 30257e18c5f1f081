// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/cancel_latency.h"

#include "widgets/jobs/analysis_requests.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

constexpr const char *kinds[] = {"sensitivity", "outliers", "run"};
constexpr int moments[] = {50, 400, 900, 1700, 2900}; // milliseconds: in different stages

} // namespace

CancelLatency::CancelLatency(MainWindow &window, QObject *parent)
    : QObject(parent)
    , m_window(window)
{
    for (const char *kind : kinds) {
        for (const int after : moments) {
            Trial &trial = m_trials.emplace_back();
            trial.kind = kind;
            trial.after = after;
        }
    }
    m_working.setSingleShot(true);
    m_working.setTimerType(Qt::PreciseTimer);
    connect(&m_working, &QTimer::timeout, this, &CancelLatency::cancel);
    connect(&window.workbench().hub, &JobHub::jobChanged, this, &CancelLatency::follow);
    connect(&window.workbench().hub, &JobHub::jobFinished, this, &CancelLatency::take);
}

void CancelLatency::start() { startNext(); }

JobRequest CancelLatency::requestOf(const std::string &kind) const
{
    Workbench &bench = m_window.workbench();
    if (kind == "sensitivity") {
        return sensitivityRequest(bench.project, bench.recipe.recipe());
    }
    if (kind == "outliers") {
        return outliersRequest(bench.project);
    }
    Recipe recipe = bench.recipe.recipe();
    recipe.weights = {"gptq", R"({"bits": 3, "group_size": 128})"};
    return runRequest(bench.project, recipe, {});
}

void CancelLatency::startNext()
{
    m_clock.invalidate();
    const Trial &trial = m_trials[m_place];
    m_job = m_window.workbench().hub.submit(requestOf(trial.kind),
                                            QString::fromStdString(trial.kind));
}

/// Counts from the job's start: before it, the estimate is made.
void CancelLatency::follow(quint64 job)
{
    const HubJob *found = m_window.workbench().hub.find(job);
    if (job == m_job && found->state == JobState::Running && !m_clock.isValid()) {
        m_clock.start();
        m_working.start(m_trials[m_place].after);
    }
}

void CancelLatency::cancel()
{
    Trial &trial = m_trials[m_place];
    trial.stage = m_window.workbench().hub.find(m_job)->progress.stage;
    m_clock.start();
    m_window.workbench().hub.cancel(m_job);
}

void CancelLatency::take(quint64 job)
{
    if (job != m_job) {
        return;
    }
    m_working.stop();
    Trial &trial = m_trials[m_place];
    trial.took = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
    trial.wasCancelled = m_window.workbench().hub.find(job)->state == JobState::Cancelled;
    if (++m_place < m_trials.size()) {
        QMetaObject::invokeMethod(this, &CancelLatency::startNext, Qt::QueuedConnection);
        return;
    }
    nlohmann::json trials = nlohmann::json::array();
    double longest = 0;
    for (const Trial &each : m_trials) {
        trials.push_back({{"kind", each.kind},
                          {"after_ms", each.after},
                          {"stage", each.stage},
                          {"cancelled", each.wasCancelled},
                          {"took_ms", each.took}});
        longest = each.wasCancelled ? std::max(longest, each.took) : longest;
    }
    const nlohmann::json document{
        {"name", "cancel"}, {"longest_ms", longest}, {"trials", std::move(trials)}};
    Q_EMIT finished(QString::fromStdString(document.dump()), {});
}

} // namespace bitprism
