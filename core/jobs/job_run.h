// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/jobs/engine.h"
#include "core/jobs/job_record.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bitprism {

/// The context of one running job: what the queue hands to Job::run().
class JobRun final : public JobContext
{
public:
    explicit JobRun(std::shared_ptr<JobRecord> record);
    /// The same job with another request in place of its own: what `resume` read from the store.
    JobRun(const JobRun &run, JobRequest request);

    const JobRequest &request() const { return m_request; }
    /// Tells the listener the run's id in the store; once, before the first result.
    void started(const std::string &runId);
    /// Throws Error (Io) with both figures when the machine has less memory free than `bytes`.
    void requireMemory(std::int64_t bytes) const;
    double elapsedSeconds() const;

    void stage(std::string_view text) override;
    void progress(double done, double total) override;
    void publish(ResultPtr result) override;
    void log(std::string_view line) override;

private:
    std::shared_ptr<JobRecord> m_record;
    JobRequest m_request;
};

/// Passes everything on to `parent`, but maps the progress of one part of a job into
/// [from, to] of the whole. Random streams start from `seed` where one is given.
class ProgressSpan final : public JobContext
{
public:
    ProgressSpan(JobContext &parent, double from, double to);
    ProgressSpan(JobContext &parent, double from, double to, std::uint64_t seed);

    void stage(std::string_view text) override { m_parent.stage(text); }
    void progress(double done, double total) override;
    void publish(ResultPtr result) override { m_parent.publish(std::move(result)); }
    void log(std::string_view line) override { m_parent.log(line); }

private:
    JobContext &m_parent;
    double m_from;
    double m_to;
};

} // namespace bitprism
