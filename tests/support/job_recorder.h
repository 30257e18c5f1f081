// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace bitprism::test {

/// A listener that writes everything down, in order, and can be waited for.
class JobRecorder final : public JobListener
{
public:
    struct Failure
    {
        ErrorCode code = ErrorCode::Internal;
        std::string text;
    };

    void started(JobId, const std::string &runId) override { note("started", &m_runId, runId); }
    void result(JobId, ResultPtr result) override
    {
        const std::scoped_lock lock(m_mutex);
        m_calls.emplace_back("result");
        m_results.push_back(std::move(result));
        m_changed.notify_all();
    }
    void log(JobId, const std::string &line) override { note("log", &m_lastLine, line); }
    void finished(JobId, JobState state, const JobFailure *failure) override
    {
        const std::scoped_lock lock(m_mutex);
        m_calls.emplace_back("finished");
        m_state = state;
        if (failure != nullptr) {
            m_failure = Failure{failure->code, failure->text};
        }
        m_changed.notify_all();
    }

    /// Waits until `count` results came or the job ended.
    void waitForResults(std::size_t count)
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_results.size() >= count || m_state; });
    }

    std::vector<std::string> calls() const { return locked(m_calls); }
    std::vector<ResultPtr> results() const { return locked(m_results); }
    std::optional<JobState> state() const { return locked(m_state); }
    std::optional<Failure> failure() const { return locked(m_failure); }
    std::string runId() const { return locked(m_runId); }
    std::string lastLine() const { return locked(m_lastLine); }

    /// The last result of type T; null if there was none.
    template <typename T> std::shared_ptr<const T> last() const
    {
        std::shared_ptr<const T> found;
        for (const ResultPtr &result : results()) {
            if (auto typed = resultAs<T>(result)) {
                found = std::move(typed);
            }
        }
        return found;
    }

private:
    template <typename T> T locked(const T &value) const
    {
        const std::scoped_lock lock(m_mutex);
        return value;
    }
    void note(const char *call, std::string *field, const std::string &value)
    {
        const std::scoped_lock lock(m_mutex);
        m_calls.emplace_back(call);
        *field = value;
    }

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<std::string> m_calls;
    std::vector<ResultPtr> m_results;
    std::optional<JobState> m_state;
    std::optional<Failure> m_failure;
    std::string m_runId;
    std::string m_lastLine;
};

} // namespace bitprism::test
