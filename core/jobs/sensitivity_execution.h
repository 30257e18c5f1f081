// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/sampler.h"
#include "core/eval/items.h"
#include "core/jobs/block_probe.h"
#include "core/jobs/model_transforms.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/sensitivity_options.h"
#include "core/jobs/run_session.h"
#include "core/models/stream.h"
#include "core/results/run_summary.h"

#include <memory>
#include <set>
#include <vector>

namespace bitprism {

/// The widths ascending, each once; BadInput for what is not a list of 1 to 8.
std::vector<int> probedWidths(const Json &bits);

/// One execution of the job `sensitivity`. Works from the last block to the first, as gradients
/// come: the cheapest probes first. A finished block is committed and not probed again.
class SensitivityExecution
{
public:
    SensitivityExecution(JobRun &run, const SensitivityJobOptions &options);
    /// Time and memory, without probing; runs one block on a few tokens.
    Estimate estimate() const;
    void execute();

private:
    class Gradients;

    void drawItems();
    void makeQuantizers();
    void makeTransforms();
    void makeTable();
    void prepareTransforms(RunSession &session);
    std::unique_ptr<ProbeEvaluator> makeEvaluator();
    /// The model has a loss that gradients can be taken of.
    bool hasLoss() const;
    void takeEarlier(RunSession &session);
    void probe(RunSession &session);
    bool isDone(int block) const { return m_done.contains(block); }
    void finishBlock(const BlockProbe &probe, int block, RunSession &session);
    void publish(RunSession &session, bool isStored);
    void advance(double cost);
    /// Block runs over all samples: base run, gradient pass, and every probe.
    double totalCost() const;
    double probeCost(int block) const; ///< of one layer at one width
    double probesCost(int block) const; ///< of all of a block
    std::int64_t memoryNeed() const;

    JobRun &m_run;
    SensitivityJobOptions m_options;
    OpenedModel m_opened;
    std::unique_ptr<ModelTransforms> m_transforms;
    std::unique_ptr<Model> m_model; ///< behind the transforms
    SampleSet m_samples;
    ItemSet m_items;
    ProbeQuantizers m_quantizers;
    std::unique_ptr<ProbeEvaluator> m_evaluator;
    SensitivityTable m_table;
    std::set<int> m_done; ///< blocks
    int m_blocks = 0;
    double m_cost = 0; ///< spent so far
};

} // namespace bitprism
