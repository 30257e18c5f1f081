// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_reader.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/job.h"
#include "core/jobs/options/resume_options.h"
#include "core/store/experiment_store.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

/// Goes on with an interrupted run. See options/resume_options.h.
class Resume final : public Job
{
public:
    using Params = ResumeJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job,
                "resume",
                BITPRISM_TR("Job", "Resume a run"),
                "goes on after the last finished block",
                {}};
    }
    explicit Resume(const Params &) { }

    void run(JobRun &run) const override
    {
        JobRequest stored;
        {
            const store::ExperimentStore opened(run.request().storePath);
            const store::RunRecord record = opened.run(run.request().runId);
            if (record.status == store::RunStatus::Finished) {
                run.started(record.id);
                for (store::StoredResult &result : opened.results(record.id)) {
                    if (!result.isBaseline()) { // not the run's own
                        run.publish(std::move(result.value));
                    }
                }
                return;
            }
            stored = JobRequest::fromJson(record.request);
            stored.runId = record.id;
        }
        stored.storePath = run.request().storePath;
        const auto job = create<Job>(
            stored.kind, io::parseJson(stored.options, "run " + stored.runId), stored.kind);
        prepareCompute(stored.threads);
        JobRun resumed(run, stored);
        job->run(resumed);
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(job, resume, Resume);

} // namespace bitprism
