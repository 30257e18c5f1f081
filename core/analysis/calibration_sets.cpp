// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/calibration_sets.h"

#include "core/analysis/ranked_values.h"
#include "core/base/error.h"
#include "core/kernels/rank_statistics.h"
#include "core/results/json_fields.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

namespace bitprism {

namespace {

void requireComparable(const std::vector<RankedValues> &sets)
{
    if (sets.size() < 2) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "Calibration sets are compared between runs; name at least two."));
    }
    for (const RankedValues &set : sets) {
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
CalibrationSets joined(const std::vector<RankedValues> &sets, std::string_view metric)
{
    CalibrationSets result;
    result.metric = metric;
    std::vector<std::map<std::string_view, double>> byName;
    for (const RankedValues &set : sets) {
        auto &values = byName.emplace_back();
        for (const auto &[layer, value] : set.values) {
            if (std::isfinite(value)) {
                values[layer] = value;
            }
        }
        result.sets.push_back({{}, set.data, set.tokens, {}});
    }
    for (const auto &[layer, value] :
         sets.empty() ? decltype(RankedValues::values)() : sets.front().values) {
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

CalibrationSets compared(const std::vector<RankedValues> &sets, std::string_view metric)
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

bool canCompare(const std::vector<RankedValues> &sets)
{
    return sets.size() >= 2 && joined(sets, {}).layers.size() >= fewestLayers;
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

CalibrationSets compareCalibrationSets(std::span<const OutlierTable *const> tables,
                                       std::string_view metric)
{
    return compared(rankedValues(tables, metric), metric);
}

CalibrationSets compareCalibrationSets(std::span<const SensitivityTable *const> tables,
                                       std::string_view metric, int bits)
{
    return compared(rankedValues(tables, metric, bits), metric);
}

bool canCompareCalibrationSets(std::span<const OutlierTable *const> tables, std::string_view metric)
{
    return canCompare(rankedValues(tables, metric));
}

bool canCompareCalibrationSets(std::span<const SensitivityTable *const> tables,
                               std::string_view metric)
{
    return canCompare(rankedValues(tables, metric, 0));
}

} // namespace bitprism
