// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/results/evaluation.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

struct RunLayer
{
    std::string name;
    int block = -1;
    double bits = 0; ///< width of the codes (of the larger part, where parts differ)
    std::optional<double> ratio; ///< share of high-impact weights
    double weightMse = 0;
    std::optional<double> outputMse; ///< relative, on the quantized stream's inputs
    double seconds = 0;
    std::int64_t storageBits = 0; ///< codes, scales, zero points, masks, indices, codebooks
    std::int64_t weights = 0; ///< rows x cols
};

/// A metric of a run beside the same metric of the unquantized model.
struct RunMetric
{
    Evaluation measured;
    std::optional<Evaluation> baseline;
};

/// Everything a finished (or partial) run says.
struct RunSummary final : Result
{
    static constexpr std::string_view kind = "run";

    std::string run;
    std::string model;
    double averageBits = 0; ///< stored bits of quantized layers / their weights
    std::int64_t bytes = 0; ///< of the quantized checkpoint's tensors, unquantized ones included
    double bitOperations = 0; ///< per token, see core/results/token_cost.h
    double memoryIoBytes = 0; ///< per token, likewise
    std::string codesSha256;
    std::vector<RunMetric> metrics;
    std::vector<RunLayer> layers;
    std::vector<std::string> notes; ///< "length 2048 was cut to the model's context, 512"
    std::int64_t peakRssBytes = 0;
    double seconds = 0;
    bool complete = false;

    /// Means over the layers' weights: of their squared error, and of the relative squared error
    /// of the outputs; null where no layer says it.
    std::optional<double> meanWeightError() const;
    std::optional<double> meanOutputError() const;

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static RunSummary fromJson(const nlohmann::json &json);
};

/// A checkpoint that a run will write.
struct PlannedExport
{
    std::string format; ///< an exporter's id
    std::string output; ///< path
    std::int64_t bytes = 0; ///< to the byte

    friend bool operator==(const PlannedExport &, const PlannedExport &) = default;
};

/// What a job will need, told before it starts.
struct Estimate final : Result
{
    static constexpr std::string_view kind = "estimate";

    double seconds = 0;
    std::int64_t memoryBytes = 0;
    std::int64_t bytes = 0;
    double averageBits = 0;
    std::vector<PlannedExport> exports;
    std::vector<std::string> notes; ///< as RunSummary's, as far as they are known beforehand

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static Estimate fromJson(const nlohmann::json &json);
};

} // namespace bitprism
