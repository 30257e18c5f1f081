// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/block_speed.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/output_search.h"
#include "core/jobs/run_execution.h"
#include "core/models/stacks.h"

#include <algorithm>

namespace bitprism {

namespace {

/// What reading a model's output costs, in runs through one block: the product with the head, and
/// the passes of a softmax and its divergence over the vocabulary.
double outputBlocks(const Model &model)
{
    constexpr double passesOfDivergence = 40; // in multiplications: exponentials and logarithms
    const ModelInfo &info = model.info();
    double weights = 0;
    for (const LayerInfo &layer : info.layers) {
        weights += layer.block < 0
            ? 0
            : static_cast<double>(layer.rows) * static_cast<double>(layer.cols);
    }
    const double perBlock = weights / std::max(1, info.blocks);
    const double head = static_cast<double>(std::max<std::int64_t>(0, info.outputSize()))
        * (static_cast<double>(info.hiddenSize) + passesOfDivergence);
    return perBlock > 0 ? head / perBlock : 0;
}

/// Floating-point operations a second that the column loops of a quantizer reach, per thread; a
/// cautious figure of a 2020s core.
constexpr double quantizerSpeed = 5e9;

} // namespace

std::int64_t RunExecution::memoryNeed() const
{
    const Model &model = *m_opened.model;
    const BlockQuantizer visitor(*m_plan, model, m_activations.get(), {});
    const std::int64_t states = m_samples.tokens * model.info().hiddenSize * 4;
    // A backward stream keeps what enters every block.
    const std::int64_t backward = m_plan->scoredLayers().empty()
        ? 0
        : states * model.info().blocks + 2 * model.largestBlockBytes();
    const std::int64_t working = m_samples.tokens > 0 // else no block runs
        ? model.workingBytesPerToken() * batchTokens(model)
        : 0;
    const std::int64_t scores = m_plan->scoreBytes();
    std::int64_t need = 2 * model.largestBlockBytes() + 2 * states + working + scores
        + visitor.memoryNeed(model) + m_summary.bytes
        + visitor.methodMemory(model, m_samples.tokens, m_samples.length);
    for (const PlannedEvaluation &planned : m_evaluations) {
        need = std::max(need,
                        m_summary.bytes
                            + memoryOf(planned, model, planned.needsReference ? &model : nullptr));
    }
    need = std::max(need, m_plan->transforms().searchMemory(model, m_samples));
    if (m_activations && m_activations->searchesOutput()) {
        need = std::max(need, m_summary.bytes + OutputSearch::memoryNeed(model, m_samples));
    }
    return std::max(need, backward + 2 * model.largestBlockBytes() + working + scores);
}

double RunExecution::quantizationCost() const
{
    double passes = 0;
    for (const BlockId id : m_opened.model->allBlocks()) {
        const auto samples = std::max(1.0, static_cast<double>(m_samples.samples.size()));
        passes += BlockQuantizer::passesOf(*m_plan, id, samples);
    }
    return passes * static_cast<double>(m_samples.tokens) + learningCost() + searchCost();
}

double RunExecution::searchCost() const
{
    if (!m_activations || !m_activations->searchesOutput()) {
        return 0;
    }
    const auto samples = static_cast<std::int64_t>(m_samples.samples.size());
    const Model &model = *m_opened.model;
    return m_activations->searchRuns(samples, m_samples.length)
        * static_cast<double>(m_samples.tokens) * (model.info().blocks + outputBlocks(model));
}

double RunExecution::scoringCost() const
{
    // Forward, its recomputation, and two products backwards.
    constexpr double gradientPasses = 4;
    return m_plan->scoredLayers().empty()
        ? 0
        : gradientPasses * static_cast<double>(m_opened.model->info().blocks)
            * static_cast<double>(m_samples.tokens);
}

double RunExecution::learningCost() const
{
    return scoringCost()
        + m_plan->transforms().learningPasses() * static_cast<double>(m_opened.model->info().blocks)
        * static_cast<double>(m_samples.tokens)
        + m_plan->transforms().searchedSamples(*m_opened.model, m_samples.samples.size())
        * static_cast<double>(m_samples.length);
}

double RunExecution::evaluationCost() const
{
    double tokens = 0;
    for (const PlannedEvaluation &planned : m_evaluations) {
        tokens += static_cast<double>(planned.tokens()) * (m_options.baseline ? 2 : 1);
    }
    return tokens * m_opened.model->info().blocks;
}

/// In floating-point operations: the column loops of the quantizers that have one, and the output
/// error, which every run on data reports.
double RunExecution::quantizerWork() const
{
    if (m_samples.tokens == 0) {
        return 0;
    }
    double work = 0;
    for (const PlannedLayer *planned : m_plan->all()) {
        const auto rows = static_cast<double>(planned->layer->rows);
        const auto cols = static_cast<double>(planned->layer->cols);
        const bool loops = planned->quantizer->needs().statistics.hessian;
        work += cols * cols * (loops ? cols + 2 * rows : rows);
    }
    return work;
}

Estimate RunExecution::estimate()
{
    const Model &model = *m_opened.model;
    Estimate result;
    result.memoryBytes = memoryNeed() + libraryBytes;
    result.bytes = m_summary.bytes;
    result.averageBits = m_summary.averageBits;
    result.exports = m_exports;
    result.notes = m_summary.notes;
    const double passes = quantizationCost() + evaluationCost();
    result.seconds = quantizerWork() / quantizerSpeed;
    if (model.info().runnable && passes > 0) {
        result.seconds += passes * secondsPerBlockToken(model, m_samples);
    }
    if (m_samples.tokens == 0) {
        result.seconds += secondsToQuantize(model);
    }
    return result;
}

} // namespace bitprism
