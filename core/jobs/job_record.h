// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "core/jobs/progress_meter.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace bitprism {

/// What the queue keeps of a submitted job; shared by the thread that works on it and those that
/// poll it.
struct JobRecord
{
    JobId id = 0;
    JobRequest request;
    std::shared_ptr<JobListener> listener;
    std::stop_source stopSource;
    std::atomic<JobState> state{JobState::Queued};
    std::atomic<bool> isDone{false}; ///< the listener's `finished` returned
    ProgressMeter meter;

    std::mutex stageMutex;
    std::string stage;
};

} // namespace bitprism
