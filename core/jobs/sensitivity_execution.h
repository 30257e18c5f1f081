// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/sampler.h"
#include "core/eval/items.h"
#include "core/jobs/block_probe.h"
#include "core/jobs/interaction_probes.h"
#include "core/jobs/model_transforms.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/sensitivity_options.h"
#include "core/jobs/run_session.h"
#include "core/models/stream.h"
#include "core/results/run_summary.h"

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace bitprism {

/// The widths ascending, each once; BadInput for what is not a list of 1 to 8.
std::vector<int> probedWidths(const Json &bits);
/// The ratios ascending, each once; BadInput for what is not a list of numbers from 0 to 1.
std::vector<double> probedRatios(const Json &ratios);

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
    /// What a backward pass costs, in forward passes: the forward run, its recomputation, two
    /// products.
    static constexpr double gradientPasses = 4;

    void makeQuantizers();
    /// Quantizers that need what this model has not.
    void refuseWithoutRun() const;
    void makeRatioCandidates(const Json &params, const std::string &where);
    void drawItems();
    /// As many samples as the wanted standard error takes, by a few probes on a few samples.
    void chooseSampleCount(RunSession &session);
    /// Draws as many, and looks whether they fit into memory.
    void takeSampleCount(int samples);
    void makeInteractions();
    void prepareScores(RunSession &session);
    void makeTransforms();
    void makeTable();
    void prepareTransforms(RunSession &session);
    std::unique_ptr<ProbeEvaluator> makeEvaluator();
    /// The model has a loss that gradients can be taken of.
    bool hasLoss() const;
    /// What measures it.
    const SuffixEvaluator &losses() const;
    void takeEarlier(RunSession &session);
    void probe(RunSession &session);
    bool isDone(int block) const { return m_done.contains(block); }
    void finishBlock(BlockProbe &probe, int block, RunSession &session);
    void probeCell(BlockProbe &probe, std::size_t index, std::size_t first);
    void probePairs(BlockProbe &probe, int block, RunSession &session);
    void probeAcross(RunSession &session);
    BlockProbe probeOf(int block);
    /// Position of a block's first cell; of the last block's end for the number of blocks.
    std::size_t firstCell(int block) const
    {
        return m_firstCells.at(static_cast<std::size_t>(block));
    }
    void publish(RunSession &session, bool isStored);
    /// Keeps what is known so far, now and then, so that probing goes on in the middle of a block.
    void keepNowAndThen(RunSession &session);
    bool wantsPairs() const;
    bool isBlockLocal() const;
    /// Candidate that stands for a block as a whole: that of the ratio next to 0.05.
    std::size_t referenceCandidate() const;
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
    ChannelScores m_scores;
    std::unique_ptr<ProbeEvaluator> m_evaluator;
    SensitivityTable m_table;
    std::optional<InteractionProbes> m_interactions;
    std::vector<std::size_t> m_firstCells;
    std::chrono::steady_clock::time_point m_lastKept = std::chrono::steady_clock::now();
    std::set<int> m_done; ///< blocks
    int m_blocks = 0;
    double m_cost = 0; ///< spent so far
};

} // namespace bitprism
