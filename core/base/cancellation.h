// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>

namespace bitprism {

/// Names the stop token of what this thread works on, for code far below a job that has no
/// JobContext at hand: reading of tensors, large products. Set by the job queue around a job, and
/// by whoever hands a part of it to another thread. Scopes nest.
class CancellationScope
{
public:
    explicit CancellationScope(std::stop_token token);
    ~CancellationScope();
    CancellationScope(const CancellationScope &) = delete;
    CancellationScope &operator=(const CancellationScope &) = delete;

    /// Of the innermost scope of this thread; outside of any, one that never stops.
    static std::stop_token current();

private:
    std::stop_token m_outer;
};

/// Throws Error (Cancelled) once `token` was asked to stop.
void throwIfStopped(const std::stop_token &token);

/// The same for CancellationScope::current().
void throwIfWorkCancelled();

} // namespace bitprism
