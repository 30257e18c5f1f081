// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/error.h"
#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// A job as data: the same value serves the queue, the journal, `resume`, the CLI and a bug report.
struct JobRequest
{
    std::string kind; ///< id of the job component: run, sensitivity, outliers, evaluate, ...
    std::string storePath; ///< empty: nothing is persisted
    std::string runId; ///< empty: a new run; else the run to resume
    std::string name; ///< what the user calls the run
    std::string experiment; ///< name of the group a new run joins; empty: none
    std::string modelPath;
    std::string options; ///< JSON object: the job's own parameters (recipe, data files, widths)
    std::optional<std::uint64_t> seed; ///< none: the recipe's, else 0
    int threads = 0; ///< 0: all cores
    std::string device = "cpu";

    std::string toJson() const;
    /// Throws BadInput for anything that toJson() does not write.
    static JobRequest fromJson(const std::string &json);
};

using JobId = std::uint64_t;

enum class JobState
{
    Queued,
    Running,
    Finished,
    Failed,
    Cancelled
};

/// A snapshot of a job's counters; cheap to poll.
struct JobProgress
{
    JobState state = JobState::Queued;
    double fraction = 0; ///< 0..1
    double elapsedSeconds = 0;
    double remainingSeconds = -1; ///< below 0: not known yet
    std::string stage;
};

/// What went wrong, as values: no exception crosses the engine.
struct JobFailure
{
    ErrorCode code = ErrorCode::Internal;
    TranslatableText message;
    std::vector<std::string> arguments;
    std::string text; ///< the English sentence
};

/// Called from the engine's threads, never with a lock held. `finished` is the last call, after the
/// last result.
class JobListener
{
public:
    virtual ~JobListener() = default;
    /// The run's id in the store, known before the first result; not called when nothing persists.
    virtual void started(JobId, const std::string & /*runId*/) { }
    virtual void result(JobId, ResultPtr) { }
    virtual void log(JobId, const std::string &) { }
    virtual void finished(JobId, JobState, const JobFailure *) = 0;
};

/// How a process shares its cores with what else it does.
enum class ComputePriority
{
    Normal, ///< as the process: a command line has nothing else to do
    BelowWindow ///< nice 10, so that a window beside it stays fluent
};

/// The only door from window and command line into the engine. Free of LibTorch; no exception and
/// no tensor crosses it.
class Engine
{
public:
    virtual ~Engine() = default;
    virtual std::vector<ComponentInfo> components() const = 0;
    virtual JobId submit(const JobRequest &request, std::shared_ptr<JobListener> listener) = 0;
    virtual void cancel(JobId job) = 0;
    virtual JobProgress progress(JobId job) const = 0;
    /// Blocks until the job's `finished` returned; for the command line and tests.
    virtual void wait(JobId job) = 0;
    /// Warnings about the machine, found at start ("the reference BLAS is in use ...").
    virtual std::vector<std::string> warnings() const = 0;
};

} // namespace bitprism
