// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/interaction_matrix.h"

#include "core/results/json_fields.h"

#include <cmath>

namespace bitprism {

using json_fields::fromField;
using json_fields::readList;
using json_fields::toField;

namespace {

nlohmann::json rowsToJson(const std::vector<std::vector<double>> &rows)
{
    nlohmann::json json = nlohmann::json::array();
    for (const std::vector<double> &row : rows) {
        nlohmann::json &values = json.emplace_back(nlohmann::json::array());
        for (const double value : row) {
            values.push_back(toField(value));
        }
    }
    return json;
}

std::vector<std::vector<double>> rowsFromJson(const nlohmann::json &json, const char *key)
{
    std::vector<std::vector<double>> rows;
    readList(json, key, [&](const nlohmann::json &item) {
        fromField(nlohmann::json{{key, item}}, key, rows.emplace_back());
    });
    return rows;
}

nlohmann::json candidateToJson(const ProbedCandidate &candidate)
{
    return {{"name", candidate.layer},
            {"block", candidate.block},
            {"bits", candidate.bits},
            {"ratio", toField(candidate.ratio)},
            {"omega", toField(candidate.omega)},
            {"stderr", toField(candidate.standardError)}};
}

ProbedCandidate candidateFromJson(const nlohmann::json &json)
{
    ProbedCandidate candidate;
    fromField(json, "name", candidate.layer);
    fromField(json, "block", candidate.block);
    fromField(json, "bits", candidate.bits);
    fromField(json, "ratio", candidate.ratio);
    fromField(json, "omega", candidate.omega);
    fromField(json, "stderr", candidate.standardError);
    return candidate;
}

} // namespace

double InteractionMatrix::fisherValue(std::size_t i, std::size_t j) const
{
    double sum = 0;
    for (const std::vector<double> &sequence : fisher) {
        if (i < sequence.size() && j < sequence.size()) {
            sum += sequence[i] * sequence[j];
        }
    }
    return std::isfinite(sum) ? sum : 0;
}

nlohmann::json InteractionMatrix::toJson() const
{
    nlohmann::json json = {{"model", model},
                           {"data", data},
                           {"scope", scope},
                           {"estimator", estimator},
                           {"pairs_wanted", pairsWanted},
                           {"candidates", nlohmann::json::array()},
                           {"pairs", nlohmann::json::array()},
                           {"scales", nlohmann::json::array()},
                           {"fisher", rowsToJson(fisher)},
                           {"windows", rowsToJson(windows)},
                           {"window_tokens", windowTokens},
                           {"seconds", toField(seconds)},
                           {"complete", complete}};
    for (const ProbedCandidate &candidate : candidates) {
        json["candidates"].push_back(candidateToJson(candidate));
    }
    for (const ProbedPair &pair : pairs) { // short: there may be many
        json["pairs"].push_back(nlohmann::json::array(
            {pair.first, pair.second, toField(pair.value), toField(pair.standardError)}));
    }
    for (const BlockScale &scale : scales) {
        json["scales"].push_back({{"block", scale.block},
                                  {"weight", toField(scale.weight)},
                                  {"is_median", scale.isMedian}});
    }
    return json;
}

InteractionMatrix InteractionMatrix::fromJson(const nlohmann::json &json)
{
    InteractionMatrix result;
    fromField(json, "model", result.model);
    fromField(json, "data", result.data);
    fromField(json, "scope", result.scope);
    fromField(json, "estimator", result.estimator);
    fromField(json, "pairs_wanted", result.pairsWanted);
    readList(json, "candidates", [&](const nlohmann::json &item) {
        result.candidates.push_back(candidateFromJson(item));
    });
    readList(json, "pairs", [&](const nlohmann::json &item) {
        const bool isSound = item.is_array() && item.size() == 4 && item[0].is_number_unsigned()
            && item[1].is_number_unsigned() && item[2].is_number()
            && (item[3].is_number() || item[3].is_null());
        if (!isSound || item[0] >= item[1] || item[1] >= result.candidates.size()) {
            json_fields::failField("pairs");
        }
        ProbedPair &pair = result.pairs.emplace_back();
        pair.first = item[0];
        pair.second = item[1];
        pair.value = item[2];
        if (item[3].is_number()) {
            pair.standardError = item[3].get<double>();
        }
    });
    readList(json, "scales", [&](const nlohmann::json &item) {
        BlockScale &scale = result.scales.emplace_back();
        fromField(item, "block", scale.block);
        fromField(item, "weight", scale.weight);
        fromField(item, "is_median", scale.isMedian);
    });
    result.fisher = rowsFromJson(json, "fisher");
    result.windows = rowsFromJson(json, "windows");
    fromField(json, "window_tokens", result.windowTokens);
    fromField(json, "seconds", result.seconds);
    fromField(json, "complete", result.complete);
    return result;
}

} // namespace bitprism
