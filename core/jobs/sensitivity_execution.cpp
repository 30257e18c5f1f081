// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/sensitivity_execution.h"

#include "core/eval/output_evaluator.h"
#include "core/eval/suffix_evaluator.h"
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/io/json_reader.h"
#include "core/jobs/block_speed.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/compute_environment.h"
#include "core/kernels/rank_statistics.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

namespace bitprism {

namespace {

constexpr int defaultSamples = 16;
constexpr int defaultLength = 256;
/// Samples of the first look at the noise, and at most.
constexpr int pilotSamples = 8;
constexpr int mostSamples = 1024;

std::optional<double> rankCorrelationOf(const SensitivityTable &table)
{
    std::vector<double> predicted;
    std::vector<double> measured;
    for (const SensitivityCell &cell : table.cells) {
        if (cell.predictedDeltaNll && cell.deltaNll) {
            predicted.push_back(*cell.predictedDeltaNll);
            measured.push_back(*cell.deltaNll);
        }
    }
    return spearmanCorrelation(predicted, measured);
}

/// What chooseSampleCount() chose when the run began.
int keptSampleCount(const std::filesystem::path &file)
{
    constexpr std::uint64_t mostBytes = 1 << 16;
    const Json kept = io::parseJson(io::readWholeFile(file.string(), mostBytes), file.string());
    const auto samples = kept.is_object() ? kept.find("samples") : kept.end();
    const bool isSound = samples != kept.end() && samples->is_number_integer() && *samples >= 1
        && *samples <= mostSamples;
    if (!isSound) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 does not hold a number of samples; start a new run."),
                    file);
    }
    return samples->get<int>();
}

} // namespace

SensitivityExecution::SensitivityExecution(JobRun &run, const SensitivityJobOptions &options)
    : m_run(run)
    , m_options(options)
    , m_opened(openWeights(run.request().modelPath, run.request().device))
{
    run.stage("reading");
    m_blocks = static_cast<int>(m_opened.model->allBlocks().size());
    m_options.predicted = m_options.predicted && hasLoss();
    m_options.measured = m_options.measured && m_opened.model->info().runnable;
    makeQuantizers();
    if (m_opened.model->info().runnable) {
        drawItems();
    }
    makeTransforms();
    makeTable();
    makeInteractions();
}

bool SensitivityExecution::hasLoss() const
{
    const ModelInfo &info = m_opened.model->info();
    return info.runnable && info.objective != objectives::none;
}

const SuffixEvaluator &SensitivityExecution::losses() const
{
    const auto *found = dynamic_cast<const SuffixEvaluator *>(m_evaluator.get());
    BITPRISM_ASSERT(found != nullptr, "the model has a loss");
    return *found;
}

void SensitivityExecution::drawItems()
{
    const Model &model = *m_opened.model;
    const tokenize::Tokenizer *tokenizer = m_opened.tokenizer.get();
    const CalibrationChoice choice = fittingChoice(
        calibrationChoice(m_options.source.calibration, defaultSamples, defaultLength),
        model.info());
    if (m_options.stride == 0 && m_options.documents.empty()) {
        m_samples = drawSamples(choice, m_options.source.data, model, tokenizer, m_run);
        m_items = scoredItems(m_samples, model, tokenizer);
        return;
    }
    const TaskOptions cut{choice.samples, choice.length, m_options.stride, m_options.documents};
    cut.check();
    const Dataset data = Dataset::open(m_options.source.data);
    m_items = lossItems({data, model, tokenizer, cut});
    m_samples = {};
    m_samples.notes = m_items.notes;
    for (const ItemBatch &batch : batchItems(m_items.items, 1)) {
        const std::int64_t length = batch.batch.tokens.size(1);
        m_samples.samples.push_back(batch.batch);
        m_samples.tokens += length;
        m_samples.length = std::max(m_samples.length, length);
    }
}

std::unique_ptr<ProbeEvaluator> SensitivityExecution::makeEvaluator()
{
    if (!m_model->info().runnable) {
        return std::make_unique<WeightsEvaluator>(*m_model);
    }
    m_run.stage("running the unquantized model");
    const double share = (m_blocks + 1) / totalCost();
    if (!hasLoss()) {
        return std::make_unique<OutputEvaluator>(*m_model, m_items, m_run, share);
    }
    SuffixOptions options;
    options.progressTo = share;
    return std::make_unique<SuffixEvaluator>(*m_model, m_items, m_run, options);
}

