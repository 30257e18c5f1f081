// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"
#include "core/jobs/engine.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace bitprism::cli {

/// What a job left: the run's id (empty when nothing persists) and the last result of each kind.
struct JobOutcome
{
    std::string runId;
    std::map<std::string, ResultPtr, std::less<>> results;

    /// The job's result of this type; it is a broken promise of the job not to have published one.
    template <typename T> std::shared_ptr<const T> require() const
    {
        const auto found = results.find(T::kind);
        BITPRISM_ASSERT(found != results.end(), "a finished job published its result");
        return resultAs<T>(found->second);
    }
};

/// A request with what the global options say; `model` may be empty.
JobRequest jobRequest(const Invocation &invocation, std::string_view kind,
                      const std::filesystem::path &model);

/// Loads the engine, runs the job to its end and shows progress on a terminal. Ctrl-C cancels it
/// (a second one ends the process at once). A failed or cancelled job throws its Error.
JobOutcome runJob(const JobRequest &request, const Output &output);

} // namespace bitprism::cli
