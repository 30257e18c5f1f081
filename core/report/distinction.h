// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/evaluation.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// How a task was asked to measure, as far as a user chose it.
struct MeasurementCut
{
    std::string parameters; ///< as Evaluation::parameters
    std::int64_t length = 0;
    std::int64_t stride = 0;
};

/// What tells `cut` from `others`, other measurements by the same task on the same data: "length
/// 512, pass 5"; "other text" where nothing that was chosen does; empty where there are no others.
std::string distinctionOf(const MeasurementCut &cut, const std::vector<MeasurementCut> &others);

/// The same for a metric among `all`: anything with an Evaluation's fields.
template <typename Metric, typename Range>
std::string distinctionOf(const Metric &metric, const Range &all)
{
    std::vector<MeasurementCut> others;
    for (const Metric &other : all) {
        if (other.task == metric.task && other.data == metric.data
            && !isSameMeasurement(other, metric)) {
            others.push_back({other.parameters, other.length, other.stride});
        }
    }
    return distinctionOf(MeasurementCut{metric.parameters, metric.length, metric.stride}, others);
}

} // namespace bitprism
