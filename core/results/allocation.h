// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

struct LayerChoice
{
    std::string layer;
    int bits = 0;
    std::optional<double> ratio;
};

struct FrontierPoint
{
    double averageBits = 0;
    std::int64_t bytes = 0;
    double objective = 0; ///< predicted damage; delta NLL in nats where it was measured
    std::optional<double> standardError{}; ///< of the objective, where the probes have theirs
};

/// One solved allocation.
struct Allocation final : Result
{
    static constexpr std::string_view kind = "allocation";

    std::string allocator;
    double averageBits = 0;
    std::int64_t bytes = 0;
    double bitOperations = 0; ///< per token, of the whole model
    double memoryIoBytes = 0; ///< likewise
    /// Nats per token, never below zero; absent where no change of the loss was probed.
    std::optional<double> predictedDeltaNll;
    std::optional<double> predictedStandardError; ///< from the probes' own
    std::string solver; ///< what found it: "exact-front", "glpk 5.0", or the allocator's own
    std::string status; ///< optimal, feasible
    double objective = 0;
    std::optional<double> objectiveStandardError{};
    double milliseconds = 0;
    /// What the objective may lie above the optimum at most, where the solver knows; 0 if optimal.
    std::optional<double> gap{};
    bool thinned = false; ///< the solver left points out of its frontier to stay small
    std::vector<LayerChoice> layers;
    std::vector<FrontierPoint> frontier; ///< filled on demand

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static Allocation fromJson(const nlohmann::json &json);
};

} // namespace bitprism
