// SPDX-License-Identifier: GPL-3.0-or-later
// The part of JobHub that asks what jobs will need.
#include "core/base/component.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/shared/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

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
    // However the options are written: a stored request may have another order.
    const Json options = Json::parse(key.options, nullptr, /*allow_exceptions=*/false);
    if (options.is_object()) {
        key.options = options.dump();
    }
    return key.toJson();
}

bool JobHub::canEstimate(const JobRequest &request) const { return hasDryRun(request.kind); }

HubEstimate JobHub::estimateOf(const JobRequest &request) const
{
    const std::string key = estimateKey(request);
    const auto known = m_estimates.find(key);
    HubEstimate estimate = known == m_estimates.end() ? HubEstimate() : known->second.estimate;
    estimate.isPending = std::any_of(m_questions.begin(), m_questions.end(),
                                     [&](const Question &question) { return question.key == key; });
    estimate.waitsForJob = estimate.isPending && m_working != 0 && !m_asked;
    return estimate;
}

bool JobHub::isFresh(const std::string &key) const
{
    const auto known = m_estimates.find(key);
    if (known == m_estimates.end() || !known->second.age.isValid()) {
        return false;
    }
    // What failed may succeed soon: who asks again wants to know.
    constexpr int failureLifetime = 2000; // milliseconds
    const bool isFailure = !known->second.estimate.problem.isEmpty();
    return known->second.age.elapsed()
        < (isFailure ? qMin(failureLifetime, m_estimateLifetime) : m_estimateLifetime);
}

void JobHub::requestEstimate(const QString &asker, const JobRequest &request)
{
    const std::string key = estimateKey(request);
    const bool isAsked
        = std::any_of(m_questions.begin(), m_questions.end(), [&](const Question &question) {
              return question.asker == asker && question.key == key;
          });
    if (isAsked) {
        return; // who asks on every refresh keeps the place in the queue
    }
    forgetQuestion(asker);
    const bool isNew = !isFresh(key);
    if (isNew) { // also where another asks the same: who asked first may lose interest
        m_questions.push_back({asker, request, key});
    }
    cancelUnwanted();
    if (isNew) {
        Q_EMIT estimateChanged();
    }
    pump();
}

void JobHub::forgetQuestion(const QString &asker)
{
    std::erase_if(m_questions, [&](const Question &question) { return question.asker == asker; });
}

void JobHub::cancelUnwanted()
{
    const bool isWanted
        = std::any_of(m_questions.begin(), m_questions.end(),
                      [this](const Question &question) { return question.key == m_asked; });
    if (m_asked && !isWanted) {
        m_engine->cancel(m_askedJob);
    }
}

bool JobHub::startQuestion()
{
    std::erase_if(m_questions, [this](const Question &question) {
        return !canEstimate(question.request) || isFresh(question.key);
    });
    if (m_questions.empty()) {
        return false;
    }
    const Question &next = m_questions.front();
    m_asked = next.key;
    m_working = ++m_lastId;
    m_askedJob = m_engine->submit(dryRunOf(next.request), mailboxListener(m_mailbox, m_working));
    Q_EMIT estimateChanged(); // it waited for a job before
    return true;
}

void JobHub::takeQuestionLetter(const JobMailbox::Letter &letter)
{
    if (const auto *result = std::get_if<ResultPtr>(&letter.content)) {
        if (const auto value = resultAs<Estimate>(*result)) {
            applyEstimate(*m_asked, value);
        }
    } else if (const auto *finished = std::get_if<JobMailbox::Finished>(&letter.content)) {
        takeAnswer(*finished);
    }
}

void JobHub::takeAnswer(const JobMailbox::Finished &finished)
{
    const std::string key = *std::exchange(m_asked, std::nullopt);
    m_working = 0;
    // A cancelled one that is wanted again meanwhile stays in the queue.
    if (finished.state != JobState::Cancelled) {
        KnownEstimate &known = m_estimates[key];
        if (finished.problem) {
            known.estimate.value = nullptr; // of an earlier time
        }
        known.estimate.problem = finished.problem ? errorText(*finished.problem)
            : known.estimate.value                ? QString()
                                                  : tr("There is no estimate of this.");
        known.age.start();
        std::erase_if(m_questions, [&](const Question &question) { return question.key == key; });
        for (Entry &entry : m_entries) { // asked once only, whatever came of it
            entry.isEstimated |= estimateKey(entry.job.request) == key;
        }
    }
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
        // Of what is over, too: the list and a button that offers the same say the same.
        if (estimateKey(entry.job.request) == key) {
            entry.job.estimate = value;
            Q_EMIT jobChanged(entry.job.id);
        }
    }
}

} // namespace bitprism
