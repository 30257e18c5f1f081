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
#include "core/jobs/run_plan.h"
#include "core/kernels/rank_statistics.h"
#include "core/recipe/settings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

namespace bitprism {

namespace {

constexpr int defaultSamples = 16;
constexpr int defaultLength = 256;
constexpr int largestWidth = 8;
/// What a backward pass costs, in forward passes: the forward run, its recomputation, two products.
constexpr double gradientPasses = 4;
/// Models up to here are measured, larger ones estimated block by block (high-impact-ratio.md 3.6).
constexpr std::int64_t measuredParameters = 1'000'000'000;
constexpr double referenceRatio = 0.05;
constexpr std::chrono::seconds keepEvery{20}; // against a kill; who stops the job loses nothing
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

std::vector<int> probedWidths(const Json &bits)
{
    std::set<int> widths;
    const bool isList = bits.is_array() && !bits.empty();
    for (const Json &width : isList ? bits : Json::array({Json()})) {
        if (!width.is_number_integer() || width < 1 || width > largestWidth) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "sensitivity: \"bits\" is %1, but must be a list of widths from "
                            "1 to %2."),
                bits.dump(), largestWidth);
        }
        widths.insert(width.get<int>());
    }
    return {widths.begin(), widths.end()};
}

std::vector<double> probedRatios(const Json &ratios)
{
    std::set<double> found;
    const bool isList = ratios.is_array() && !ratios.empty();
    for (const Json &ratio : isList ? ratios : Json::array({Json()})) {
        if (!ratio.is_number() || ratio < 0 || ratio > 1) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "sensitivity: \"ratios\" is %1, but must be a list of numbers "
                                    "from 0 to 1."),
                        ratios.dump());
        }
        found.insert(ratio.get<double>());
    }
    return {found.begin(), found.end()};
}

/// Hands the gradients of each block to its probe, and finishes the block once all samples came.
class SensitivityExecution::Gradients final : public GradientVisitor
{
public:
    Gradients(SensitivityExecution &execution, RunSession &session)
        : m_execution(execution)
        , m_session(session)
    {
    }

    void visit(const Block &block, std::size_t, std::int64_t scoredTokens,
               const std::map<std::string, at::Tensor> &gradients) override
    {
        if (m_execution.isDone(m_execution.m_opened.model->unitOf(block.id()))) {
            return;
        }
        if (!m_probe) {
            m_probe.emplace(*m_execution.m_model, *m_execution.m_evaluator, block.id(),
                            m_execution.m_quantizers, m_execution.m_scores, m_execution.m_run);
        }
        m_probe->addGradients(gradients, scoredTokens);
    }
    void leave(const Block &block, JobContext &) override
    {
        m_execution.advance(gradientPasses);
        if (m_probe) {
            m_execution.finishBlock(*m_probe, m_execution.m_opened.model->unitOf(block.id()),
                                    m_session);
            m_probe.reset();
        }
    }

private:
    SensitivityExecution &m_execution;
    RunSession &m_session;
    std::optional<BlockProbe> m_probe;
};

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

void SensitivityExecution::makeQuantizers()
{
    const Json &wanted = m_options.quantizer;
    if (!wanted.is_object() || !wanted.contains("id") || !wanted["id"].is_string()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: \"quantizer\" must be an object with \"id\" and "
                                "parameters."));
    }
    Json params = wanted;
    params.erase("id");
    params.erase("bits");
    m_quantizers.id = wanted["id"].get<std::string>();
    const std::string where = "quantizer " + m_quantizers.id;
    if (m_options.probesRatios()) {
        makeRatioCandidates(params, where);
        refuseWithoutRun();
        return;
    }
    Json filled = normalized({m_quantizers.id, params.dump()}, Kind::weights, where).parameters();
    filled.erase("bits");
    m_quantizers.params = filled.dump();
    for (const int width : probedWidths(m_options.bits)) {
        filled["bits"] = width;
        m_quantizers.byWidth[width]
            = bitprism::create<WeightQuantizer>(m_quantizers.id, filled, where);
        m_quantizers.candidates.push_back({width, std::nullopt, m_quantizers.byWidth[width].get()});
    }
    refuseWithoutRun();
}

