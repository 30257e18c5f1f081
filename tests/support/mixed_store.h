// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/evaluation.h"
#include "core/store/experiment_store.h"

#include <string>

namespace bitprism::test {

/// Runs whose numbers are easily taken for each other's: of two models whose layers have the same
/// names, by one task on one file, cut to two lengths. Every loss is chosen so that a value or a
/// difference tells whose it is.
struct MixedStore
{
    /// Nats per token, the same in all windows but for what every toy evaluation shares.
    static constexpr double toyLoss = 2; ///< of the unquantized "toy"
    static constexpr double otherLoss = 1; ///< of the unquantized "other"
    static constexpr double ownLoss = 2.5; ///< of `own`
    static constexpr double sharedLoss = 2.25; ///< of `shared`
    static constexpr double foreignLoss = 1.0625; ///< of `foreign`
    static constexpr double shortBaselineLoss = 3; ///< of the unquantized "toy" at 32 tokens
    static constexpr double shortLoss = 3.125; ///< of `shortened`

    std::string own; ///< of "toy", 64 tokens; measured the baseline itself
    std::string shared; ///< likewise, with the baseline that `own` measured
    std::string shortened; ///< of "toy", 32 tokens and a baseline of its own
    std::string foreign; ///< of "other", 64 tokens
    std::string interrupted; ///< of "toy"; stopped behind its baseline, before its own value
    std::string toySensitivity; ///< a run of kind "sensitivity" of "toy"
    std::string otherSensitivity; ///< of "other"; the newest run of all

    static std::string hashOf(const std::string &model); ///< the checkpoint's
    static std::string keyOf(int length);
    static std::string baselineName(int length) { return "baseline:" + keyOf(length); }
};

/// An evaluation with the key of its length.
Evaluation keyedEvaluation(double loss, int length);

MixedStore addMixedRuns(store::ExperimentStore &store);

} // namespace bitprism::test
