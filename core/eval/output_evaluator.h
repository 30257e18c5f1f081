// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/items.h"
#include "core/eval/probe_evaluator.h"
#include "core/results/evaluation.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace bitprism {

/// Measures changes where the model scores nothing (CLIP's towers, a lone encoder): by the error of
/// the output of the tower that holds the changed block,
///
///     ||Y' - Y||^2 / ||Y||^2
///
/// for each recording, image or text, Y being finish() of the tower at the one position it is read
/// at, or at all real ones. Caches the states that enter every block, so that a probe runs from its
/// block to the end of its tower only. Holds blocks x positions x hidden floats.
class OutputEvaluator final : public ProbeEvaluator
{
public:
    /// Runs the base model once, reporting progress in [0, `progressTo`] of 1. `model` must outlive
    /// it; no stack of it may attend to another.
    OutputEvaluator(const Model &model, const ItemSet &items, JobContext &context,
                    double progressTo = 1);
    ~OutputEvaluator() override;

    static std::int64_t memoryNeed(const Model &model, const ItemSet &items);

    Block block(BlockId id) const override;
    std::vector<StreamState> inputs(BlockId id) const override;
    void measure(const Block &changed, SensitivityCell &cell, JobContext &context) const override;
    /// Mean over items, and its standard error.
    MeanWithError outputError(const Block &changed, JobContext &context) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace bitprism