void SensitivityExecution::refuseWithoutRun() const
{
    const ModelInfo &info = m_opened.model->info();
    const QuantizerNeeds needs = m_quantizers.needs();
    if (!info.runnable && (needs.statistics.any() || needs.blockStates || needs.gradients)) {
        throwNeedsRun(info, "The quantizer \"" + m_quantizers.id + '"');
    }
    if (needs.gradients && !hasLoss()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: %1 has no loss that gradients could be taken of; set "
                                "quantizer.scores to activation."),
                    info.path);
    }
}

/// "bits" are the widths of both parts; the probes round to nearest unless the request says more.
void SensitivityExecution::makeRatioCandidates(const Json &params, const std::string &where)
{
    const std::vector<int> widths = probedWidths(m_options.bits);
    if (widths.size() != 2) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: probing ratios takes two widths, \"bits\": [2, 4], "
                                "not %1."),
                    m_options.bits.dump());
    }
    Json filled = params;
    filled["bits"] = widths[0];
    filled["high_bits"] = widths[1];
    if (!filled.contains("method")) {
        filled["method"] = "rtn";
    }
    const auto quantizer = bitprism::create<WeightQuantizer>(m_quantizers.id, filled, where);
    if (!quantizer->defaultRatio()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: %1 keeps no high-impact weights, so it has no ratios "
                                "to probe; take high-impact-mixed."),
                    m_quantizers.id);
    }
    Json known = normalized({m_quantizers.id, filled.dump()}, Kind::weights, where).parameters();
    known.erase("bits");
    known.erase("ratio");
    m_quantizers.params = known.dump();
    known["bits"] = widths[0];
    m_quantizers.byWidth[widths[0]]
        = bitprism::create<WeightQuantizer>(m_quantizers.id, known, where);
    for (const double ratio : probedRatios(m_options.ratios)) {
        m_quantizers.candidates.push_back(
            {widths[0], ratio, m_quantizers.byWidth[widths[0]].get()});
    }
    m_table.highBits = widths[1];
}

void SensitivityExecution::makeInteractions()
{
    if (m_options.interactions == "none") {
        if (m_options.estimator == "block-local") {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "sensitivity: the estimator block-local serves interactions; "
                                    "add --interactions block, or leave it out."));
        }
        return;
    }
    if (!hasLoss()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: %1 has no loss to probe pairs of layers with; leave "
                                "the interactions at none."),
                    m_opened.model->info().path);
    }
    m_interactions.emplace(m_options.interactions, isBlockLocal(), m_table.cells);
    InteractionMatrix &matrix = m_interactions->matrix();
    matrix.model = m_table.model;
    matrix.data = m_table.data;
    const std::size_t cells = m_table.cells.size();
    if (m_options.interactions == "full") {
        matrix.pairsWanted = static_cast<std::int64_t>(m_interactions->pairsWithin(0, cells));
    } else if (m_options.interactions == "block") {
        for (int block = 0; block < m_blocks; ++block) {
            matrix.pairsWanted += static_cast<std::int64_t>(
                m_interactions->pairsWithin(firstCell(block), firstCell(block + 1)));
        }
    }
    if (wantsPairs() && !m_options.measured) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: pairs are measured; leave \"measured\" on, or take "
                                "the interactions \"fisher\"."));
    }
    if (m_options.interactions == "fisher" && !m_options.predicted) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: the Fisher projection comes with the prediction; "
                                "leave \"predicted\" on."));
    }
    if (m_options.interactions == "full" && isBlockLocal()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: local errors know nothing of pairs across blocks; "
                                "take the interactions \"block\" or the estimator \"suffix\"."));
    }
}

bool SensitivityExecution::wantsPairs() const
{
    return m_options.interactions == "block" || m_options.interactions == "full";
}

bool SensitivityExecution::isBlockLocal() const
{
    const bool isLarge = m_opened.model->info().parameters > measuredParameters;
    return m_options.estimator == "block-local"
        || (m_options.estimator == "automatic" && isLarge && m_options.interactions == "block");
}

