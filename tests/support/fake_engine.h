// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bitprism::test {

/// An engine whose jobs do what the test tells them, in the thread that tells it. Cancelling a job
/// only notes it; the test finishes the job.
class FakeEngine final : public Engine
{
public:
    struct Job
    {
        JobRequest request;
        std::shared_ptr<JobListener> listener;
        JobProgress progress;
        bool isCancelled = false;
    };

    std::vector<ComponentInfo> components() const override { return {}; }
    JobId submit(const JobRequest &request, std::shared_ptr<JobListener> listener) override
    {
        Job job{request, std::move(listener), {}, false};
        job.progress.state = JobState::Running;
        m_jobs.emplace(++m_last, std::move(job));
        return m_last;
    }
    void cancel(JobId job) override { m_jobs.at(job).isCancelled = true; }
    JobProgress progress(JobId job) const override { return m_jobs.at(job).progress; }
    void wait(JobId) override { }
    std::vector<std::string> warnings() const override { return {}; }

    /// Number of jobs submitted so far, which is the newest job's id; 0: none.
    JobId last() const { return m_last; }
    Job &job(JobId id) { return m_jobs.at(id); }

    void start(JobId id, const std::string &runId) { job(id).listener->started(id, runId); }
    void publish(JobId id, ResultPtr result) { job(id).listener->result(id, std::move(result)); }
    void log(JobId id, const std::string &line) { job(id).listener->log(id, line); }
    void finish(JobId id, JobState state = JobState::Finished, const JobFailure *failure = nullptr)
    {
        job(id).progress.state = state;
        job(id).listener->finished(id, state, failure);
    }

private:
    std::map<JobId, Job> m_jobs;
    JobId m_last = 0;
};

} // namespace bitprism::test
