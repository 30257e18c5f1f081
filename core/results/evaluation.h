// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
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
    double value = 0;
    std::string unit;
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

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static Evaluation fromJson(const nlohmann::json &json);
};

/// The difference `model - reference` of mean negative log-likelihood with its standard error over
/// windows. Nothing if the two did not score the same windows of the same data.
struct PairedDifference
{
    double mean = 0;
    double standardError = 0;
};
std::optional<PairedDifference> pairedNllDifference(const Evaluation &model,
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
