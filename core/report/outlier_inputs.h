// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"

#include <cstddef>
#include <string>
#include <vector>

namespace bitprism::report {

/// One input of layers; the first layer that reads it speaks for all.
struct OutlierInput
{
    const LayerOutliers *layer = nullptr;
    std::size_t readers = 1; ///< layers
};

/// The largest magnitude over that of the median channel; 0 where it cannot be said.
double outlierRatio(const LayerOutliers &layer);
/// In model order. Layers that stand together and have the same maxima read one input.
std::vector<OutlierInput> inputsOf(const OutlierTable &table);
/// The `most` of them with the largest ratios, the largest first.
std::vector<OutlierInput> mostOutlying(const OutlierTable &table, std::size_t most);
/// "layers.3.q_proj and 2 more".
std::string inputName(const OutlierInput &input);

} // namespace bitprism::report
