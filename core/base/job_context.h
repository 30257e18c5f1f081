// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/base/result.h"

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

namespace bitprism {

/// What running work may ask for and must report to. Long loops call throwIfCancelled() at least
/// every 100 ms. Implemented by the job queue; JobContext itself is a quiet context for tests and
/// for calls outside a job: nothing is reported and nothing cancels.
class JobContext
{
public:
    explicit JobContext(std::uint64_t seed = 0, std::stop_token stopToken = {})
        : m_seed(seed)
        , m_stopToken(std::move(stopToken))
    {
    }
    virtual ~JobContext() = default;
    JobContext(const JobContext &) = delete;
    JobContext &operator=(const JobContext &) = delete;

    /// Throws Error (Cancelled) once cancellation was requested.
    void throwIfCancelled() const;
    std::stop_token stopToken() const { return m_stopToken; }
    /// A stream of its own for each name, from the request's seed.
    Random random(std::string_view name) const { return Random(m_seed, name); }
    std::uint64_t seed() const { return m_seed; }

    /// Names what happens now, in English: "gptq layers.3".
    virtual void stage(std::string_view) { }
    /// `done` of `total` units of the whole job's work; cheap enough for inner loops.
    virtual void progress(double /*done*/, double /*total*/) { }
    /// Shows a result. Store first, publish second.
    virtual void publish(ResultPtr) { }
    /// One line for the log; progress and results do not belong here.
    virtual void log(std::string_view) { }

private:
    std::uint64_t m_seed;
    std::stop_token m_stopToken;
};

} // namespace bitprism
