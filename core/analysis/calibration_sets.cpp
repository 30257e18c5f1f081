// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/calibration_sets.h"

#include "core/base/error.h"
#include "core/kernels/rank_statistics.h"
#include "core/results/json_fields.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

namespace bitprism {

namespace {

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

struct OutlierMetric
{
    std::string_view id;
    double (*value)(const LayerOutliers &);
};

constexpr OutlierMetric outlierMetricList[] = {
    {"max_abs", [](const LayerOutliers &layer) { return layer.maxAbs; }},
    {"kurtosis", [](const LayerOutliers &layer) { return layer.kurtosis; }},
    {"outlier_ratio",
     [](const LayerOutliers &layer) {
         return layer.channelMaxMedian > 0 ? layer.maxAbs / layer.channelMaxMedian : absent;
     }},
    {"error_share",
     [](const LayerOutliers &layer) {
         return layer.errorShares.empty() ? absent : layer.errorShares.front().perTensor;
     }},
};

struct CellMetric
{
    std::string_view id;
    std::optional<double> SensitivityCell::*value;
};

constexpr CellMetric cellMetricList[] = {
    {"kl_divergence", &SensitivityCell::klDivergence},
    {"delta_nll", &SensitivityCell::deltaNll},
    {"output_mse", &SensitivityCell::outputMse},
    {"weight_mse", &SensitivityCell::weightMse},
    {"predicted_delta_nll", &SensitivityCell::predictedDeltaNll},
};

/// The entry of `list` named `id`; BadInput that names them all.
template <typename Metric, std::size_t Count>
const Metric &metricNamed(const Metric (&list)[Count], std::string_view id)
{
    std::string known;
    for (const Metric &metric : list) {
        if (metric.id == id) {
            return metric;
        }
        known += (known.empty() ? "" : ", ") + std::string(metric.id);
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "There is no metric \"%1\" to rank layers by; known: %2."), id,
                known);
}

/// A set's values before the layers that all have are known.
struct Measured
{
    std::string model;
    std::string data;
    std::int64_t tokens = 0;
    std::vector<std::pair<std::string, double>> values; ///< in the model's order
};

void requireComparable(const std::vector<Measured> &sets)
{
    if (sets.size() < 2) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "Calibration sets are compared between runs; name at least two."));
    }
    for (const Measured &set : sets) {
        if (set.model != sets.front().model) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The runs are about different models, %1 and %2; compare runs "
                                    "of one model."),
                        sets.front().model, set.model);
        }
    }
}

/// Tau over all layers but `without` (past the end: over all).
std::optional<double> tauWithout(const std::vector<double> &x, const std::vector<double> &y,
                                 std::size_t without)
{
    std::vector<double> left;
    std::vector<double> right;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (i != without) {
            left.push_back(x[i]);
            right.push_back(y[i]);
        }
    }
    return kendallTau(left, right);
}

/// Jackknife over `count` members of what `estimate(i)` gives without member i.
std::optional<double> jackknife(std::size_t count,
                                const std::function<std::optional<double>(std::size_t)> &estimate)
{
    constexpr std::size_t fewest = 4;
    std::vector<double> values;
    for (std::size_t i = 0; i < count && count >= fewest; ++i) {
        if (const std::optional<double> value = estimate(i)) {
            values.push_back(*value);
        }
    }
    if (values.size() < fewest || values.size() != count) {
        return std::nullopt;
    }
    const auto n = static_cast<double>(count);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double value : values) {
        squares += (value - mean) * (value - mean);
    }
    return std::sqrt((n - 1) / n * squares);
}

std::optional<double> meanTau(const CalibrationSets &result, std::size_t without)
{
    double sum = 0;
    for (const SetAgreement &pair : result.pairs) {
        const std::optional<double> tau
            = tauWithout(result.sets[pair.first].values, result.sets[pair.second].values, without);
        if (!tau) {
            return std::nullopt;
        }
        sum += *tau;
    }
    return sum / static_cast<double>(result.pairs.size());
}

void addAgreement(CalibrationSets &result)
{
    const std::size_t all = result.layers.size();
    for (std::size_t a = 0; a < result.sets.size(); ++a) {
        for (std::size_t b = a + 1; b < result.sets.size(); ++b) {
            const std::vector<double> &x = result.sets[a].values;
            const std::vector<double> &y = result.sets[b].values;
            result.pairs.push_back(
                {a, b, tauWithout(x, y, all),
                 jackknife(all, [&](std::size_t without) { return tauWithout(x, y, without); })});
        }
    }
    result.meanTau = meanTau(result, all);
    result.meanTauStderr
        = jackknife(all, [&](std::size_t without) { return meanTau(result, without); });
}

/// The layers that all sets have, with each set's values; pairs are left out.
CalibrationSets joined(const std::vector<Measured> &sets, std::string_view metric)
{
    CalibrationSets result;
    result.metric = metric;
    std::vector<std::map<std::string_view, double>> byName;
    for (const Measured &set : sets) {
        auto &values = byName.emplace_back();
        for (const auto &[layer, value] : set.values) {
            if (std::isfinite(value)) {
                values[layer] = value;
            }
        }
        result.sets.push_back({{}, set.data, set.tokens, {}});
    }
    for (const auto &[layer, value] :
         sets.empty() ? decltype(Measured::values)() : sets.front().values) {
        const bool isCommon
            = std::all_of(byName.begin(), byName.end(),
                          [&name = layer](const auto &values) { return values.contains(name); });
        for (std::size_t i = 0; isCommon && i < sets.size(); ++i) {
            result.sets[i].values.push_back(byName[i].at(layer));
        }
        if (isCommon) {
            result.layers.push_back(layer);
        }
    }
    return result;
}

