// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/models/model.h"
#include "core/results/sensitivity_table.h"

#include <vector>

namespace bitprism {

/// Measures many changes of one model, each of a single block, against the model as it is.
class ProbeEvaluator
{
public:
    virtual ~ProbeEvaluator() = default;
    /// The base model's block (or head), to copy and change.
    virtual Block block(BlockId id) const = 0;
    /// The base's states that enter a block; their hidden tensors are shared: do not write to them.
    /// Empty where the model does not run.
    virtual std::vector<StreamState> inputs(BlockId id) const = 0;
    /// Writes into `cell` what the model does with `changed` in place of its block of that id.
    virtual void measure(const Block &changed, SensitivityCell &cell,
                         JobContext &context) const = 0;
};

/// For a model that cannot be run: hands out blocks and measures nothing.
class WeightsEvaluator final : public ProbeEvaluator
{
public:
    /// `model` must outlive it.
    explicit WeightsEvaluator(const Model &model)
        : m_model(model)
    {
    }
    Block block(BlockId id) const override { return m_model.loadBlock(id); }
    std::vector<StreamState> inputs(BlockId) const override { return {}; }
    void measure(const Block &, SensitivityCell &, JobContext &) const override { }

private:
    const Model &m_model;
};

} // namespace bitprism
