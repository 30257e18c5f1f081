// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/job_run.h"

#include "core/jobs/compute_environment.h"

#include <algorithm>

namespace bitprism {

JobRun::JobRun(std::shared_ptr<JobRecord> record)
    : JobContext(record->request.seed.value_or(0), record->stopSource.get_token())
    , m_record(std::move(record))
    , m_request(m_record->request)
{
}

JobRun::JobRun(const JobRun &run, JobRequest request)
    : JobContext(request.seed.value_or(0), run.stopToken())
    , m_record(run.m_record)
    , m_request(std::move(request))
{
}

void JobRun::started(const std::string &runId) { m_record->listener->started(m_record->id, runId); }

void JobRun::requireMemory(std::int64_t bytes) const
{
    const std::int64_t available = availableMemoryBytes();
    if (bytes > available) {
        constexpr double mebibyte = 1024.0 * 1024.0;
        throw Error(ErrorCode::Io,
                    BITPRISM_TR("Error",
                                "This job needs %1 MiB of memory and %2 MiB are free; use fewer or "
                                "shorter samples, or close other programs."),
                    static_cast<std::int64_t>(static_cast<double>(bytes) / mebibyte),
                    static_cast<std::int64_t>(static_cast<double>(available) / mebibyte));
    }
}

double JobRun::elapsedSeconds() const
{
    return m_record->meter.elapsedSeconds(ProgressMeter::Clock::now());
}

void JobRun::stage(std::string_view text)
{
    const std::scoped_lock lock(m_record->stageMutex);
    m_record->stage = text;
}

void JobRun::progress(double done, double total)
{
    m_record->meter.report(total > 0 ? done / total : 0, ProgressMeter::Clock::now());
}

void JobRun::publish(ResultPtr result)
{
    m_record->listener->result(m_record->id, std::move(result));
}

void JobRun::log(std::string_view line)
{
    m_record->listener->log(m_record->id, std::string(line));
}

ProgressSpan::ProgressSpan(JobContext &parent, double from, double to)
    : ProgressSpan(parent, from, to, parent.seed())
{
}

ProgressSpan::ProgressSpan(JobContext &parent, double from, double to, std::uint64_t seed)
    : JobContext(seed, parent.stopToken())
    , m_parent(parent)
    , m_from(from)
    , m_to(to)
{
}

void ProgressSpan::progress(double done, double total)
{
    const double share = total > 0 ? std::clamp(done / total, 0.0, 1.0) : 0.0;
    m_parent.progress(m_from + (m_to - m_from) * share, 1);
}

} // namespace bitprism
