// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/evaluation.h"

#include "core/results/json_fields.h"

namespace bitprism {

using json_fields::fromField;
using json_fields::toField;

namespace {

double sumOf(const std::vector<std::int64_t> &counts)
{
    double sum = 0;
    for (const std::int64_t count : counts) {
        sum += static_cast<double>(count);
    }
    return sum;
}

void addDivergence(const std::optional<Divergence> &divergence, nlohmann::json &json)
{
    if (divergence) {
        json["kl_divergence"] = toField(divergence->mean);
        json["kl_stderr"] = toField(divergence->standardError);
        json["top1_agreement"] = toField(divergence->top1Agreement);
        json["kl_percentiles"] = divergence->percentiles;
    }
}

std::optional<Divergence> readDivergence(const nlohmann::json &json)
{
    if (!json.contains("kl_divergence")) {
        return std::nullopt;
    }
    Divergence divergence;
    fromField(json, "kl_divergence", divergence.mean);
    fromField(json, "kl_stderr", divergence.standardError);
    fromField(json, "top1_agreement", divergence.top1Agreement);
    fromField(json, "kl_percentiles", divergence.percentiles);
    return divergence;
}

} // namespace

nlohmann::json Evaluation::toJson() const
{
    nlohmann::json json = {{"task", task},
                           {"model", model},
                           {"data", data},
                           {"key", key},
                           {"parameters", parameters},
                           {"value", toField(value)},
                           {"unit", unit},
                           {"higher_is_better", higherIsBetter},
                           {"stderr", toField(standardError)},
                           {"tokens", tokens},
                           {"items", items},
                           {"seconds", toField(seconds)},
                           {"length", length},
                           {"stride", stride},
                           {"window_nll", windowNll},
                           {"window_tokens", windowTokens}};
    if (nll) {
        json["nll"] = toField(nll);
        json["nll_stderr"] = toField(nllStandardError);
    }
    if (top5Accuracy) {
        json["top5_accuracy"] = toField(top5Accuracy);
    }
    for (const auto &[name, count] : counts) {
        json["counts"][name] = count;
    }
    if (accuracy) {
        json["accuracy"] = toField(accuracy);
        json["accuracy_stderr"] = toField(accuracyStandardError);
    }
    addDivergence(divergence, json);
    if (!windowDivergence.empty()) {
        json["window_kl"] = windowDivergence;
    }
    return json;
}

Evaluation Evaluation::fromJson(const nlohmann::json &json)
{
    Evaluation result;
    fromField(json, "task", result.task);
    fromField(json, "model", result.model);
    fromField(json, "data", result.data);
    fromField(json, "key", result.key);
    fromField(json, "parameters", result.parameters);
    // Version 0.1 did not store which way is better; these two tasks of it count hits.
    result.higherIsBetter = result.task == "accuracy" || result.task == "zero-shot-images";
    fromField(json, "higher_is_better", result.higherIsBetter);
    fromField(json, "value", result.value);
    fromField(json, "unit", result.unit);
    fromField(json, "stderr", result.standardError);
    fromField(json, "tokens", result.tokens);
    fromField(json, "items", result.items);
    fromField(json, "seconds", result.seconds);
    fromField(json, "length", result.length);
    fromField(json, "stride", result.stride);
    fromField(json, "nll", result.nll);
    fromField(json, "nll_stderr", result.nllStandardError);
    fromField(json, "top5_accuracy", result.top5Accuracy);
    fromField(json, "counts", result.counts);
    fromField(json, "accuracy", result.accuracy);
    fromField(json, "accuracy_stderr", result.accuracyStandardError);
    fromField(json, "window_nll", result.windowNll);
    fromField(json, "window_tokens", result.windowTokens);
    fromField(json, "window_kl", result.windowDivergence);
    result.divergence = readDivergence(json);
    return result;
}

MeanWithError meanOverWindows(const std::vector<double> &sums,
                              const std::vector<std::int64_t> &counts)
{
    BITPRISM_ASSERT(sums.size() == counts.size(), "one count per sum");
    const double total = sumOf(counts);
    double sum = 0;
    for (const double value : sums) {
        sum += value;
    }
    MeanWithError result{sum / total, std::numeric_limits<double>::quiet_NaN()};
    const double windows = static_cast<double>(sums.size());
    if (sums.size() < 2) {
        return result;
    }
    double squares = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const double residual = sums[i] - result.mean * static_cast<double>(counts[i]);
        squares += residual * residual;
    }
    result.standardError = std::sqrt(windows / (windows - 1) * squares) / total;
    return result;
}

namespace {

/// The difference of what `sums` points to, an evaluation's list of a sum per window.
std::optional<PairedDifference> pairedDifference(const Evaluation &model,
                                                 const Evaluation &reference,
                                                 std::vector<double> Evaluation::*sums)
{
    const std::vector<double> &of = model.*sums;
    const std::vector<double> &against = reference.*sums;
    const bool isPaired = !of.empty() && model.windowTokens == reference.windowTokens
        && of.size() == against.size() && of.size() == model.windowTokens.size()
        && model.data == reference.data && model.length == reference.length
        && model.stride == reference.stride;
    if (!isPaired || sumOf(model.windowTokens) <= 0) {
        return std::nullopt;
    }
    std::vector<double> differences(of.size());
    for (std::size_t i = 0; i < differences.size(); ++i) {
        differences[i] = of[i] - against[i];
    }
    const MeanWithError mean = meanOverWindows(differences, model.windowTokens);
    return PairedDifference{mean.mean, mean.standardError};
}

} // namespace

std::optional<PairedDifference> pairedNllDifference(const Evaluation &model,
                                                    const Evaluation &reference)
{
    return pairedDifference(model, reference, &Evaluation::windowNll);
}

std::optional<PairedDifference> pairedKlDifference(const Evaluation &model,
                                                   const Evaluation &reference)
{
    return pairedDifference(model, reference, &Evaluation::windowDivergence);
}

} // namespace bitprism
