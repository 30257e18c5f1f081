// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"
#include "core/results/sensitivity_table.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// One analysis of the model, under one calibration set.
struct CalibrationSetRow
{
    std::string name; ///< of its run, for who shows it; compareCalibrationSets() leaves it empty
    std::string data; ///< path
    std::int64_t tokens = 0;
    std::vector<double> values; ///< by layer; NaN where it was not measured
};

/// Kendall's tau-b between two sets' rankings of the layers. The standard error is a jackknife's
/// over layers: what the choice of layers explains.
struct SetAgreement
{
    std::size_t first = 0;
    std::size_t second = 0;
    std::optional<double> tau; ///< nothing where a side is constant
    std::optional<double> standardError; ///< nothing for fewer than 4 layers
};

/// How far several calibration sets rank a model's layers alike.
struct CalibrationSets
{
    std::string metric; ///< as asked
    std::vector<std::string> layers; ///< measured in all sets, in the model's order
    std::vector<CalibrationSetRow> sets;
    std::vector<SetAgreement> pairs; ///< each pair once, by first, then second
    std::optional<double> meanTau; ///< over the pairs
    std::optional<double> meanTauStderr; ///< jackknife over layers, of the mean itself
};

nlohmann::json toJson(const CalibrationSets &sets);

/// What outliers can be ranked by: max_abs, kurtosis, outlier_ratio (largest over median channel
/// maximum), error_share (per tensor at 8 bits).
std::vector<std::string_view> outlierMetrics();
bool isOutlierMetric(std::string_view metric);

/// Layers of one input count once, under the first one's name. Throws BadInput for fewer than two
/// tables, tables of different models, fewer than two common layers, or an unknown metric.
CalibrationSets compareCalibrationSets(std::span<const OutlierTable *const> tables,
                                       std::string_view metric);

/// The same of sensitivities at `bits` (kl_divergence, delta_nll, output_mse, weight_mse or
/// predicted_delta_nll); 0: at the fewest bits that all probed.
CalibrationSets compareCalibrationSets(std::span<const SensitivityTable *const> tables,
                                       std::string_view metric, int bits = 0);

/// Whether the tables of one model have what compareCalibrationSets() needs: two tables or more,
/// and two common layers that the metric was measured of.
bool canCompareCalibrationSets(std::span<const OutlierTable *const> tables,
                               std::string_view metric);
bool canCompareCalibrationSets(std::span<const SensitivityTable *const> tables,
                               std::string_view metric);

} // namespace bitprism
