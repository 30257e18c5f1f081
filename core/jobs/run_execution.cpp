// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/run_execution.h"

#include "core/base/machine.h"
#include "core/base/parallel.h"
#include "core/export/exporter.h"
#include "core/io/file_hash.h"
#include "core/io/folder.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/output_search.h"
#include "core/jobs/run_files.h"
#include "core/jobs/run_subject.h"
#include "core/models/stacks.h"
#include "core/quant/code_file.h"
#include "core/recipe/idle_parameters.h"
#include "core/results/result_name.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

/// Share of the job's progress that exports take.
constexpr double exportShare = 0.02;

/// The rows of a state that a head reads: the real tokens, or the first of each text where the head
/// classifies it. [rows, hidden].
at::Tensor headRows(const Model &model, const StreamState &state)
{
    if (model.info().objective == objectives::classification) {
        return state.hidden.select(1, 0);
    }
    const at::Tensor rows = state.hidden.flatten(0, 1);
    return state.mask.defined()
        ? rows.index_select(0, state.mask.reshape({-1}).nonzero().view({-1}).to(rows.device()))
        : rows;
}

/// Inputs of a stack's head, from the states behind its last block.
void collectHeadInputs(const Model &model, int stack, const std::vector<StreamState> &states,
                       StatisticsCollector &collector, JobContext &context)
{
    constexpr std::int64_t positionsAtOnce = 64;
    const Block head = model.loadHead(stack);
    for (const StreamState &state : states) {
        const at::Tensor hidden = headRows(model, state);
        for (std::int64_t first = 0; first < hidden.size(0); first += positionsAtOnce) {
            context.throwIfCancelled();
            const std::int64_t count = std::min(positionsAtOnce, hidden.size(0) - first);
            static_cast<void>(model.finish(head, hidden.narrow(0, first, count), &collector));
        }
    }
}

/// The samples that `choice` would draw from enough text, for an estimate without data.
SampleSet assumedSamples(const CalibrationChoice &choice, const ModelInfo &model)
{
    SampleSet set;
    const std::int64_t context = model.contextLength > 0 ? model.contextLength : choice.length;
    set.length = std::min<std::int64_t>(choice.length, context);
    Batch sample;
    sample.tokens = at::zeros({1, set.length}, at::kLong);
    set.samples.assign(static_cast<std::size_t>(choice.samples), sample);
    set.tokens = choice.samples * set.length;
    return set;
}

/// Reads what lies outside of the blocks, which refuses values that are not finite: before the work
/// begins, and also where it would not need them.
void checkOutsideOfBlocks(const Model &model)
{
    for (int stack = 0; stack <= model.lastStack(); ++stack) {
        static_cast<void>(model.loadHead(stack));
    }
    for (const LayerInfo &layer : model.info().layers) {
        if (layer.block < 0) {
            static_cast<void>(model.loadTensor(layer.tensor));
        }
    }
}

} // namespace

RunExecution::RunExecution(JobRun &run, const RunJobOptions &options)
    : m_run(run)
    , m_options(options)
    , m_opened(openWeights(run.request().modelPath, run.request().device))
    , m_overlay(std::make_shared<QuantizedOverlay>(m_opened.model->device()))
{
    run.stage("reading");
    readRecipe(options);
    const Model &model = *m_opened.model;
    m_plan = std::make_unique<RunPlan>(m_recipe, model);
    checkExports();
    if (m_plan->hasActivationQuantizer()) {
        m_activations = m_plan->makeActivationQuantizer();
    }
    if (model.info().runnable && !options.data.empty()) {
        m_recipe.calibration = fittingChoice(m_recipe.calibration, model.info());
        ProgressSpan seeded(run, 0, 0, m_recipe.seed);
        m_samples = drawSamples(m_recipe.calibration, options.data, model, m_opened.tokenizer.get(),
                                seeded);
    } else if (model.info().runnable && options.dryRun && model.info().featureKind.empty()
               && m_plan->needsData()) { // else the run draws none either
        m_samples = assumedSamples(m_recipe.calibration, model.info());
    } else {
        m_plan->requireDataFree(model.info());
    }
    for (const EvaluationChoice &choice : m_recipe.evaluation) {
        m_evaluations.push_back(
            planEvaluation(choice, options.cut, model, m_opened.tokenizer.get(), run));
    }
    m_summary.model = model.info().path;
    m_summary.averageBits = m_plan->averageBits();
    m_summary.bytes = m_plan->checkpointBytes(model);
    const TokenCost cost = m_plan->tokenCost(model.info());
    m_summary.bitOperations = cost.bitOperations;
    m_summary.memoryIoBytes = cost.ioBytes;
    m_transformed = m_plan->transforms().applyTo(model);
    for (const std::string &text : idleParameters(m_recipe)) {
        note(text);
    }
    for (const std::string &text : m_plan->notes()) {
        note(text);
    }
    std::for_each(m_samples.notes.begin(), m_samples.notes.end(),
                  [this](const std::string &text) { note(text); });
    for (const std::string &text : m_plan->transforms().notes()) {
        note(text);
    }
}

