// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// KL divergence of a model from its reference over the same tokens, D(reference, model), in nats.
struct Divergence
{
    double mean = 0;
    double standardError = 0; ///< windows (documents) are the units
    double top1Agreement = 0; ///< share of positions with the same most likely token
    std::map<std::string, double> percentiles; ///< "50", "90", "99", "99.9", "max"
};

/// One measurement of one model by one task.
struct Evaluation final : Result
{
    static constexpr std::string_view kind = "evaluation";

    std::string task; ///< "perplexity"
    std::string model; ///< absolute path; the run's model for a quantized one
    std::string data; ///< absolute path
    /// Hash of the task, its parameters and every token it scores: equal keys give equal values on
    /// equal models. Empty in results of version 0.1.
    std::string key;
    /// JSON object of the task's parameters that differ from their defaults; empty: none.
    std::string parameters;
    double value = 0;
    std::string unit;
    bool higherIsBetter = false; ///< of `value`; the task says so
    double standardError = 0; ///< of `value`
    std::optional<double> nll; ///< mean over scored tokens, nats (perplexity)
    std::optional<double> nllStandardError;
    /// Share of the targets that were the most likely (masked-nll, accuracy), and its standard
    /// error.
    std::optional<double> accuracy;
    std::optional<double> accuracyStandardError;
    std::optional<double> top5Accuracy; ///< share with the target among the five most likely
    /// Further counts by name: substitutions, insertions and deletions of wer.
    std::map<std::string, std::int64_t> counts;
    std::int64_t tokens = 0; ///< scored tokens
    std::int64_t items = 0; ///< windows or documents
    double seconds = 0;
    std::int64_t length = 0; ///< window length in tokens
    std::int64_t stride = 0;
    std::optional<Divergence> divergence;
    /// Sum of losses and count of scored tokens per window: what paired differences are made of.
    std::vector<double> windowNll;
    std::vector<std::int64_t> windowTokens;
    /// Sum of the divergence per window; earlier results have none.
    std::vector<double> windowDivergence;

    /// Keys of the lists above, which the store keeps and documents leave out.
    static constexpr std::array<std::string_view, 3> windowKeys{"window_nll", "window_tokens",
                                                                "window_kl"};

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static Evaluation fromJson(const nlohmann::json &json);
};

/// Whether two values measure the same: by their keys or, where one has none, by task, data and
/// how the data were cut. For Evaluation and whatever carries those fields of one.
template <typename A, typename B> bool isSameMeasurement(const A &a, const B &b)
{
    if (!a.key.empty() && !b.key.empty()) {
        return a.key == b.key;
    }
    return a.task == b.task && a.data == b.data && a.length == b.length && a.stride == b.stride;
}

/// The difference `model - reference` of mean negative log-likelihood with its standard error over
/// windows. Nothing if the two did not score the same windows of the same data.
struct PairedDifference
{
    double mean = 0;
    double standardError = 0;
};
std::optional<PairedDifference> pairedNllDifference(const Evaluation &model,
                                                    const Evaluation &reference);
/// The same for the mean divergence from the reference model.
std::optional<PairedDifference> pairedKlDifference(const Evaluation &model,
                                                   const Evaluation &reference);

/// Mean loss per token and its standard error with windows as units: the ratio estimator, for mean
/// m = sum s / sum c of W windows, sqrt(W / (W - 1) sum (s - m c)^2) / sum c. NaN for one window.
struct MeanWithError
{
    double mean = 0;
    double standardError = 0;
};
MeanWithError meanOverWindows(const std::vector<double> &sums,
                              const std::vector<std::int64_t> &counts);

} // namespace bitprism
