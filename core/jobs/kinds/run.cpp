// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/job.h"
#include "core/jobs/run_execution.h"

namespace bitprism {

namespace {

/// Quantizes a checkpoint by a recipe and measures the result. See options/run_options.h.
class RunRecipe final : public Job
{
public:
    using Params = RunJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job,
                "run",
                BITPRISM_TR("Job", "Run a recipe"),
                "quantizes, evaluates, exports",
                {}};
    }
    explicit RunRecipe(const Params &options)
        : m_options(options)
    {
    }

    void run(JobRun &run) const override
    {
        RunExecution execution(run, m_options);
        if (m_options.dryRun) {
            run.publish(std::make_shared<Estimate>(execution.estimate()));
        } else {
            execution.execute();
        }
    }

private:
    Params m_options;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(job, run, RunRecipe);

} // namespace bitprism