void RunExecution::readRecipe(const RunJobOptions &options)
{
    m_recipe = Recipe::fromJson(options.recipe, "recipe");
    m_recipe.validate();
    m_recipe.seed = m_run.request().seed.value_or(m_recipe.seed);
    for (EvaluationChoice &choice : evaluationChoices(options.evaluations)) {
        m_recipe.evaluation.push_back(std::move(choice));
    }
}

void RunExecution::execute()
{
    const Model &model = *m_opened.model;
    m_run.requireMemory(memoryNeed());
    checkOutsideOfBlocks(model);
    RunSession session(m_run, model.info(), m_recipe.toText(), m_plan->units());
    m_summary.run = session.id();
    m_earlier = session.earlierResult<RunSummary>();
    for (const PlannedEvaluation &planned : m_evaluations) { // or a second interruption loses them
        if (std::optional<RunMetric> metric = earlierMetric(planned)) {
            m_summary.metrics.push_back(*std::move(metric));
        }
    }
    session.execute([&] {
        const double total = quantizationCost() + evaluationCost();
        const double share = (1 - exportShare) * quantizationCost() / std::max(1.0, total);
        const double learning = share * learningCost() / std::max(1.0, quantizationCost());
        {
            const double scoring = share * scoringCost() / std::max(1.0, quantizationCost());
            ProgressSpan transforming(m_run, 0, learning - scoring, m_recipe.seed);
            prepareTransforms(session, transforming);
            ProgressSpan span(m_run, learning - scoring, learning, m_recipe.seed);
            prepareScores(session, span);
        }
        const double searching = share * searchCost() / std::max(1.0, quantizationCost());
        {
            ProgressSpan span(m_run, learning, share - searching, m_recipe.seed);
            quantize(session, span);
            ProgressSpan search(m_run, share - searching, share, m_recipe.seed);
            searchActivations(session, search);
        }
        finishCodes(session);
        evaluate(session, share);
        exportModel();
        publish(session, /*complete=*/true);
    });
}

void RunExecution::prepareTransforms(RunSession &session, JobContext &context)
{
    ModelTransforms &transforms = m_plan->transforms();
    const bool isKnown
        = session.isPersistent() && transforms.restore(transformFile(session.folder()));
    if (!isKnown) {
        transforms.learn(*m_opened.model, m_samples, context);
        if (session.isPersistent()) {
            transforms.save(transformFile(session.folder()));
        }
    }
    m_transformed = transforms.applyTo(*m_opened.model);
    for (const std::string &text : transforms.notes()) { // now with what was found
        note(text);
    }
}

void RunExecution::prepareScores(RunSession &session, JobContext &context)
{
    const std::vector<ScoredLayer> layers = m_plan->scoredLayers();
    const fs::path file = session.isPersistent() ? session.folder() / "scores.safetensors" : "";
    if (layers.empty()) {
        return;
    }
    if (session.isPersistent() && io::exists(file)) {
        m_scores = readScores(file);
        return;
    }
    context.stage("ranking channels by gradients");
    ChannelScorer scorer(layers);
    const ItemSet items = scoredItems(m_samples, *m_transformed, m_opened.tokenizer.get());
    streamBlocksBackward(*m_transformed, lossSamples(items), scorer, context);
    m_scores = scorer.scores();
    if (session.isPersistent()) {
        writeScores(file, m_scores);
    }
}

