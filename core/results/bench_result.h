// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <map>
#include <optional>
#include <string>

namespace bitprism {

/// What one benchmark measured, beside what the same machine could do in the same minute.
struct BenchResult final : Result
{
    static constexpr std::string_view kind = "bench";

    std::string name; ///< id of the bench component
    double work = 0; ///< amount done in `seconds`
    std::string unit; ///< of work: "weights", "tokens", "bytes", ...
    double seconds = 0; ///< of the fastest repeat
    double processorSeconds = 0; ///< user and system time of all threads in that repeat
    int repeats = 1;
    int threads = 1;
    /// Least time over time taken: 1 is all that the machine can do. Nothing where no bound is
    /// known.
    std::optional<double> fractionOfPeak;
    std::string bound; ///< what the least time follows from: "sgemm", "memory", or the bench's own
    double sgemmRate = 0; ///< measured beside the bench, on its threads, FP32 operations a second
    double memoryRate = 0; ///< the same for copying: bytes read and written a second
    std::map<std::string, double> details; ///< parts and side results: "quantize_seconds"

    double rate() const { return seconds > 0 ? work / seconds : 0; }

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static BenchResult fromJson(const nlohmann::json &json);
};

} // namespace bitprism
