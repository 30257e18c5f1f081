// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/jobs/job_run.h"

namespace bitprism {

/// A piece of work that window and command line ask the engine for. A component of kind `job`: its
/// parameters are the request's options, read and checked before run() is called, so an unknown key
/// or a value out of range never starts a job. Each job's options struct stands in
/// core/jobs/options/NAME.h, free of LibTorch, and names the JSON keys.
class Job
{
public:
    using Interface = Job;
    static constexpr Kind kind = Kind::job;
    virtual ~Job() = default;

    /// Does the work on the compute thread, with gradients off. Throws Error for what the user can
    /// mend; whatever else is thrown becomes a JobFailure too. Results go through run.publish().
    virtual void run(JobRun &run) const = 0;
};

} // namespace bitprism