/// Begins the stacks of a run, and looks at what leaves each before the next one takes it.
class RunExecution::StackStarts final : public StackInput
{
public:
    StackStarts(RunExecution &execution, BlockQuantizer &visitor, JobContext &context)
        : m_execution(execution)
        , m_visitor(visitor)
        , m_context(context)
        , m_batches(*execution.m_quantized,
                    calibrationBatches(*execution.m_quantized, execution.m_samples))
    {
    }

    std::vector<StreamState> begin(int stack, std::vector<StreamState> before) override
    {
        if (stack > 0) {
            m_execution.collectHead(stack - 1, before, m_context);
        }
        std::vector<StreamState> states = m_batches.begin(stack, std::move(before));
        if (m_execution.m_plan->needsBlockStates()) {
            m_visitor.setFullStates(stack == 0 ? states
                                               : m_batches.begin(stack, m_visitor.fullStates()));
        }
        return states;
    }

private:
    RunExecution &m_execution;
    BlockQuantizer &m_visitor;
    JobContext &m_context;
    BatchInput m_batches;
};

void RunExecution::quantize(RunSession &session, JobContext &context)
{
    const Model &model = *m_transformed;
    quantizeEmbedding(context);
    m_quantized = model.withOverlay(m_overlay);
    std::vector<StreamState> states;
    std::vector<StreamState> fullStates;
    const int committed = resumeFrom(session, states, fullStates);
    if (committed == 0) {
        takeEdits(m_outerEdits, "the run");
    }
    const std::vector<BlockId> blocks = model.allBlocks();
    const auto done = static_cast<std::size_t>(committed);
    BlockQuantizer visitor(*m_plan, *m_quantized, m_activations.get(),
                           [&](BlockId id, BlockQuantizer::Finished finished,
                               const std::vector<StreamState> &behind, JobContext &) {
                               keepBlock(model.unitOf(id), std::move(finished), behind,
                                         visitor.fullStates(), session);
                           });
    visitor.setSampleCount(m_samples.samples.size());
    visitor.setFullStates(std::move(fullStates));
    visitor.setScores(m_scores);
    StackStarts starts(*this, visitor, context);
    StreamOptions options;
    if (done > 0) { // the states lie behind the last committed block
        options.stack = blocks[std::min(done, blocks.size()) - 1].stack;
        options.firstBlock = blocks[std::min(done, blocks.size()) - 1].index + 1;
    }
    options.progressFrom = static_cast<double>(std::min(done, blocks.size()))
        / static_cast<double>(std::max<std::size_t>(1, blocks.size()));
    streamStacks(*m_quantized, starts, states, visitor, context, options);
    if (committed < m_plan->units() && !m_plan->outerLayers().empty()) {
        collectHead(model.lastStack(), states, context);
        quantizeHead(session, context);
    }
}

void RunExecution::searchActivations(RunSession &session, JobContext &context)
{
    if (!m_activations || !m_activations->searchesOutput()) {
        return;
    }
    const fs::path file = session.isPersistent() ? activationFile(session.folder()) : fs::path();
    if (session.isPersistent() && io::exists(file)) {
        m_activations->restore(readActivationFile(file));
    } else {
        OutputSearch search(*m_transformed,
                            m_activations->searchesWithQuantizedWeights() ? m_overlay : nullptr,
                            *m_plan, m_samples, m_opened.tokenizer.get(), context);
        m_activations->search(search);
        if (session.isPersistent()) {
            writeActivationFile(file, m_activations->state());
        }
    }
    for (const std::string &text : m_activations->findings()) {
        note(text);
    }
}

