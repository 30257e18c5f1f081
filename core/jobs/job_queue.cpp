// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/job_queue.h"

#include "core/base/cancellation.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/job.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

#include <new>
#include <optional>

namespace bitprism {

namespace {

/// Records of finished jobs that progress() still tells of; an estimate is a job too.
constexpr std::size_t mostRecords = 256;

JobFailure failureFrom(const Error &error)
{
    return {error.code(), error.message(), error.arguments(), error.what()};
}

void runJob(const std::shared_ptr<JobRecord> &record)
{
    const JobRequest &request = record->request;
    prepareCompute(request.threads);
    resetPeakRss();
    const c10::NoGradGuard noGradients;
    const CancellationScope cancellation(record->stopSource.get_token());
    Json options = Json::object();
    if (!request.options.empty()) {
        options = Json::parse(request.options, nullptr, /*allow_exceptions=*/false);
    }
    if (options.is_discarded()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The options of the job \"%1\" are not valid JSON."),
                    request.kind);
    }
    const std::unique_ptr<Job> job = create<Job>(request.kind, options, request.kind);
    JobRun run(record);
    run.throwIfCancelled();
    job->run(run);
}

/// Where all exceptions of a job end: none leaves the engine, whatever a job or a library throws.
std::optional<JobFailure> guarded(const std::function<void()> &body)
{
    try {
        body();
        return std::nullopt;
    } catch (const Error &error) {
        return failureFrom(error);
    } catch (const std::bad_alloc &) {
        return failureFrom(Error(ErrorCode::Io,
                                 BITPRISM_TR("Error",
                                             "The memory ran out; use fewer or shorter samples, or "
                                             "close other programs.")));
    } catch (const c10::Error &error) {
        return failureFrom(Error(ErrorCode::Internal, BITPRISM_TR("Error", "LibTorch failed: %1."),
                                 std::string_view(error.what_without_backtrace())));
    } catch (const std::exception &error) {
        return failureFrom(Error(ErrorCode::Internal,
                                 BITPRISM_TR("Error", "The job failed unexpectedly: %1."),
                                 std::string_view(error.what())));
    } catch (...) {
        return failureFrom(
            Error(ErrorCode::Internal, BITPRISM_TR("Error", "The job failed unexpectedly.")));
    }
}

} // namespace

Lane::Lane(std::function<void()> prepare)
    : m_thread([this, prepare = std::move(prepare)](const std::stop_token &stop) {
        if (prepare) {
            prepare();
        }
        work(stop);
    })
{
}

Lane::~Lane()
{
    m_thread.request_stop();
    m_arrived.notify_all();
}

void Lane::post(std::function<void()> task)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_arrived.notify_one();
}

void Lane::work(const std::stop_token &stop)
{
    while (true) {
        std::function<void()> task;
        {
            std::unique_lock lock(m_mutex);
            if (!m_arrived.wait(lock, stop, [this] { return !m_tasks.empty(); })) {
                return;
            }
            if (stop.stop_requested()) {
                return;
            }
            task = std::move(m_tasks.front());
            m_tasks.pop_front();
        }
        task();
    }
}

JobQueue::JobQueue(ComputePriority priority)
    : m_compute(priority == ComputePriority::BelowWindow ? &lowerThreadPriority : nullptr)
{
}

JobQueue::~JobQueue()
{
    std::vector<JobId> jobs;
    {
        const std::scoped_lock lock(m_mutex);
        for (const auto &[id, record] : m_records) {
            jobs.push_back(id);
        }
    }
    std::for_each(jobs.begin(), jobs.end(), [this](JobId job) { cancel(job); });
    std::for_each(jobs.begin(), jobs.end(), [this](JobId job) { wait(job); });
}

JobId JobQueue::submit(const JobRequest &request, std::shared_ptr<JobListener> listener)
{
    const auto record = std::make_shared<JobRecord>();
    record->request = request;
    record->listener = std::move(listener);
    {
        const std::scoped_lock lock(m_mutex);
        record->id = ++m_lastId;
        m_records.emplace(record->id, record);
    }
    m_compute.post([this, record] { execute(record); });
    return record->id;
}

void JobQueue::cancel(JobId job)
{
    const std::shared_ptr<JobRecord> record = find(job);
    if (record == nullptr) {
        return;
    }
    record->stopSource.request_stop();
    JobState queued = JobState::Queued;
    if (record->state.compare_exchange_strong(queued, JobState::Cancelled)) {
        m_finishing.post([this, record] {
            const JobFailure failure = *guarded([&] { JobRun(record).throwIfCancelled(); });
            finish(record, JobState::Cancelled, &failure);
        });
    }
}

JobProgress JobQueue::progress(JobId job) const
{
    JobProgress result;
    const std::shared_ptr<JobRecord> record = find(job);
    if (record == nullptr) { // over, and forgotten
        result.state = JobState::Finished;
        result.fraction = 1;
        return result;
    }
    const auto now = ProgressMeter::Clock::now();
    result.state = record->state;
    result.fraction = record->meter.fraction();
    result.elapsedSeconds = record->meter.elapsedSeconds(now);
    result.remainingSeconds = record->meter.remainingSeconds(now);
    const std::scoped_lock lock(record->stageMutex);
    result.stage = record->stage;
    return result;
}

void JobQueue::wait(JobId job)
{
    const std::shared_ptr<JobRecord> record = find(job);
    if (record != nullptr) {
        std::unique_lock lock(m_mutex);
        m_done.wait(lock, [&] { return record->isDone.load(); });
    }
}

std::shared_ptr<JobRecord> JobQueue::find(JobId job) const
{
    const std::scoped_lock lock(m_mutex);
    const auto found = m_records.find(job);
    return found == m_records.end() ? nullptr : found->second;
}

void JobQueue::execute(const std::shared_ptr<JobRecord> &record)
{
    JobState queued = JobState::Queued;
    if (!record->state.compare_exchange_strong(queued, JobState::Running)) {
        return; // cancelled while it waited
    }
    record->meter.start(ProgressMeter::Clock::now());
    const std::optional<JobFailure> failure = guarded([&] { runJob(record); });
    if (!failure) {
        record->meter.report(1, ProgressMeter::Clock::now());
        finish(record, JobState::Finished, nullptr);
    } else {
        const bool wasCancelled = failure->code == ErrorCode::Cancelled;
        finish(record, wasCancelled ? JobState::Cancelled : JobState::Failed, &*failure);
    }
}

void JobQueue::finish(const std::shared_ptr<JobRecord> &record, JobState state,
                      const JobFailure *failure)
{
    record->meter.finish(ProgressMeter::Clock::now());
    record->state = state;
    // Whoever listens must not end the process, nor keep wait() waiting.
    static_cast<void>(guarded([&] { record->listener->finished(record->id, state, failure); }));
    record->listener.reset();
    {
        const std::scoped_lock lock(m_mutex);
        record->request = {};
        record->isDone = true;
        forgetOldest();
    }
    m_done.notify_all();
}

void JobQueue::forgetOldest()
{
    for (auto record = m_records.begin();
         m_records.size() > mostRecords && record != m_records.end();) {
        record = record->second->isDone ? m_records.erase(record) : std::next(record);
    }
}

} // namespace bitprism
