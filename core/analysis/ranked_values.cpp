// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/ranked_values.h"

#include "core/analysis/calibration_sets.h"
#include "core/base/error.h"

#include <algorithm>
#include <limits>

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

/// BadInput where a table did not probe the width that was asked for; 0: none was.
void requireWidth(std::span<const SensitivityTable *const> tables, int bits)
{
    for (const SensitivityTable *table : tables) {
        const std::vector<int> &probed = table->widths;
        if (bits == 0 || std::find(probed.begin(), probed.end(), bits) != probed.end()) {
            continue;
        }
        std::string known;
        for (const int width : probed) {
            known += (known.empty() ? "" : ", ") + std::to_string(width);
        }
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The run on %1 did not probe %2 bits, but %3; choose a width that "
                                "all runs probed."),
                    table->data, bits, known);
    }
}

} // namespace

std::vector<RankedValues> rankedValues(std::span<const OutlierTable *const> tables,
                                       std::string_view metric)
{
    const OutlierMetric &chosen = metricNamed(outlierMetricList, metric);
    std::vector<RankedValues> sets;
    for (const OutlierTable *table : tables) {
        RankedValues &set = sets.emplace_back();
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

std::vector<RankedValues> rankedValues(std::span<const SensitivityTable *const> tables,
                                       std::string_view metric, int bits)
{
    const CellMetric &chosen = metricNamed(cellMetricList, metric);
    const int width = bits == 0 ? commonBits(tables) : bits;
    requireWidth(tables, bits);
    std::vector<RankedValues> sets;
    for (const SensitivityTable *table : tables) {
        RankedValues &set = sets.emplace_back();
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

} // namespace bitprism