int RunExecution::resumeFrom(RunSession &session, std::vector<StreamState> &states,
                             std::vector<StreamState> &fullStates)
{
    int committed = 0;
    for (const store::JournalEntry &entry : session.earlier().journal) {
        if (entry.block != committed || !canGoOnBehind(session)) {
            break;
        }
        takeCommitted(session.folder() / codeFileName(committed),
                      readCommittedUnit(entry, session.id()));
        ++committed;
    }
    if (session.isPersistent() && !session.earlier().journal.empty()) {
        sweepRunFolder(session.folder(), committed - 1);
    }
    session.goOnFrom(committed);
    if (committed == 0) {
        return 0;
    }
    const bool isWhole = committed == m_plan->units();
    for (const RunLayer &row : session.earlier().layers) {
        if (isWhole || (row.block >= 0 && row.block < committed)) {
            m_summary.layers.push_back(row);
        }
    }
    if (!isWhole) {
        const at::Device device = m_opened.model->device();
        states = readStateFile(session.folder() / stateFileName(committed - 1), device);
        if (m_plan->needsBlockStates()) {
            fullStates = readStateFile(session.folder() / fullStateFileName(committed - 1), device);
        }
    }
    note("resumed after " + std::to_string(committed) + " of " + std::to_string(m_plan->units())
         + " steps");
    return committed;
}

/// What the heads of finished stacks were fed is not kept: a run that needs it starts again.
bool RunExecution::canGoOnBehind(const RunSession &session) const
{
    const auto committed = static_cast<int>(session.earlier().journal.size());
    const std::vector<PlannedLayer> &outer = m_plan->outerLayers();
    return committed == m_plan->units()
        || std::none_of(outer.begin(), outer.end(), [&](const PlannedLayer &layer) {
               const int end = m_opened.model->unitOf(headOf(layer.layer->stack));
               return layer.layer->kind != "embedding"
                   && layer.layer->stack < m_opened.model->lastStack() && committed >= end;
           });
}

void RunExecution::takeCommitted(const fs::path &codes, const CommittedUnit &unit)
{
    const CodeFile stored = readCodeFile(codes);
    takeEdits(stored.edits, codes.string());
    for (const auto &[name, weight] : stored.layers) {
        const LayerInfo *layer = m_opened.model->info().findLayer(name);
        if (layer == nullptr) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 holds the layer %2, which the model does not have; delete "
                                    "the run and start it again."),
                        codes, name);
        }
        m_overlay->add(*layer, weight);
    }
    if (m_activations) {
        m_activations->restore(unit.activations);
    }
    if (unit.processor != processorName() || unit.threads != threadCount()) {
        note("resumed on another processor or thread count than it began with: codes may differ in "
             "the last bit from those of an uninterrupted run");
    }
}

void RunExecution::takeEdits(const TensorEdits &edits, std::string_view where)
{
    m_overlay->edit(*m_opened.model, edits, where);
    m_editBytes += extraBytes(*m_opened.model, edits);
}

void RunExecution::quantizeEmbedding(JobContext &context)
{
    std::vector<PlannedLayer> embeddings;
    for (const PlannedLayer &layer : m_plan->outerLayers()) {
        if (layer.layer->kind == "embedding") {
            embeddings.push_back(layer);
        }
    }
    const BlockQuantizer quantizer(*m_plan, *m_transformed, nullptr, {});
    m_embedding = quantizer.quantizeOuter(embeddings, nullptr, context);
    for (std::size_t i = 0; i < embeddings.size(); ++i) {
        m_overlay->add(*embeddings[i].layer, m_embedding.weights[i].second);
    }
}

void RunExecution::collectHead(int stack, const std::vector<StreamState> &states,
                               JobContext &context)
{
    StatisticsNeeds needs;
    bool isPlanned = false;
    for (const PlannedLayer &layer : m_plan->outerLayers()) {
        if (layer.layer->kind != "embedding") {
            needs |= layer.quantizer->needs().statistics;
            isPlanned = isPlanned || layer.layer->stack == stack;
        }
    }
    if (m_activations) {
        needs |= m_activations->needs();
    }
    if (!m_headInputs) {
        m_headInputs.emplace(needs);
    }
    if (isPlanned && needs.any() && !states.empty()) {
        context.stage("statistics of the head");
        collectHeadInputs(*m_quantized, stack, states, *m_headInputs, context);
    }
}

