// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/layer_statistics.h"
#include "core/calib/sampler.h"
#include "core/jobs/block_quantizer.h"
#include "core/jobs/evaluation_plan.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/run_options.h"
#include "core/jobs/run_files.h"
#include "core/jobs/run_plan.h"
#include "core/jobs/run_session.h"
#include "core/quant/quantized_overlay.h"
#include "core/results/run_summary.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// One execution of a recipe, from the first block (or the first that an earlier execution did not
/// commit) to the last metric.
class RunExecution
{
public:
    /// Reads everything that can be wrong: recipe, calibration and evaluation data.
    RunExecution(JobRun &run, const RunJobOptions &options);

    /// Time, memory and size, without quantizing; runs one block on a few tokens.
    Estimate estimate();
    void execute();

private:
    class StackStarts;

    void readRecipe(const RunJobOptions &options);
    /// Learns what the transforms need, or takes over what an earlier execution learned.
    void prepareTransforms(RunSession &session, JobContext &context);
    /// Ranks channels by gradients where quantizers ask for it, or takes over earlier scores.
    void prepareScores(RunSession &session, JobContext &context);
    void quantize(RunSession &session, JobContext &context);
    /// Lets the activation quantizer search on the output, or takes over what it found earlier.
    void searchActivations(RunSession &session, JobContext &context);
    /// Takes over what an earlier execution committed; returns how many units, and the states
    /// behind them unless all are done.
    int resumeFrom(RunSession &session, std::vector<StreamState> &states,
                   std::vector<StreamState> &fullStates);
    void takeCommitted(const std::filesystem::path &codes, const CommittedUnit &unit);
    void quantizeEmbedding(JobContext &context);
    /// Feeds the inputs of a stack's head to the statistics that its layers want.
    void collectHead(int stack, const std::vector<StreamState> &states, JobContext &context);
    void quantizeHead(RunSession &session, JobContext &context);
    bool canGoOnBehind(const RunSession &session) const;
    void keepBlock(int unit, BlockQuantizer::Finished finished,
                   const std::vector<StreamState> &states,
                   const std::vector<StreamState> &fullStates, RunSession &session);
    void writeUnit(int unit, const BlockQuantizer::Finished &finished,
                   const std::vector<StreamState> &states,
                   const std::vector<StreamState> &fullStates, RunSession &session);
    void takeEdits(const TensorEdits &edits, std::string_view where);
    void finishCodes(RunSession &session);
    void evaluate(RunSession &session, double from);
    std::optional<RunMetric> earlierMetric(const PlannedEvaluation &planned) const;
    /// The quantized model and, where asked for, the unquantized one.
    RunMetric measureBoth(const PlannedEvaluation &planned, RunSession &session, double from,
                          double to);
    Evaluation baseline(const PlannedEvaluation &planned, RunSession &session, JobContext &context);
    void checkExports();
    void exportModel();
    void publish(RunSession &session, bool complete);
    void note(const std::string &text);
    std::int64_t memoryNeed() const;
    double quantizationCost() const;
    double learningCost() const; ///< part of it, scoring included
    double scoringCost() const;
    double searchCost() const; ///< of activations, part of it too
    double evaluationCost() const;
    double quantizerWork() const;

    JobRun &m_run;
    RunJobOptions m_options;
    OpenedModel m_opened;
    Recipe m_recipe;
    std::unique_ptr<RunPlan> m_plan;
    SampleSet m_samples;
    std::vector<PlannedEvaluation> m_evaluations;
    std::shared_ptr<QuantizedOverlay> m_overlay;
    std::shared_ptr<ActivationQuantizer> m_activations; ///< null for none
    std::unique_ptr<Model> m_transformed; ///< the model behind the recipe's transforms
    ChannelScores m_scores;
    std::unique_ptr<Model> m_quantized; ///< the model behind the overlay
    std::optional<StatisticsCollector> m_headInputs; ///< made when the first stack ends
    BlockQuantizer::Finished m_embedding; ///< data-free, kept with the head's unit
    /// Of what lies outside the blocks, made before the stream begins; kept with the first unit.
    TensorEdits m_outerEdits;
    std::int64_t m_editBytes = 0; ///< that edited tensors take beyond those they replace
    std::vector<PlannedExport> m_exports;
    RunSummary m_summary;
    /// What an interrupted execution of this run said last; null for none.
    std::shared_ptr<const RunSummary> m_earlier;
};

} // namespace bitprism
