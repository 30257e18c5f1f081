// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/engine.h"

#include "core/jobs/compute_environment.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/registry.h"

#include <system_error>

namespace bitprism {

namespace {

class QueueEngine final : public Engine
{
public:
    explicit QueueEngine(ComputePriority priority)
        : m_queue(priority)
    {
        registerEngineComponents();
    }

    std::vector<ComponentInfo> components() const override
    {
        return Registry::instance().components();
    }
    JobId submit(const JobRequest &request, std::shared_ptr<JobListener> listener) override
    {
        return m_queue.submit(request, std::move(listener));
    }
    void cancel(JobId job) override { m_queue.cancel(job); }
    JobProgress progress(JobId job) const override { return m_queue.progress(job); }
    void wait(JobId job) override { m_queue.wait(job); }
    std::vector<std::string> warnings() const override { return environmentWarnings(); }

private:
    JobQueue m_queue;
};

/// Null where the system gives no more threads: nothing may be thrown through a C interface.
Engine *makeEngine(ComputePriority priority)
{
    try {
        return new QueueEngine(priority);
    } catch (const std::system_error &) {
        return nullptr;
    }
}

} // namespace

} // namespace bitprism

/// What core/jobs/engine_loader.cpp looks up.
extern "C" bitprism::Engine *bitprism_engine(bitprism::ComputePriority priority)
{
    // Never destroyed: its threads must not outlive LibTorch's statics, nor be joined at exit while
    // a job is deep inside a library.
    static bitprism::Engine *engine = bitprism::makeEngine(priority);
    return engine;
}
