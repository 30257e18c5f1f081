// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/sensitivity_execution.h"

#include "core/eval/output_evaluator.h"
#include "core/eval/suffix_evaluator.h"
#include "core/jobs/block_speed.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/run_plan.h"
#include "core/kernels/rank_statistics.h"
#include "core/recipe/settings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace bitprism {

namespace {

constexpr int defaultSamples = 16;
constexpr int defaultLength = 256;
constexpr int largestWidth = 8;
/// What a backward pass costs, in forward passes: the forward run, its recomputation, two products.
constexpr double gradientPasses = 4;

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
                            m_execution.m_quantizers, m_execution.m_run);
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
}

bool SensitivityExecution::hasLoss() const
{
    const ModelInfo &info = m_opened.model->info();
    return info.runnable && info.objective != objectives::none;
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
    Json filled = normalized({m_quantizers.id, params.dump()}, Kind::weights, where).parameters();
    filled.erase("bits");
    m_quantizers.params = filled.dump();
    for (const int width : probedWidths(m_options.bits)) {
        filled["bits"] = width;
        m_quantizers.byWidth[width]
            = bitprism::create<WeightQuantizer>(m_quantizers.id, filled, where);
    }
    const ModelInfo &info = m_opened.model->info();
    for (const auto &[width, quantizer] : m_quantizers.byWidth) {
        const QuantizerNeeds needs = quantizer->needs();
        if (!info.runnable && (needs.statistics.any() || needs.blockStates || needs.gradients)) {
            throwNeedsRun(info, "The quantizer \"" + m_quantizers.id + '"');
        }
    }
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
    for (const auto &[width, quantizer] : m_quantizers.byWidth) {
        m_table.widths.push_back(width);
    }
    std::set<std::string> covered;
    for (const BlockId id : model.allBlocks()) {
        for (const LayerInfo *layer : model.layersOf(id)) {
            if (!layer->quantizable) {
                continue;
            }
            covered.insert(layer->tensor);
            for (const auto &[width, quantizer] : m_quantizers.byWidth) {
                SensitivityCell cell;
                cell.layer = layer->name;
                cell.bits = width;
                cell.storageBits = quantizer->storageBits(*layer, width, {});
                cell.weights = layer->rows * layer->cols;
                const TokenCost cost
                    = layerCost(*layer, width, cell.storageBits, m_options.activationBits);
                cell.bitOperations = cost.bitOperations;
                cell.ioBytes = cost.ioBytes;
                m_table.cells.push_back(std::move(cell));
            }
        }
    }
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
    // The head and the divergences cost about as much as a block.
    return m_options.measured ? m_blocks - block + 1 : 0.5;
}

double SensitivityExecution::probesCost(int block) const
{
    const BlockId id = m_opened.model->allBlocks()[static_cast<std::size_t>(block)];
    const auto layers = m_opened.model->layersOf(id).size();
    return probeCost(block) * static_cast<double>(layers * m_quantizers.byWidth.size());
}

double SensitivityExecution::totalCost() const
{
    double cost = m_blocks + 1 + (m_options.predicted ? gradientPasses * m_blocks : 0);
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
        = static_cast<std::int64_t>(m_quantizers.byWidth.size() + 2) * model.largestBlockBytes();
    const std::int64_t states = m_samples.tokens * model.info().hiddenSize * 4 * m_blocks;
    if (!model.info().runnable) {
        return model.largestBlockBytes() + changes;
    }
    const std::int64_t evaluator = hasLoss() ? SuffixEvaluator::memoryNeed(model, m_items)
                                             : OutputEvaluator::memoryNeed(model, m_items);
    return evaluator + changes + (m_options.predicted ? states : 0);
}

Estimate SensitivityExecution::estimate() const
{
    Estimate result;
    result.memoryBytes = memoryNeed() + libraryBytes;
    if (!m_opened.model->info().runnable) { // reading and rounding, as fast as a disk
        result.seconds
            = secondsToQuantize(*m_opened.model) * static_cast<double>(m_quantizers.byWidth.size());
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
    session.execute([&] {
        takeEarlier(session);
        prepareTransforms(session);
        m_evaluator = makeEvaluator();
        m_cost = m_blocks + 1;
        for (const int block : m_done) {
            m_cost += probesCost(block);
        }
        probe(session);
        m_table.complete = true;
        publish(session, /*isStored=*/true);
    });
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
    if (!table || table->cells.size() != m_table.cells.size()) {
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
        std::vector<LossSample> samples;
        for (const ItemBatch &batch : batchItems(m_items.items, 1)) { // each item by itself
            if (batch.targets.numel() > 0) {
                samples.push_back({batch.batch, batch.rows, batch.targets, batch.weights});
            }
        }
        Gradients gradients(*this, session);
        ProgressSpan mute(m_run, 0, 0); // the stream's own count knows nothing of the probes
        streamBlocksBackward(*m_model, samples, gradients, mute);
        return;
    }
    for (int block = m_blocks - 1; block >= 0; --block) {
        if (!isDone(block)) {
            const BlockId id = m_model->allBlocks()[static_cast<std::size_t>(block)];
            const BlockProbe probe(*m_model, *m_evaluator, id, m_quantizers, m_run);
            finishBlock(probe, block, session);
        }
    }
}

void SensitivityExecution::finishBlock(const BlockProbe &probe, int block, RunSession &session)
{
    ProgressSpan mute(m_run, 0, 0);
    for (std::size_t i = 0; i < probe.size(); ++i) {
        const SensitivityCell known = probe.cell(i);
        m_run.stage(known.layer + " at " + std::to_string(known.bits) + " bits");
        const auto cell = std::find_if(
            m_table.cells.begin(), m_table.cells.end(), [&](const SensitivityCell &candidate) {
                return candidate.layer == known.layer && candidate.bits == known.bits;
            });
        SensitivityCell found = m_options.measured ? probe.measuredCell(i, mute) : known;
        found.bitOperations = cell->bitOperations; // known from the start; a probe has none
        found.ioBytes = cell->ioBytes;
        *cell = std::move(found);
        advance(probeCost(block));
        const bool endsLayer = (i + 1) % m_quantizers.byWidth.size() == 0;
        if (endsLayer && i + 1 < probe.size()) {
            publish(session, /*isStored=*/false);
        }
    }
    publish(session, /*isStored=*/true);
    session.commit(block, {}, Json::object());
}

void SensitivityExecution::publish(RunSession &session, bool isStored)
{
    m_table.seconds = m_run.elapsedSeconds();
    m_table.rankCorrelation = rankCorrelationOf(m_table);
    if (isStored) {
        session.putResult(m_table);
    }
    m_run.publish(std::make_shared<SensitivityTable>(m_table));
}

} // namespace bitprism
