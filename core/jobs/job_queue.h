// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "core/jobs/job_record.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <thread>

namespace bitprism {

/// One thread that does tasks in the order they came.
class Lane
{
public:
    /// `prepare` runs first on the new thread.
    explicit Lane(std::function<void()> prepare = {});
    /// Drops what has not begun and waits for the task in progress.
    ~Lane();
    Lane(const Lane &) = delete;
    Lane &operator=(const Lane &) = delete;

    void post(std::function<void()> task);

private:
    void work(const std::stop_token &stop);

    std::mutex m_mutex;
    std::condition_variable_any m_arrived;
    std::deque<std::function<void()>> m_tasks;
    std::jthread m_thread;
};

/// Runs jobs one after another on the compute thread, and is the one place in the engine that turns
/// what they throw into values. A job that is cancelled while it waits is finished at once, by the
/// second lane.
class JobQueue
{
public:
    explicit JobQueue(ComputePriority priority = ComputePriority::Normal);
    /// Cancels everything and waits: `finished` has been said of every job.
    ~JobQueue();
    JobQueue(const JobQueue &) = delete;
    JobQueue &operator=(const JobQueue &) = delete;

    JobId submit(const JobRequest &request, std::shared_ptr<JobListener> listener);
    /// Unknown and finished jobs are ignored.
    void cancel(JobId job);
    /// Of a job long over: finished, whatever it came to.
    JobProgress progress(JobId job) const;
    void wait(JobId job);

private:
    void forgetOldest();
    std::shared_ptr<JobRecord> find(JobId job) const;
    void execute(const std::shared_ptr<JobRecord> &record);
    void finish(const std::shared_ptr<JobRecord> &record, JobState state,
                const JobFailure *failure);

    mutable std::mutex m_mutex;
    std::condition_variable m_done;
    std::map<JobId, std::shared_ptr<JobRecord>> m_records;
    JobId m_lastId = 0;
    Lane m_finishing; ///< of jobs that were cancelled while they waited
    Lane m_compute;
};

} // namespace bitprism
