// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// One way to quantize one layer, probed alone: a row of the matrix.
struct ProbedCandidate
{
    std::string layer;
    int block = -1; ///< counted over all stacks
    int bits = 0;
    std::optional<double> ratio;
    /// Om: change of the loss with this layer alone quantized so, nats per token.
    std::optional<double> omega;
    std::optional<double> standardError;
};

/// Two candidates probed together.
struct ProbedPair
{
    std::size_t first = 0; ///< positions among the candidates, first < second
    std::size_t second = 0;
    /// Om of both beyond the sum of each alone: the off-diagonal of M (high-impact-ratio.md 3.3),
    /// nats per token.
    double value = 0;
    std::optional<double> standardError; ///< paired over windows; absent for estimates
};

/// What puts a block's local errors on the scale of the loss (high-impact-ratio.md 3.6 b).
struct BlockScale
{
    int block = 0;
    double weight = 1; ///< change of the loss over local error, the whole block at the reference
    bool isMedian = false; ///< the change drowned in noise: the other blocks' median
};

/// The sensitivity and interaction matrix M: `M[i][i] = 2 omega`, `M[i][j]` the pairs' values, and
/// zero where nothing was probed.
struct InteractionMatrix final : Result
{
    static constexpr std::string_view kind = "interactions";

    std::string model; ///< absolute path
    std::string data; ///< absolute path
    std::string scope; ///< which pairs: none, block, fisher, full
    std::string estimator; ///< suffix (measured), or block-local
    std::vector<ProbedCandidate> candidates; ///< as the sensitivity table's cells
    std::vector<ProbedPair> pairs;
    std::int64_t pairsWanted = 0;
    std::vector<BlockScale> scales; ///< of the estimator block-local
    /// The Fisher projection's factor (3.6 c), [sequences][candidates]: sqrt(T_n / N) p_n, with
    /// p_n = <gradient of sequence n's mean loss, D>; NaN where not known yet.
    std::vector<std::vector<double>> fisher;
    /// Change of the summed loss of each window, [candidates][windows]; what pairs are compared
    /// with, kept so that probing can go on where it stopped.
    std::vector<std::vector<double>> windows;
    std::vector<std::int64_t> windowTokens; ///< scored
    double seconds = 0;
    bool complete = false;

    /// M_F[i][j] of the Fisher projection; 0 where it is not known.
    double fisherValue(std::size_t i, std::size_t j) const;

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static InteractionMatrix fromJson(const nlohmann::json &json);
};

} // namespace bitprism