double SensitivityExecution::probeCost(int block) const
{
    if (isBlockLocal()) {
        return 1;
    }
    // The head and the divergences cost about as much as a block.
    return m_options.measured ? m_blocks - block + 1 : 0.5;
}

double SensitivityExecution::probesCost(int block) const
{
    const std::size_t first = firstCell(block);
    const std::size_t end = firstCell(block + 1);
    std::size_t probes = end - first;
    if (m_interactions && wantsPairs()) {
        probes += m_interactions->pairsWithin(first, end);
    }
    if (m_options.interactions == "full") { // pairs with later blocks run from here on
        probes += (end - first) * (m_table.cells.size() - end);
    }
    return probeCost(block) * static_cast<double>(probes);
}

double SensitivityExecution::totalCost() const
{
    double cost = m_blocks + 1 + (m_options.predicted ? gradientPasses * m_blocks : 0)
        + (m_quantizers.needs().gradients ? gradientPasses * m_blocks : 0);
    for (int block = 0; block < m_blocks; ++block) {
        cost += probesCost(block);
    }
    return cost;
}

void SensitivityExecution::advance(double cost)
{
    m_cost += cost;
    m_run.progress(m_cost, totalCost());
}

std::int64_t SensitivityExecution::memoryNeed() const
{
    const Model &model = *m_opened.model;
    const auto changes
        = static_cast<std::int64_t>(
              (m_options.interactions == "full" ? 2 : 1) * m_quantizers.candidates.size() + 2)
        * model.largestBlockBytes();
    const std::int64_t states = m_samples.tokens * model.info().hiddenSize * 4 * m_blocks;
    if (!model.info().runnable) {
        return model.largestBlockBytes() + changes;
    }
    const std::int64_t evaluator = hasLoss() ? SuffixEvaluator::memoryNeed(model, m_items)
                                             : OutputEvaluator::memoryNeed(model, m_items);
    std::int64_t scores = 0; // a number for each weight of the blocks, in FP32
    if (m_quantizers.needs().weightScores) {
        for (const LayerInfo &layer : model.info().layers) {
            scores += layer.block >= 0 ? layer.rows * layer.cols * 4 : 0;
        }
    }
    return evaluator + changes + scores
        + (m_options.predicted || m_quantizers.needs().gradients ? states : 0);
}

Estimate SensitivityExecution::estimate() const
{
    Estimate result;
    result.memoryBytes = memoryNeed() + libraryBytes;
    if (!m_opened.model->info().runnable) { // reading and rounding, as fast as a disk
        result.seconds = secondsToQuantize(*m_opened.model)
            * static_cast<double>(m_quantizers.candidates.size());
        return result;
    }
    result.seconds = totalCost() * static_cast<double>(m_samples.tokens)
        * secondsPerBlockToken(*m_opened.model, m_samples);
    return result;
}

void SensitivityExecution::execute()
{
    m_run.requireMemory(memoryNeed());
    RunSession session(m_run, m_opened.model->info(), "{}", m_blocks);
    const auto work = [&] {
        prepareTransforms(session);
        chooseSampleCount(session);
        for (const std::string &note : m_samples.notes) {
            m_run.log(note);
        }
        takeEarlier(session);
        prepareScores(session);
        m_evaluator = makeEvaluator();
        m_cost = m_blocks + 1;
        for (const int block : m_done) {
            m_cost += probesCost(block);
        }
        probe(session);
        if (m_options.interactions == "full") {
            probeAcross(session);
        }
        if (isBlockLocal()) {
            m_interactions->applyScales(m_table.cells);
        }
        m_table.complete = true;
        if (m_interactions) {
            m_interactions->matrix().complete = true;
        }
        publish(session, /*isStored=*/true);
    };
    session.execute(work, [&] {
        const bool hasAny
            = std::any_of(m_table.cells.begin(), m_table.cells.end(),
                          [](const SensitivityCell &cell) { return cell.weightMse.has_value(); });
        if (hasAny) {
            publish(session, /*isStored=*/true);
        }
    });
}