void RunExecution::quantizeHead(RunSession &session, JobContext &context)
{
    std::vector<PlannedLayer> heads;
    for (const PlannedLayer &layer : m_plan->outerLayers()) {
        if (layer.layer->kind != "embedding") {
            heads.push_back(layer);
        }
    }
    StatisticsCollector &collector = *m_headInputs;
    const BlockQuantizer quantizer(*m_plan, *m_quantized, nullptr, {});
    BlockQuantizer::Finished finished = quantizer.quantizeOuter(heads, &collector, context);
    for (const PlannedLayer &head : heads) {
        const LayerInfo &layer = *head.layer;
        if (m_activations && collector.find(layer) != nullptr) {
            m_activations->fit(layer, *collector.find(layer));
        }
    }
    std::move(m_embedding.weights.begin(), m_embedding.weights.end(),
              std::back_inserter(finished.weights));
    std::move(m_embedding.rows.begin(), m_embedding.rows.end(), std::back_inserter(finished.rows));
    keepBlock(m_plan->units() - 1, std::move(finished), {}, {}, session);
}

void RunExecution::keepBlock(int unit, BlockQuantizer::Finished finished,
                             const std::vector<StreamState> &states,
                             const std::vector<StreamState> &fullStates, RunSession &session)
{
    takeEdits(finished.edits, "unit " + std::to_string(unit));
    if (unit == 0) {
        finished.edits.insert(m_outerEdits.begin(), m_outerEdits.end());
    }
    if (session.isPersistent()) {
        writeUnit(unit, finished, states, fullStates, session);
    }
    for (const auto &[name, weight] : finished.weights) {
        m_overlay->add(*m_opened.model->info().findLayer(name), weight);
    }
    std::move(finished.rows.begin(), finished.rows.end(), std::back_inserter(m_summary.layers));
    publish(session, /*complete=*/false);
}

void RunExecution::writeUnit(int unit, const BlockQuantizer::Finished &finished,
                             const std::vector<StreamState> &states,
                             const std::vector<StreamState> &fullStates, RunSession &session)
{
    const fs::path codes = session.folder() / codeFileName(unit);
    writeCodeFile(codes, finished.weights, finished.edits);
    writeStateFile(session.folder() / stateFileName(unit), states);
    if (m_plan->needsBlockStates()) {
        writeStateFile(session.folder() / fullStateFileName(unit), fullStates);
    }
    const Json entry = {{"codes", codeFileName(unit)},
                        {"codes_sha256", io::fileSha256(codes)},
                        {"states", stateFileName(unit)},
                        {"activations", m_activations ? m_activations->state() : Json::object()},
                        {"processor", processorName()},
                        {"threads", threadCount()}};
    session.commit(unit, finished.rows, entry);
    if (unit > 0) { // the journal names the new states now; the old ones would fill the disk
        io::removeAll(session.folder() / stateFileName(unit - 1));
        io::removeAll(session.folder() / fullStateFileName(unit - 1));
    }
}

void RunExecution::finishCodes(RunSession &session)
{
    if (session.isPersistent()) {
        io::removeAll(session.folder() / stateFileName(m_plan->units() - 1));
        io::removeAll(session.folder() / fullStateFileName(m_plan->units() - 1));
    }
    m_summary.codesSha256 = codesSha256(m_opened.model->info(), *m_overlay);
    m_quantized = m_transformed->withOverlay(m_overlay, m_plan->runtimeHooks(m_activations));
    publish(session, /*complete=*/false);
}

void RunExecution::evaluate(RunSession &session, double from)
{
    double done = from;
    const double width = 1 - exportShare - from;
    double tokens = 0;
    for (const PlannedEvaluation &planned : m_evaluations) {
        tokens += static_cast<double>(planned.tokens());
    }
    auto place = m_summary.metrics.begin();
    for (const PlannedEvaluation &planned : m_evaluations) {
        const double share = width * static_cast<double>(planned.tokens()) / tokens;
        if (!earlierMetric(planned)) {
            RunMetric metric = measureBoth(planned, session, done, done + share);
            session.putMetric(metric);
            place = m_summary.metrics.insert(place, std::move(metric));
        }
        ++place;
        done += share;
        m_run.progress(done, 1);
        std::for_each(planned.items.notes.begin(), planned.items.notes.end(),
                      [this](const std::string &text) { note(text); });
        publish(session, /*complete=*/false);
    }
}

