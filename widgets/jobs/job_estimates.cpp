// SPDX-License-Identifier: GPL-3.0-or-later
// The part of JobHub that asks what jobs will need.
#include "core/base/component.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/shared/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::size_t mostEstimates = 200; // kept, of all that a form asked for

/// Whether the job can say what it would need instead of doing it.
bool hasDryRun(const std::string &kind)
{
    const ComponentEntry *job = Registry::instance().find(Kind::job, kind);
    if (job == nullptr) {
        return false;
    }
    const std::vector<ParamInfo> parameters = job->info().parameters;
    return std::any_of(parameters.begin(), parameters.end(),
                       [](const ParamInfo &info) { return info.key == "dry_run"; });
}

JobRequest dryRunOf(JobRequest request)
{
    Json options = Json::parse(request.options.empty() ? "{}" : request.options);
    options["dry_run"] = true;
    request.options = options.dump();
    request.storePath.clear();
    request.runId.clear();
    return request;
}

} // namespace

std::string estimateKey(const JobRequest &request)
{
    JobRequest key = request;
    key.name.clear();
    key.experiment.clear();
    key.storePath.clear();
    key.runId.clear();
    return key.toJson();
}

bool JobHub::canEstimate(const JobRequest &request) const { return hasDryRun(request.kind); }

HubEstimate JobHub::estimateOf(const JobRequest &request) const
{
    const std::string key = estimateKey(request);
    const auto known = m_estimates.find(key);
    HubEstimate estimate = known == m_estimates.end() ? HubEstimate() : known->second.estimate;
    const bool isAsked = std::any_of(m_questions.begin(), m_questions.end(),
                                     [&](const Question &question) { return question.key == key; });
    estimate.isPending = isAsked || (m_asked && m_asked->key == key);
    return estimate;
}

bool JobHub::isFresh(const std::string &key) const
{
    const auto known = m_estimates.find(key);
    return known != m_estimates.end() && known->second.age.isValid()
        && known->second.age.elapsed() < m_estimateLifetime;
}

void JobHub::requestEstimate(const QString &asker, const JobRequest &request)
{
    const std::string key = estimateKey(request);
    if (m_asked && m_isAskedWanted && m_asked->asker == asker && m_asked->key == key) {
        return;
    }
    forgetQuestions(asker);
    // Also where another asks the same: who asked first may lose interest.
    if (!isFresh(key)) {
        m_questions.push_back({asker, request, key});
        Q_EMIT estimateChanged();
    }
    pump();
}

void JobHub::forgetQuestions(const QString &asker)
{
    std::erase_if(m_questions, [&](const Question &question) { return question.asker == asker; });
    if (!m_asked || m_asked->asker != asker) {
        return;
    }
    const auto heir
        = std::find_if(m_questions.begin(), m_questions.end(),
                       [&](const Question &question) { return question.key == m_asked->key; });
    if (heir != m_questions.end() && m_isAskedWanted) {
        m_asked->asker = heir->asker;
        m_questions.erase(heir);
        return;
    }
    m_isAskedWanted = false;
    m_engine->cancel(m_askedJob);
}

bool JobHub::startQuestion()
{
    const auto isPointless = [this](const Question &question) {
        return !canEstimate(question.request) || isFresh(question.key);
    };
    while (!m_questions.empty() && isPointless(m_questions.front())) {
        m_questions.pop_front();
    }
    if (m_questions.empty()) {
        return false;
    }
    m_asked = m_questions.front();
    m_isAskedWanted = true;
    m_questions.pop_front();
    m_working = ++m_lastId;
    m_askedJob
        = m_engine->submit(dryRunOf(m_asked->request), mailboxListener(m_mailbox, m_working));
    return true;
}

void JobHub::takeQuestionLetter(const JobMailbox::Letter &letter)
{
    if (const auto *result = std::get_if<ResultPtr>(&letter.content)) {
        if (const auto value = resultAs<Estimate>(*result)) {
            applyEstimate(m_asked->key, value);
        }
        return;
    }
    const auto *finished = std::get_if<JobMailbox::Finished>(&letter.content);
    if (finished == nullptr) {
        return;
    }
    if (finished->state != JobState::Cancelled) { // asked once only, whatever came of it
        KnownEstimate &known = m_estimates[m_asked->key];
        known.estimate.problem = finished->problem ? errorText(*finished->problem) : QString();
        known.age.start();
        for (Entry &entry : m_entries) {
            entry.isEstimated |= estimateKey(entry.job.request) == m_asked->key;
        }
    }
    m_asked.reset();
    m_working = 0;
    Q_EMIT estimateChanged();
    pump();
}

void JobHub::applyEstimate(const std::string &key, const std::shared_ptr<const Estimate> &value)
{
    if (m_estimates.size() >= mostEstimates) {
        m_estimates.clear();
    }
    m_estimates[key].estimate.value = value;
    for (Entry &entry : m_entries) {
        if (!entry.job.isOver() && estimateKey(entry.job.request) == key) {
            entry.job.estimate = value;
            Q_EMIT jobChanged(entry.job.id);
        }
    }
}

} // namespace bitprism
