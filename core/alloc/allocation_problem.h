// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/uncertainty.h"
#include "core/results/sensitivity_table.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// One way to store one layer.
struct AllocationCandidate
{
    int bits = 0;
    std::optional<double> ratio;
    std::int64_t storageBits = 0; ///< of the whole layer, overhead included
    double damage = 0; ///< what the allocator minimises the sum of
    Uncertainty damageUncertainty;
    std::optional<double> deltaNll; ///< nats per token, where it is known besides `damage`
    Uncertainty deltaNllUncertainty;
    double bitOperations = 0; ///< per token
    std::int64_t ioBytes = 0; ///< moved per token: weights, activations in and out
};

struct AllocationLayer
{
    std::string name;
    std::int64_t weights = 0; ///< rows x cols
    std::vector<AllocationCandidate> candidates;
    std::optional<int> pinnedBits; ///< only candidates of this width are allowed
    std::optional<double> pinnedRatio; ///< only candidates of this ratio are allowed
    /// Layers of one non-empty name must get the same bits and ratio (a target merges them).
    std::string fusedGroup;
    /// Interactions inside one block are solved exactly, across blocks by search; -1: its own.
    int block = -1;
};

/// What two layers cost together beyond the sum of what each costs alone.
struct LayerInteraction
{
    std::size_t first = 0; ///< positions in AllocationProblem::layers, first < second
    std::size_t second = 0;
    std::vector<double> values; ///< [candidates of first, candidates of second], as `damage`
    std::vector<double> variances{}; ///< of the values; empty: not known
};

struct AllocationProblem
{
    std::vector<AllocationLayer> layers; ///< in model order
    std::int64_t fixedBytes = 0; ///< of the tensors that stay as they are
    double fixedBitOperations = 0; ///< per token, of everything but these layers
    std::int64_t fixedIoBytes = 0; ///< likewise
    /// Of pairs of layers; damages add up where there is none.
    std::vector<LayerInteraction> interactions;
};

/// What an allocation may use; every limit that is set holds.
struct Budget
{
    std::optional<double> averageBits; ///< stored bits over weights, of the problem's layers
    std::optional<std::int64_t> bytes; ///< of the whole checkpoint, fixed tensors included
    std::optional<double> bitOperations; ///< per token, of the whole model, fixed parts included
    std::optional<std::int64_t> ioBytes; ///< likewise

    /// It limits nothing.
    bool isEmpty() const { return !averageBits && !bytes && !bitOperations && !ioBytes; }
};

/// Columns of a sensitivity table that can be the damage; "automatic" is the first of KL
/// divergence, delta NLL, predicted delta NLL, the model's output error, the layer's, and weight
/// error that every cell has. Changes of the loss enter as lossEstimates() has them, which are
/// never below zero.
inline constexpr std::string_view damageMetrics[]
    = {"automatic",          "kl-divergence", "delta-nll", "predicted-delta-nll",
       "model-output-error", "output-mse",    "weight-mse"};

/// The problem a sensitivity table poses. `pins` are layer names (or patterns with * and ?) and
/// widths, or ratios where the table probed ratios. Throws BadInput for an unknown metric or one
/// the table lacks, a pin that matches no layer, or a pinned width or ratio that was not probed.
AllocationProblem allocationProblem(const SensitivityTable &table, std::string_view damageMetric,
                                    const std::map<std::string, double> &pins = {});

} // namespace bitprism