constexpr std::size_t fewestLayers = 2;

CalibrationSets compared(const std::vector<Measured> &sets, std::string_view metric)
{
    requireComparable(sets);
    CalibrationSets result = joined(sets, metric);
    if (result.layers.size() < fewestLayers) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The runs have fewer than two layers in common that %1 was "
                                "measured of; their ranking cannot be compared."),
                    metric);
    }
    addAgreement(result);
    return result;
}

bool canCompare(const std::vector<Measured> &sets)
{
    return sets.size() >= 2 && joined(sets, {}).layers.size() >= fewestLayers;
}

/// Fewest bits that every table probed; 0 for none.
int commonBits(std::span<const SensitivityTable *const> tables)
{
    for (const int bits : tables.empty() ? std::vector<int>() : tables.front()->widths) {
        const bool isCommon
            = std::all_of(tables.begin(), tables.end(), [bits](const SensitivityTable *table) {
                  return std::find(table->widths.begin(), table->widths.end(), bits)
                      != table->widths.end();
              });
        if (isCommon) {
            return bits;
        }
    }
    return 0;
}

std::vector<Measured> measured(std::span<const OutlierTable *const> tables, std::string_view metric)
{
    const OutlierMetric &chosen = metricNamed(outlierMetricList, metric);
    std::vector<Measured> sets;
    for (const OutlierTable *table : tables) {
        Measured &set = sets.emplace_back();
        set.model = table->model;
        set.data = table->data;
        set.tokens = table->tokens;
        const std::vector<double> *last = nullptr;
        for (const LayerOutliers &layer : table->layers) {
            if (last == nullptr || *last != layer.channelMaxAbs) {
                set.values.emplace_back(layer.layer, chosen.value(layer));
            }
            last = &layer.channelMaxAbs;
        }
    }
    return sets;
}

std::vector<Measured> measured(std::span<const SensitivityTable *const> tables,
                               std::string_view metric, int bits)
{
    const CellMetric &chosen = metricNamed(cellMetricList, metric);
    const int width = bits == 0 ? commonBits(tables) : bits;
    std::vector<Measured> sets;
    for (const SensitivityTable *table : tables) {
        Measured &set = sets.emplace_back();
        set.model = table->model;
        set.data = table->data;
        set.tokens = table->tokens;
        for (const SensitivityCell &cell : table->cells) {
            if (cell.bits == width && !cell.ratio) {
                set.values.emplace_back(cell.layer, (cell.*chosen.value).value_or(absent));
            }
        }
    }
    return sets;
}

} // namespace

nlohmann::json toJson(const CalibrationSets &sets)
{
    using json_fields::toField;
    nlohmann::json layers = nlohmann::json::array();
    for (std::size_t i = 0; i < sets.layers.size(); ++i) {
        nlohmann::json values = nlohmann::json::array();
        for (const CalibrationSetRow &set : sets.sets) {
            values.push_back(toField(set.values[i]));
        }
        layers.push_back({{"name", sets.layers[i]}, {"values", values}});
    }
    nlohmann::json rows = nlohmann::json::array();
    for (const CalibrationSetRow &set : sets.sets) {
        rows.push_back({{"name", set.name}, {"data", set.data}, {"tokens", set.tokens}});
    }
    nlohmann::json pairs = nlohmann::json::array();
    for (const SetAgreement &pair : sets.pairs) {
        pairs.push_back({{"first", pair.first},
                         {"second", pair.second},
                         {"tau", toField(pair.tau)},
                         {"stderr", toField(pair.standardError)}});
    }
    return {{"metric", sets.metric},
            {"sets", rows},
            {"pairs", pairs},
            {"mean_tau", toField(sets.meanTau)},
            {"mean_tau_stderr", toField(sets.meanTauStderr)},
            {"layers", layers}};
}

std::vector<std::string_view> outlierMetrics()
{
    std::vector<std::string_view> ids;
    for (const OutlierMetric &metric : outlierMetricList) {
        ids.push_back(metric.id);
    }
    return ids;
}

bool isOutlierMetric(std::string_view metric)
{
    const std::vector<std::string_view> known = outlierMetrics();
    return std::find(known.begin(), known.end(), metric) != known.end();
}

CalibrationSets compareCalibrationSets(std::span<const OutlierTable *const> tables,
                                       std::string_view metric)
{
    return compared(measured(tables, metric), metric);
}

CalibrationSets compareCalibrationSets(std::span<const SensitivityTable *const> tables,
                                       std::string_view metric, int bits)
{
    return compared(measured(tables, metric, bits), metric);
}

bool canCompareCalibrationSets(std::span<const OutlierTable *const> tables, std::string_view metric)
{
    return canCompare(measured(tables, metric));
}

bool canCompareCalibrationSets(std::span<const SensitivityTable *const> tables,
                               std::string_view metric)
{
    return canCompare(measured(tables, metric, 0));
}

} // namespace bitprism