/// What an interrupted execution measured, with everything that belongs to it.
std::optional<RunMetric> RunExecution::earlierMetric(const PlannedEvaluation &planned) const
{
    for (const RunMetric &metric : m_earlier ? m_earlier->metrics : std::vector<RunMetric>()) {
        const bool needsBaseline = m_options.baseline && !planned.needsReference;
        if (metric.measured.key == planned.key && (metric.baseline || !needsBaseline)) {
            return metric;
        }
    }
    return std::nullopt;
}

RunMetric RunExecution::measureBoth(const PlannedEvaluation &planned, RunSession &session,
                                    double from, double to)
{
    const double half = m_options.baseline ? (from + to) / 2 : to;
    RunMetric metric;
    TokenLosses losses;
    {
        m_run.stage(planned.choice.task.id);
        ProgressSpan span(m_run, from, half, m_recipe.seed);
        metric.measured
            = measure(planned, *m_quantized,
                      planned.needsReference ? m_opened.model.get() : nullptr, span, &losses);
    }
    session.putResult(losses, resultName(losses));
    if (m_options.baseline && !planned.needsReference) {
        ProgressSpan span(m_run, half, to, m_recipe.seed);
        metric.baseline = baseline(planned, session, span);
    }
    return metric;
}

/// Kept by every run that is compared with it, so that deleting one takes nothing from the others.
Evaluation RunExecution::baseline(const PlannedEvaluation &planned, RunSession &session,
                                  JobContext &context)
{
    const std::string prefix(store::StoredResult::baselinePrefix);
    const std::string name = prefix + ":" + planned.key;
    const std::string lossesName = prefix + "-losses:" + planned.key;
    const auto shared = session.findShared<Evaluation>(name);
    const auto sharedLosses = session.findShared<TokenLosses>(lossesName);
    if (shared && sharedLosses) {
        session.putResult(*shared, name);
        session.putResult(*sharedLosses, lossesName);
        return *shared;
    }
    context.stage(planned.choice.task.id + " of the unquantized model");
    TokenLosses losses;
    Evaluation measured = measure(planned, *m_opened.model, nullptr, context, &losses);
    session.putResult(measured, name);
    session.putResult(losses, lossesName);
    return measured;
}

/// What cannot be exported is said before the run, not after it; so is the size of what can.
void RunExecution::checkExports()
{
    const PlannedSubject subject(*m_plan, *m_opened.model);
    for (const Json &item : m_options.exports) {
        if (!item.is_object() || !item.contains("format") || !item.contains("output")
            || !item["output"].is_string()) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "exports: each entry takes \"format\" and \"output\"."));
        }
        const std::string output
            = exportPath(item["format"], subject, item["output"].get<std::string>()).string();
        requireExportTarget(item["format"], subject, output);
        for (const PlannedExport &other : m_exports) {
            if (other.output == output) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "Two exports go to %1; give each its own."),
                            output);
            }
        }
        const std::int64_t bytes = predictedExportBytes(item["format"], subject);
        m_exports.push_back({exportFormatId(item["format"]), output, bytes});
    }
}

void RunExecution::exportModel()
{
    for (const Json &item : m_options.exports) {
        ProgressSpan span(m_run, 1 - exportShare, 1, m_recipe.seed);
        const RunSubject subject(*m_transformed, *m_overlay, m_plan->transforms().online(),
                                 m_plan->transforms().untiesHead());
        exportTo(item["format"], subject, item["output"].get<std::string>(), span);
    }
}

void RunExecution::publish(RunSession &session, bool complete)
{
    m_summary.complete = complete;
    m_summary.averageBits = m_plan->averageBits(m_summary.layers);
    m_summary.bytes = m_plan->checkpointBytes(*m_opened.model, m_summary.layers) + m_editBytes;
    m_summary.seconds = m_run.elapsedSeconds() + (m_earlier ? m_earlier->seconds : 0);
    m_summary.peakRssBytes = std::max(peakRssBytes(), m_earlier ? m_earlier->peakRssBytes : 0);
    session.putResult(m_summary);
    m_run.publish(std::make_shared<RunSummary>(m_summary));
}

void RunExecution::note(const std::string &text)
{
    std::vector<std::string> &notes = m_summary.notes;
    if (std::find(notes.begin(), notes.end(), text) == notes.end()) {
        notes.push_back(text);
    }
}

} // namespace bitprism