std::size_t SensitivityExecution::referenceCandidate() const
{
    std::size_t best = 0;
    for (std::size_t c = 1; c < m_quantizers.candidates.size(); ++c) {
        const auto distance = [&](std::size_t candidate) {
            return std::abs(m_quantizers.candidates[candidate].ratio.value_or(0) - referenceRatio);
        };
        best = distance(c) < distance(best) ? c : best;
    }
    return best;
}

void SensitivityExecution::makeTransforms()
{
    const Recipe recipe = Recipe::fromJson(
        {{"version", Recipe::currentVersion}, {"transforms", m_options.transforms}}, "sensitivity");
    m_transforms = std::make_unique<ModelTransforms>(recipe.transforms, m_opened.model->info(),
                                                     m_run.request().seed.value_or(0));
}

void SensitivityExecution::makeTable()
{
    const Model &model = *m_opened.model;
    m_table.model = model.info().path;
    m_table.data = model.info().runnable ? Dataset::open(m_options.source.data).path().string()
                                         : std::string();
    m_table.quantizer = m_quantizers.id;
    m_table.quantizerParams = m_quantizers.params;
    m_table.tokens = m_samples.tokens;
    for (const ProbeCandidate &candidate : m_quantizers.candidates) {
        if (candidate.ratio) {
            m_table.ratios.push_back(*candidate.ratio);
        }
    }
    for (const auto &[width, quantizer] : m_quantizers.byWidth) {
        m_table.widths.push_back(width);
    }
    std::set<std::string> covered;
    for (const BlockId id : model.allBlocks()) {
        m_firstCells.push_back(m_table.cells.size());
        for (const LayerInfo *layer : model.layersOf(id)) {
            if (!layer->quantizable) {
                continue;
            }
            covered.insert(layer->tensor);
            for (const ProbeCandidate &candidate : m_quantizers.candidates) {
                const auto &[width, ratio, quantizer] = candidate;
                SensitivityCell cell;
                cell.layer = layer->name;
                cell.block = model.unitOf(id);
                cell.bits = width;
                cell.ratio = ratio;
                cell.storageBits = quantizer->storageBits(*layer, width, ratio);
                cell.weights = layer->rows * layer->cols;
                const TokenCost cost = layerCost(*layer, quantizer->meanBits(width, ratio),
                                                 cell.storageBits, m_options.activationBits);
                cell.bitOperations = cost.bitOperations;
                cell.ioBytes = cost.ioBytes;
                m_table.cells.push_back(std::move(cell));
            }
        }
    }
    m_firstCells.push_back(m_table.cells.size());
    m_table.fixedBytes = bytesWithout(model, covered);
    const LayerWidth nothing{0, 0, 0};
    const TokenCost fixed = modelCost(
        model.info(),
        [&](const LayerInfo &layer) { return covered.contains(layer.tensor) ? &nothing : nullptr; },
        fullWidth, fullWidth);
    m_table.fixedBitOperations = fixed.bitOperations;
    m_table.fixedIoBytes = fixed.ioBytes;
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
    return evaluator + changes
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

BlockProbe SensitivityExecution::probeOf(int block)
{
    const BlockId id = m_model->allBlocks()[static_cast<std::size_t>(block)];
    return {*m_model, *m_evaluator, id, m_quantizers, m_scores, m_run};
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

void SensitivityExecution::probe(RunSession &session)
{
    if (m_options.predicted) {
        Gradients gradients(*this, session);
        ProgressSpan mute(m_run, 0, 0); // the stream's own count knows nothing of the probes
        streamBlocksBackward(*m_model, lossSamples(m_items), gradients, mute);
        return;
    }
    for (int block = m_blocks - 1; block >= 0; --block) {
        if (!isDone(block)) {
            BlockProbe probe = probeOf(block);
            finishBlock(probe, block, session);
        }
    }
}

void SensitivityExecution::finishBlock(BlockProbe &probe, int block, RunSession &session)
{
    const std::size_t first = firstCell(block);
    BITPRISM_ASSERT(first + probe.size() == firstCell(block + 1), "cells stand as they are probed");
    for (std::size_t i = 0; i < probe.size(); ++i) {
        probeCell(probe, i, first);
        advance(probeCost(block));
        const bool endsLayer = (i + 1) % m_quantizers.candidates.size() == 0;
        if (endsLayer && i + 1 < probe.size()) {
            publish(session, /*isStored=*/false);
        }
        keepNowAndThen(session);
    }
    if (m_interactions && isBlockLocal()) {
        ProgressSpan mute(m_run, 0, 0);
        m_interactions->scaleBlock(probe, block, referenceCandidate(),
                                   m_quantizers.candidates.size(), losses(), mute);
    }
    if (m_interactions && wantsPairs()) {
        probePairs(probe, block, session);
    }
    publish(session, /*isStored=*/true);
    session.commit(block, {}, Json::object());
}

void SensitivityExecution::probeCell(BlockProbe &probe, std::size_t index, std::size_t first)
{
    SensitivityCell &cell = m_table.cells[first + index];
    SensitivityCell found = probe.cell(index);
    ProgressSpan mute(m_run, 0, 0);
    if (m_interactions && !probe.projections(index).empty()) {
        m_interactions->setProjections(first + index, probe.projections(index));
    }
    const bool isKnown = m_interactions
        ? m_interactions->isProbed(first + index)
        : cell.deltaNll.has_value() || cell.modelOutputError.has_value();
    if (isKnown) { // by an execution that stopped in the middle of this block
        return;
    }
    m_run.stage(found.layer + " at "
                + (found.ratio ? "ratio " + errorArgument(*found.ratio)
                               : std::to_string(found.bits) + " bits"));
    if (m_interactions && isBlockLocal()) {
        m_interactions->setLocal(first + index, probe.localError({index}, mute));
    } else if (m_options.measured && m_interactions) {
        const SuffixLosses probed = probe.measure({index}, mute);
        found = probe.measuredCell(index, probed);
        m_interactions->setProbe(first + index, losses(), probed, found);
    } else if (m_options.measured) {
        found = probe.measuredCell(index, mute);
    }
    found.bitOperations = cell.bitOperations; // known from the start; a probe has none
    found.ioBytes = cell.ioBytes;
    cell = std::move(found);
}

void SensitivityExecution::probePairs(BlockProbe &probe, int block, RunSession &session)
{
    ProgressSpan mute(m_run, 0, 0);
    const std::size_t first = firstCell(block);
    const std::size_t wanted = m_interactions->pairsWithin(first, first + probe.size());
    std::size_t done = 0;
    m_interactions->probeBlock(probe, first, losses(), mute, [&] {
        ++done;
        if (done % 16 == 1) {
            m_run.stage("pairs of block " + std::to_string(block) + ", " + std::to_string(done)
                        + " of " + std::to_string(wanted));
        }
        advance(probeCost(block));
        keepNowAndThen(session);
    });
    advance(probeCost(block) * static_cast<double>(wanted - done)); // what was known before
}

void SensitivityExecution::probeAcross(RunSession &session)
{
    ProgressSpan mute(m_run, 0, 0);
    for (int a = 0; a < m_blocks; ++a) {
        const BlockProbe first = probeOf(a);
        for (int b = a + 1; b < m_blocks; ++b) {
            const BlockProbe second = probeOf(b);
            m_run.stage("pairs of blocks " + std::to_string(a) + " and " + std::to_string(b));
            m_interactions->probeAcross(first, firstCell(a), second, firstCell(b), losses(), mute,
                                        [&] {
                                            advance(probeCost(a));
                                            keepNowAndThen(session);
                                        });
            publish(session, /*isStored=*/true);
        }
    }
}

void SensitivityExecution::keepNowAndThen(RunSession &session)
{
    const auto now = std::chrono::steady_clock::now();
    if (now - m_lastKept > keepEvery) {
        m_lastKept = now;
        publish(session, /*isStored=*/true);
    }
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
