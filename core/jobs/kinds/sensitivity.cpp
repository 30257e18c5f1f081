// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/job.h"
#include "core/jobs/sensitivity_execution.h"

namespace bitprism {

namespace {

/// What quantizing each layer alone does. See options/sensitivity_options.h.
class Sensitivity final : public Job
{
public:
    using Params = SensitivityJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job,
                "sensitivity",
                BITPRISM_TR("Job", "Sensitivity"),
                "each layer quantized alone",
                {}};
    }
    explicit Sensitivity(const Params &options)
        : m_options(options)
    {
    }

    void run(JobRun &run) const override
    {
        SensitivityExecution execution(run, m_options);
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

BITPRISM_EXPORT_COMPONENT(job, sensitivity, Sensitivity);

} // namespace bitprism
