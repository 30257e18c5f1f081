// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluate.h"

#include "core/base/error.h"
#include "core/eval/loss_record.h"
#include "core/eval/scoring.h"
#include "core/models/stacks.h"

#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace bitprism {

namespace {

/// Hidden states of one group of windows; a block is loaded once per group.
constexpr std::int64_t groupBytes = std::int64_t{768} << 20;
/// Share of a group's time that its blocks take; the head takes the rest.
constexpr double blocksShare = 0.85;

std::int64_t hiddenBytes(const Model &model, const ItemBatch &batch)
{
    EvaluationItem one; // the positions of one item, features as large as all of the batch's
    if (batch.batch.features.defined()) {
        one.features = batch.batch.features[0];
    }
    const std::int64_t samples = batch.batch.tokens.size(0);
    return (batch.batch.tokens.numel() + samples * positionsOf(one, model.info()))
        * model.info().hiddenSize * 4;
}

/// Runs `batches` through all blocks; gives what the head needs: the scored rows [scored, hidden].
std::vector<at::Tensor> scoredHidden(const Model &model, std::span<const ItemBatch> batches,
                                     JobContext &context, const StreamOptions &options)
{
    std::vector<Batch> inputs;
    for (const ItemBatch &batch : batches) {
        inputs.push_back(batch.batch);
    }
    BatchInput input(model, std::move(inputs));
    std::vector<StreamState> states;
    BlockVisitor nothing;
    streamStacks(model, input, states, nothing, context, options);
    std::vector<at::Tensor> scored;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        scored.push_back(states[i].hidden.flatten(0, 1).index_select(
            0, batches[i].rows.to(states[i].hidden.device())));
        states[i] = {};
    }
    return scored;
}

/// One group through model, reference and metrics.
class GroupScorer
{
public:
    GroupScorer(const Model &model, const Model *reference,
                const std::vector<std::unique_ptr<Metric>> &metrics, LossRecord *record,
                JobContext &context)
        : m_model(model)
        , m_reference(reference)
        , m_metrics(metrics)
        , m_record(record)
        , m_context(context)
    {
    }

    void score(std::span<const ItemBatch> batches, const StreamOptions &share) const
    {
        const double width = share.progressTo - share.progressFrom;
        StreamOptions blocks = share;
        blocks.progressTo
            = share.progressFrom + width * blocksShare * (m_reference == nullptr ? 1 : 0.5);
        const std::vector<at::Tensor> hidden = scoredHidden(m_model, batches, m_context, blocks);
        std::vector<at::Tensor> referenceHidden(batches.size());
        Block referenceHead;
        if (m_reference != nullptr) {
            blocks.progressFrom = blocks.progressTo;
            blocks.progressTo = share.progressFrom + width * blocksShare;
            referenceHidden = scoredHidden(*m_reference, batches, m_context, blocks);
            referenceHead = m_reference->loadHead(m_reference->lastStack());
        }
        const Block head = m_model.loadHead(m_model.lastStack());
        for (std::size_t i = 0; i < batches.size(); ++i) {
            scoreBatch(batches[i], head, hidden[i], referenceHead, referenceHidden[i]);
            const double done = static_cast<double>(i + 1) / static_cast<double>(batches.size());
            m_context.progress(blocks.progressTo + (share.progressTo - blocks.progressTo) * done,
                               share.progressTotal);
        }
    }

private:
    void scoreBatch(const ItemBatch &batch, const Block &head, const at::Tensor &hidden,
                    const Block &referenceHead, const at::Tensor &referenceHidden) const
    {
        inPieces(hidden.size(0), scoredAtOnce(m_model),
                 [&](std::int64_t first, std::int64_t count) {
                     m_context.throwIfCancelled();
                     MetricBatch piece;
                     piece.targets = batch.targets.narrow(0, first, count);
                     piece.units = batch.units.narrow(0, first, count);
                     piece.weights = batch.weights.narrow(0, first, count);
                     piece.logProbabilities
                         = logProbabilities(m_model, head, hidden.narrow(0, first, count));
                     if (m_reference != nullptr) {
                         piece.referenceLogProbabilities = logProbabilities(
                             *m_reference, referenceHead, referenceHidden.narrow(0, first, count));
                     }
                     for (const std::unique_ptr<Metric> &metric : m_metrics) {
                         metric->add(piece);
                     }
                     if (m_record != nullptr) {
                         m_record->add(batch.items.narrow(0, first, count), piece);
                     }
                 });
    }

    const Model &m_model;
    const Model *m_reference;
    const std::vector<std::unique_ptr<Metric>> &m_metrics;
    LossRecord *m_record;
    JobContext &m_context;
};

std::unique_ptr<Metric> makeTask(const EvaluateOptions &options)
{
    const Json params
        = options.taskParams.empty() ? Json::object() : Json::parse(options.taskParams);
    return create<Metric>(options.task, params, "task " + options.task);
}

/// The task, and the divergence beside it where a reference is given.
std::vector<std::unique_ptr<Metric>> makeMetrics(const Model &model, const EvaluateOptions &options)
{
    std::vector<std::unique_ptr<Metric>> metrics;
    metrics.push_back(makeTask(options));
    if (options.reference == nullptr) {
        if (metrics.front()->needs().reference) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "Task \"%1\" compares with another model; name a reference."),
                options.task);
        }
        return metrics;
    }
    if (options.reference->info().outputSize() != model.info().outputSize()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: its output of %2 differs from the model's of %3; a "
                                "reference needs the same tokenizer or classes."),
                    options.reference->info().path, options.reference->info().outputSize(),
                    model.info().outputSize());
    }
    if (!metrics.front()->needs().reference && !metrics.front()->runsModel()) {
        metrics.push_back(create<Metric>("kl-divergence", Json::object(), "reference"));
    }
    return metrics;
}

