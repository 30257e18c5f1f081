// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// What quantizing one layer alone at one width does. Absent: not measured (yet).
struct SensitivityCell
{
    std::string layer;
    int bits = 0; ///< with a ratio: of the layer's other weights
    std::optional<double> weightMse; ///< mean squared weight error
    std::optional<double> outputMse; ///< squared output error relative to the output's square
    std::optional<double> klDivergence; ///< nats per token
    std::optional<double> klStandardError;
    std::optional<double> deltaNll; ///< nats per token
    std::optional<double> deltaNllStandardError;
    std::optional<double> predictedDeltaNll; ///< from one gradient pass
    /// Squared error of the model's output (a tower's embedding) relative to its square, where the
    /// model scores nothing that a loss could be taken of.
    std::optional<double> modelOutputError;
    std::optional<double> modelOutputStandardError;
    std::int64_t storageBits = 0; ///< all of the layer's bits at this width, overhead included
    std::int64_t weights = 0; ///< rows x cols of the layer
    /// Per token, see core/results/token_cost.h; absent in tables of older versions.
    std::optional<double> bitOperations;
    std::optional<double> ioBytes;
    /// Share of high-impact weights (at SensitivityTable::highBits); absent: one width.
    std::optional<double> ratio{};
    int block = -1; ///< counted over all stacks; -1 in tables of older versions
};

struct SensitivityTable final : Result
{
    static constexpr std::string_view kind = "sensitivity";

    std::string model; ///< absolute path
    std::string data; ///< absolute path
    std::string quantizer; ///< id of the weight quantizer probed
    std::string quantizerParams; ///< its parameters without bits, JSON text
    std::vector<int> widths; ///< probed bits, ascending
    std::vector<double> ratios{}; ///< probed shares of high-impact weights; empty: widths were
    int highBits = 0; ///< width of high-impact weights, where ratios were probed
    std::vector<SensitivityCell> cells; ///< layer by layer in model order, widths ascending
    std::int64_t fixedBytes = 0; ///< of the model's tensors that no cell covers
    /// Per token, of everything that no cell covers: head, norms, attention, the cache.
    double fixedBitOperations = 0;
    double fixedIoBytes = 0;
    std::int64_t tokens = 0;
    double seconds = 0;
    /// Spearman correlation between predicted and measured delta NLL over all cells.
    std::optional<double> rankCorrelation;
    bool complete = false;

    /// Of the quantizer's grids; 0: whole rows, or a quantizer without groups.
    int groupSize() const;

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static SensitivityTable fromJson(const nlohmann::json &json);
};

} // namespace bitprism