void SensitivityExecution::chooseSampleCount(RunSession &session)
{
    if (m_options.standardError <= 0 || !m_options.measured || !hasLoss()) {
        return;
    }
    const auto kept
        = session.isPersistent() ? session.folder() / "samples.json" : std::filesystem::path();
    std::error_code ignored;
    if (session.isPersistent() && std::filesystem::exists(kept, ignored)) {
        takeSampleCount(keptSampleCount(kept)); // another would mix cells of two sets of samples
        return;
    }
    m_run.stage("measuring the noise of a few probes");
    const Json wanted = m_options.source.calibration;
    m_options.source.calibration["samples"] = pilotSamples;
    drawItems();
    prepareScores(session);
    ProgressSpan mute(m_run, 0, 0);
    m_evaluator = std::make_unique<SuffixEvaluator>(*m_model, m_items, mute);
    double largest = 0;
    for (const int block : {0, m_blocks / 2, m_blocks - 1}) {
        const BlockProbe probe = probeOf(block);
        // The first candidate of each layer: the one that damages most.
        for (std::size_t i = 0; i < probe.size(); i += m_quantizers.candidates.size()) {
            const SensitivityCell cell = probe.measuredCell(i, probe.measure({i}, mute));
            largest = std::max(largest, cell.deltaNllStandardError.value_or(0));
        }
    }
    // Errors of means fall with the root of the number of samples.
    const double ratio = largest / m_options.standardError;
    const double samples = std::ceil(pilotSamples * ratio * ratio);
    m_evaluator.reset();
    m_scores.clear();
    m_options.source.calibration = wanted;
    takeSampleCount(static_cast<int>(std::clamp<double>(samples, pilotSamples, mostSamples)));
    m_run.log("a standard error of " + std::to_string(m_options.standardError) + " takes "
              + m_options.source.calibration["samples"].dump() + " samples");
    if (session.isPersistent()) {
        io::writeFileAtomically(kept, m_options.source.calibration.dump());
    }
}

void SensitivityExecution::takeSampleCount(int samples)
{
    m_options.source.calibration["samples"] = samples;
    drawItems();
    m_table.tokens = m_samples.tokens;
    m_run.requireMemory(memoryNeed());
}

void SensitivityExecution::prepareScores(RunSession &session)
{
    if (!m_quantizers.needs().gradients) {
        return;
    }
    m_run.stage("ranking channels by gradients");
    std::vector<ScoredLayer> layers;
    const auto &[width, quantizer] = *m_quantizers.byWidth.begin();
    for (const BlockId id : m_model->allBlocks()) {
        for (const LayerInfo *layer : m_model->layersOf(id)) {
            if (layer->quantizable) {
                layers.push_back({layer, quantizer.get(), width});
            }
        }
    }
    ChannelScorer scorer(layers);
    ProgressSpan mute(m_run, 0, 0);
    streamBlocksBackward(*m_model, lossSamples(m_items), scorer, mute);
    m_scores = scorer.scores();
    if (session.isPersistent()) { // what a run with the same channels can be checked against
        writeScores(session.folder() / "scores.safetensors", m_scores);
    }
}

void SensitivityExecution::prepareTransforms(RunSession &session)
{
    const bool isKnown
        = session.isPersistent() && m_transforms->restore(transformFile(session.folder()));
    if (!isKnown) {
        ProgressSpan mute(m_run, 0, 0);
        m_transforms->learn(*m_opened.model, m_samples, mute);
        if (session.isPersistent()) {
            m_transforms->save(transformFile(session.folder()));
        }
    }
    m_model = m_transforms->applyTo(*m_opened.model);
}

void SensitivityExecution::takeEarlier(RunSession &session)
{
    const auto table = session.earlierResult<SensitivityTable>();
    // Cells of other samples measure something else.
    bool isUsable
        = table && table->cells.size() == m_table.cells.size() && table->tokens == m_table.tokens;
    if (isUsable && m_interactions) {
        const auto matrix = session.earlierResult<InteractionMatrix>();
        isUsable = matrix && m_interactions->takeEarlier(*matrix);
    }
    if (!isUsable) {
        session.goOnFrom(0);
        return;
    }
    for (const store::JournalEntry &entry : session.earlier().journal) {
        m_done.insert(entry.block);
    }
    m_table.cells = table->cells;
}

void SensitivityExecution::publish(RunSession &session, bool isStored)
{
    m_table.seconds = m_run.elapsedSeconds();
    m_table.rankCorrelation = rankCorrelationOf(m_table);
    if (m_interactions) {
        m_interactions->matrix().seconds = m_table.seconds;
    }
    if (isStored) {
        session.putResult(m_table);
        if (m_interactions) {
            session.putResult(m_interactions->matrix());
        }
    }
    m_run.publish(std::make_shared<SensitivityTable>(m_table));
    if (m_interactions && isStored) {
        m_run.publish(std::make_shared<InteractionMatrix>(m_interactions->matrix()));
    }
}

} // namespace bitprism