/// Ends of groups of batches whose hidden states fit.
std::vector<std::size_t> groupEnds(const Model &model, const std::vector<ItemBatch> &batches,
                                   bool hasReference)
{
    std::vector<std::size_t> ends;
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        bytes += hiddenBytes(model, batches[i]) * (hasReference ? 2 : 1);
        if (bytes > groupBytes && i > 0 && (ends.empty() || ends.back() < i)) {
            ends.push_back(i);
            bytes = hiddenBytes(model, batches[i]) * (hasReference ? 2 : 1);
        }
    }
    ends.push_back(batches.size());
    return ends;
}

void scoreItems(const Model &model, const ItemSet &items,
                const std::vector<std::unique_ptr<Metric>> &metrics, const EvaluateOptions &options,
                LossRecord *record, JobContext &context)
{
    const std::vector<ItemBatch> batches
        = batchItems(items.items, batchTokens(model), &model.info());
    const GroupScorer scorer(model, options.reference, metrics, record, context);
    std::size_t first = 0;
    for (const std::size_t end : groupEnds(model, batches, options.reference != nullptr)) {
        const double width
            = (options.progressTo - options.progressFrom) / static_cast<double>(batches.size());
        StreamOptions share;
        share.progressFrom = options.progressFrom + width * static_cast<double>(first);
        share.progressTo = options.progressFrom + width * static_cast<double>(end);
        share.progressTotal = options.progressTotal;
        scorer.score(std::span(batches).subspan(first, end - first), share);
        first = end;
    }
}

Evaluation evaluationOf(const Model &model, const ItemSet &items, const EvaluateOptions &options,
                        const std::vector<std::unique_ptr<Metric>> &metrics)
{
    Evaluation evaluation;
    evaluation.task = options.task;
    evaluation.model = model.info().path;
    evaluation.tokens = items.scoredTokens();
    evaluation.items = items.units;
    evaluation.length = items.length;
    evaluation.stride = items.stride;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        metrics[i]->report(evaluation, i == 0);
    }
    return evaluation;
}

} // namespace

Evaluation evaluateItems(const Model &model, const ItemSet &items, const EvaluateOptions &options,
                         JobContext &context)
{
    const c10::NoGradGuard noGradients;
    const auto start = std::chrono::steady_clock::now();
    const std::vector<std::unique_ptr<Metric>> metrics = makeMetrics(model, options);
    for (const std::unique_ptr<Metric> &metric : metrics) {
        metric->begin(items.units);
    }
    std::optional<LossRecord> record;
    if (options.losses != nullptr && !metrics.front()->runsModel()) {
        record.emplace(items.items);
    }
    std::vector<ScoredItem> shown;
    if (metrics.front()->runsModel()) {
        metrics.front()->measure(model, options.reference, items, options.tokenizer, shown,
                                 context);
    } else {
        scoreItems(model, items, metrics, options, record ? &*record : nullptr, context);
    }
    Evaluation evaluation = evaluationOf(model, items, options, metrics);
    if (options.losses != nullptr) {
        TokenLosses &losses = *options.losses;
        losses = record ? record->result(model.info(), options.tokenizer) : TokenLosses();
        losses.items.insert(losses.items.end(), shown.begin(), shown.end());
        for (const ScoredItem &item : shown) {
            losses.scored += static_cast<std::int64_t>(item.losses.size());
        }
        losses.task = options.task;
        losses.model = model.info().path;
    }
    evaluation.seconds
        = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return evaluation;
}

Evaluation evaluate(const Model &model, const tokenize::Tokenizer *tokenizer, const Dataset &data,
                    const EvaluateOptions &options, JobContext &context)
{
    const ItemSet items = makeTask(options)->items({data, model, tokenizer, options.data});
    for (const std::string &note : items.notes) {
        context.log(note);
    }
    EvaluateOptions spelled = options;
    spelled.tokenizer = tokenizer;
    Evaluation evaluation = evaluateItems(model, items, spelled, context);
    evaluation.data = data.path().string();
    return evaluation;
}

std::int64_t evaluationMemory(const Model &model, const ItemSet &items,
                              const EvaluateOptions &options)
{
    const std::unique_ptr<Metric> task = makeTask(options);
    const Model *reference = options.reference;
    std::int64_t tokens = 0;
    std::int64_t features = 0; // all are read before the first is scored
    std::int64_t longest = 0; // an item by itself is never cut
    for (const EvaluationItem &item : items.items) {
        tokens += positionsOf(item, model.info());
        features += item.features.defined() ? item.features.numel() * 4 : 0;
        longest = std::max(longest, positionsOf(item, model.info()));
    }
    if (task->runsModel()) { // one item after another
        const std::int64_t outputs = 8 * std::max<std::int64_t>(model.info().outputSize(), 0);
        return task->memoryNeed(model, reference) + features + outputs
            + longest * model.workingBytesPerToken();
    }
    const std::int64_t models = reference == nullptr ? 1 : 2;
    const std::int64_t hidden = std::min(groupBytes, tokens * model.info().hiddenSize * 4 * models);
    const std::int64_t blocks
        = std::max(model.largestBlockBytes(), models * model.headBytes(model.lastStack()));
    const std::int64_t logits = scoredAtOnce(model) * model.info().outputSize() * 4 * (models + 2);
    return blocks + 2 * hidden + logits + features
        + std::min(tokens, std::max(longest, batchTokens(model))) * model.workingBytesPerToken();
}

} // namespace bitprism
