// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"
#include "core/results/sensitivity_table.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bitprism {

/// What one calibration set's run says of the layers, by one metric, before the layers that all
/// sets have are known.
struct RankedValues
{
    std::string model;
    std::string data;
    std::int64_t tokens = 0;
    std::vector<std::pair<std::string, double>> values; ///< in the model's order
};

/// Layers of one input count once, under the first one's name. BadInput for an unknown metric.
std::vector<RankedValues> rankedValues(std::span<const OutlierTable *const> tables,
                                       std::string_view metric);
/// At `bits`, 0: at the fewest that all probed. BadInput for an unknown metric and for a width that
/// a table did not probe.
std::vector<RankedValues> rankedValues(std::span<const SensitivityTable *const> tables,
                                       std::string_view metric, int bits);

} // namespace bitprism
