// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_runner.h"

#include "app/cli/interrupts.h"
#include "app/cli/progress_bar.h"
#include "core/jobs/engine_loader.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace bitprism::cli {

namespace {

/// Collects what a job says, for the main thread to wait for.
class Collector final : public JobListener
{
public:
    void started(JobId, const std::string &runId) override
    {
        const std::lock_guard lock(m_mutex);
        m_outcome.runId = runId;
    }

    void result(JobId, ResultPtr result) override
    {
        const std::lock_guard lock(m_mutex);
        m_outcome.results[std::string(result->resultKind())] = std::move(result);
    }

    void log(JobId, const std::string &line) override
    {
        const std::lock_guard lock(m_mutex);
        m_lines.push_back(line);
    }

    void finished(JobId, JobState state, const JobFailure *failure) override
    {
        const std::lock_guard lock(m_mutex);
        m_state = state;
        if (failure != nullptr) {
            m_failure = *failure;
        }
        m_isFinished = true;
        m_changed.notify_all();
    }

    bool waitFor(std::chrono::milliseconds time)
    {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, time, [&] { return m_isFinished; });
    }

    std::vector<std::string> takeLines()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_lines, {});
    }

    /// After the end: the outcome, or the job's error.
    JobOutcome takeOutcome()
    {
        const std::lock_guard lock(m_mutex);
        if (m_state == JobState::Cancelled) {
            throwCancelled();
        }
        if (m_state != JobState::Finished) {
            throw Error(m_failure.code, m_failure.message, m_failure.arguments);
        }
        return std::move(m_outcome);
    }

private:
    [[noreturn]] void throwCancelled() const
    {
        if (m_outcome.runId.empty()) {
            throw Error(ErrorCode::Cancelled, BITPRISM_TR("Error", "Cancelled."));
        }
        throw Error(ErrorCode::Cancelled,
                    BITPRISM_TR("Error",
                                "Cancelled; what is finished is kept, go on with: "
                                "bitprism-cli resume %1"),
                    m_outcome.runId);
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    JobOutcome m_outcome;
    std::vector<std::string> m_lines;
    JobFailure m_failure;
    JobState m_state = JobState::Queued;
    bool m_isFinished = false;
};

} // namespace

JobRequest jobRequest(const Invocation &invocation, std::string_view kind,
                      const std::filesystem::path &model)
{
    JobRequest request;
    request.kind = kind;
    request.modelPath = model.string();
    request.seed = invocation.global.seed;
    request.threads = invocation.global.threads;
    request.device = invocation.global.device;
    request.options = "{}";
    return request;
}

JobOutcome runJob(const JobRequest &request, const Output &output)
{
    constexpr std::chrono::milliseconds pollTime{100};
    takeInterrupts();
    Engine &engine = loadEngine();
    for (const std::string &warning : engine.warnings()) {
        output.note("warning: " + warning);
    }
    const auto collector = std::make_shared<Collector>();
    const JobId job = engine.submit(request, collector);
    ProgressBar bar(output.isQuiet());
    bool isCancelling = false;
    while (!collector->waitFor(pollTime)) {
        if (interruptRequested() && !isCancelling) {
            isCancelling = true;
            engine.cancel(job);
        }
        for (const std::string &line : collector->takeLines()) {
            bar.clear();
            output.note(line);
        }
        bar.draw(engine.progress(job), isCancelling);
    }
    engine.wait(job);
    bar.clear();
    for (const std::string &line : collector->takeLines()) {
        output.note(line);
    }
    return collector->takeOutcome();
}

} // namespace bitprism::cli
