// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/output_search.h"

#include "core/eval/embeddings.h"
#include "core/jobs/calibration_samples.h"

#include <c10/core/GradMode.h>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::int64_t floatBytes = 4;
/// Outputs of the plain model that are kept rather than made again for each candidate.
constexpr std::int64_t keptBytes = std::int64_t{256} << 20;
/// Numbers of the output that exist at once.
constexpr std::int64_t outputsAtOnce = std::int64_t{1} << 23;

/// Shows the inputs of quantized layers, of those that share one the first.
class Showing final : public BlockVisitor, public BlockHooks
{
public:
    Showing(const std::set<std::string> &layers, bool showsAttention,
            const std::vector<Batch> &batches, const std::function<void(const SeenInput &)> &look)
        : m_layers(layers)
        , m_showsAttention(showsAttention)
        , m_batches(batches)
        , m_look(look)
    {
    }

    BlockHooks *hooks(const Block &, std::size_t index) override
    {
        beginSample(index);
        return this;
    }
    void beginSample(std::size_t index)
    {
        m_sample = index;
        m_mask = m_batches[index].mask;
        m_operandRows.setMask(m_mask);
        m_hasTokens = true;
    }
    /// What follows is made of one vector for the whole text.
    void setPooled() { m_hasTokens = false; }
    /// Rows are those that count already.
    void setUnmasked() { m_mask = at::Tensor(); }

    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        if (!m_layers.contains(layer.name)) {
            return input;
        }
        const auto leader = m_leaders.emplace(siteOf(layer), layer.name).first;
        if (leader->second != layer.name) {
            return input;
        }
        at::Tensor rows = input.detach().reshape({-1, input.size(-1)});
        if (m_mask.defined() && m_mask.numel() == rows.size(0)) {
            rows
                = rows.index_select(0, m_mask.reshape({-1}).nonzero().view({-1}).to(rows.device()));
        }
        m_look({layer, m_sample, rows, m_hasTokens});
        return input;
    }

    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override
    {
        if (m_showsAttention && isMultiplied(operand)) {
            LayerInfo site = attentionSite(block, operand);
            const at::Tensor rows = m_operandRows.of(operand, tensor);
            site.cols = rows.size(1);
            // Clipped probabilities would not add up to one.
            m_look({site, m_sample, rows, operand != AttentionOperand::Probabilities});
        }
        return tensor;
    }

private:
    const std::set<std::string> &m_layers;
    bool m_showsAttention;
    const std::vector<Batch> &m_batches;
    const std::function<void(const SeenInput &)> &m_look;
    std::map<std::string, std::string> m_leaders; ///< by site
    std::size_t m_sample = 0;
    at::Tensor m_mask;
    OperandRows m_operandRows;
    bool m_hasTokens = true;
};

/// Only what the model's own hooks hold learns.
class HooksLearn final : public GradientVisitor
{
public:
    void visit(const Block &, std::size_t, std::int64_t,
               const std::map<std::string, at::Tensor> &) override
    {
    }
    bool wantsWeights() const override { return false; }
};

at::Tensor distanceSum(const at::Tensor &expected, const at::Tensor &found, OutputDistance distance)
{
    if (distance == OutputDistance::SquaredError) {
        return (found - expected).square().sum(at::kDouble);
    }
    const at::Tensor target = at::log_softmax(expected, -1);
    return (target.exp() * (target - at::log_softmax(found, -1))).sum(at::kDouble);
}

/// What distanceSum() of outputs [..., rows, width] is divided by.
double countOf(std::int64_t rows, std::int64_t width, OutputDistance distance)
{
    return static_cast<double>(rows)
        * (distance == OutputDistance::SquaredError ? static_cast<double>(width) : 1.0);
}

bool isPooledClass(const ModelInfo &info) { return info.objective == objectives::classification; }

} // namespace

/// Begins stacks and hands on the states behind each.
class OutputSearch::Ends final : public StackInput
{
public:
    using AtEnd = std::function<void(int stack, const std::vector<StreamState> &)>;

    Ends(const Model &model, std::vector<Batch> batches, const AtEnd &atEnd)
        : m_batches(model, std::move(batches))
        , m_atEnd(atEnd)
    {
    }
    std::vector<StreamState> begin(int stack, std::vector<StreamState> before) override
    {
        if (stack > 0) {
            m_atEnd(stack - 1, before);
        }
        return m_batches.begin(stack, std::move(before));
    }

private:
    BatchInput m_batches;
    const AtEnd &m_atEnd;
};

OutputSearch::OutputSearch(const Model &plain, std::shared_ptr<const WeightOverlay> codes,
                           const RunPlan &plan, const SampleSet &samples,
                           const tokenize::Tokenizer *tokenizer, JobContext &context)
    : m_plain(plain)
    , m_codes(std::move(codes))
    , m_plan(plan)
    , m_samples(samples)
    , m_layers(plan.quantizedLayers())
    , m_context(context)
    , m_mute(context.seed(), context.stopToken())
{
    for (int stack = 0; stack <= plain.lastStack(); ++stack) {
        if (makesOutput(stack)) {
            m_heads[stack] = plain.loadHead(stack);
        }
    }
    readSamples(tokenizer);
    expectOutputs();
}

std::int64_t OutputSearch::memoryNeed(const Model &model, const SampleSet &samples)
{
    constexpr std::int64_t graphFactor = 4; // of one sample's graph to what running it takes
    const std::int64_t hidden = model.info().hiddenSize * floatBytes;
    // States on their way, expected rows, and what enters each block for the way backwards.
    const std::int64_t states = (4 + model.info().blocks) * samples.tokens * hidden;
    return states + keptBytes + 2 * model.largestBlockBytes()
        + graphFactor * model.workingBytesPerToken() * samples.length;
}

OutputDistance OutputSearch::fittingDistance() const
{
    const std::string &objective = m_plain.info().objective;
    const bool isClass = isPooledClass(m_plain.info());
    return isClass || objective == objectives::none ? OutputDistance::SquaredError
                                                    : OutputDistance::Divergence;
}

void OutputSearch::readSamples(const tokenize::Tokenizer *tokenizer)
{
    const ModelInfo &info = m_plain.info();
    if (info.objective == objectives::none || isPooledClass(info)) {
        for (const Batch &sample : m_samples.samples) {
            m_scored.push_back({sample, {}});
        }
        return;
    }
    const ItemSet items = scoredItems(m_samples, m_plain, tokenizer);
    for (const EvaluationItem &item : items.items) {
        const ItemBatch batch = batchItems({item}, 1).front();
        m_scored.push_back({batch.batch, batch.rows});
    }
}

bool OutputSearch::makesOutput(int stack) const
{
    const std::vector<StackInfo> &stacks = m_plain.info().stacks;
    return std::none_of(stacks.begin(), stacks.end(),
                        [stack](const StackInfo &other) { return other.memoryStack == stack; });
}

std::int64_t OutputSearch::rowsAtOnce() const
{
    return std::max<std::int64_t>(
        1,
        outputsAtOnce
            / std::max({std::int64_t{1}, m_plain.info().outputSize(), m_plain.info().hiddenSize}));
}

at::Tensor OutputSearch::placesOf(int stack, std::size_t sample, const StreamState &state) const
{
    const ModelInfo &info = m_plain.info();
    const std::string &pooled = info.stacks.at(static_cast<std::size_t>(stack)).pooled;
    const Scored &scored = m_scored[sample];
    if (isPooledClass(info) || pooled == pooling::first) {
        return at::zeros({1}, at::kLong);
    }
    if (pooled == pooling::endMark) {
        const at::Tensor tokens = scored.batch.tokens.to(at::kCPU).contiguous();
        const std::int64_t *ids = tokens.data_ptr<std::int64_t>();
        return at::full({1}, endMarkOf({ids, ids + tokens.numel()}, info), at::kLong);
    }
    if (stack == m_plain.lastStack() && scored.places.defined()) {
        return scored.places;
    }
    return state.mask.defined() ? state.mask.reshape({-1}).nonzero().view({-1})
                                : at::arange(state.hidden.size(1), at::kLong);
}

void OutputSearch::run(const Model &model, const Ends::AtEnd &atEnd)
{
    std::vector<Batch> batches;
    for (const Scored &scored : m_scored) {
        batches.push_back(scored.batch);
    }
    const Ends::AtEnd filtered = [&](int stack, const std::vector<StreamState> &states) {
        if (makesOutput(stack)) {
            atEnd(stack, states);
        }
    };
    Ends ends(model, std::move(batches), filtered);
    std::vector<StreamState> states;
    BlockVisitor visitor;
    streamStacks(model, ends, states, visitor, m_mute);
    filtered(model.lastStack(), states);
}

void OutputSearch::expectOutputs()
{
    const c10::NoGradGuard noGradients;
    run(m_plain, [this](int stack, const std::vector<StreamState> &states) {
        std::vector<Expected> &all = m_expected[stack];
        std::int64_t bytes = 0;
        for (std::size_t i = 0; i < states.size(); ++i) {
            const at::Tensor places = placesOf(stack, i, states[i]).to(states[i].hidden.device());
            all.push_back({states[i].hidden.index_select(1, places), {}});
            bytes += places.numel() * floatBytes
                * std::max(m_plain.info().outputSize(), m_plain.info().hiddenSize);
        }
        for (Expected &one : all) {
            if (bytes <= keptBytes && one.rows.size(1) > 0) {
                one.output = m_plain.finish(m_heads.at(stack), one.rows);
            }
        }
    });
}

at::Tensor OutputSearch::expected(int stack, std::size_t sample, std::int64_t first,
                                  std::int64_t count) const
{
    const c10::NoGradGuard noGradients;
    const Expected &all = m_expected.at(stack)[sample];
    return all.output.defined()
        ? all.output.narrow(1, first, count)
        : m_plain.finish(m_heads.at(stack), all.rows.narrow(1, first, count));
}

std::unique_ptr<Model> OutputSearch::rounded(const ActivationQuantizer &quantizer) const
{
    // The hooks live no longer than the call that the quantizer was given to.
    const std::shared_ptr<const ActivationQuantizer> borrowed(std::shared_ptr<void>(), &quantizer);
    return m_plain.withOverlay(m_codes, m_plan.activationHooks(borrowed));
}

void OutputSearch::observe(const std::function<void(const SeenInput &)> &look)
{
    const c10::NoGradGuard noGradients;
    const bool showsAttention = m_plan.makeActivationQuantizer()->quantizesAttention();
    Showing showing(m_layers, showsAttention, m_samples.samples, look);
    const Ends::AtEnd showHead = [&](int stack, const std::vector<StreamState> &states) {
        const auto &layers = m_plain.layersOf(headOf(stack));
        const bool isPlanned
            = std::any_of(layers.begin(), layers.end(), [this](const LayerInfo *layer) {
                  return m_layers.contains(layer->name);
              });
        const Block head = isPlanned ? m_plain.loadHead(stack) : Block();
        for (std::size_t i = 0; isPlanned && i < states.size(); ++i) {
            showing.beginSample(i);
            at::Tensor rows = states[i].hidden.flatten(0, 1);
            if (isPooledClass(m_plain.info())) {
                showing.setPooled();
                rows = states[i].hidden.select(1, 0);
            } else if (states[i].mask.defined()) {
                const at::Tensor valid = states[i].mask.reshape({-1}).nonzero().view({-1});
                rows = rows.index_select(0, valid.to(rows.device()));
            }
            showing.setUnmasked();
            for (std::int64_t first = 0; first < rows.size(0); first += rowsAtOnce()) {
                m_mute.throwIfCancelled();
                const std::int64_t count = std::min(rowsAtOnce(), rows.size(0) - first);
                static_cast<void>(m_plain.finish(head, rows.narrow(0, first, count), &showing));
            }
        }
    };
    Ends ends(m_plain, m_samples.samples, showHead);
    std::vector<StreamState> states;
    streamStacks(m_plain, ends, states, showing, m_mute);
    showHead(m_plain.lastStack(), states);
}

std::vector<ActivationSearch::Distance>
OutputSearch::distances(const ActivationQuantizer &quantizer, OutputDistance distance)
{
    const c10::NoGradGuard noGradients;
    const std::unique_ptr<Model> model = rounded(quantizer);
    std::vector<Distance> result(samples());
    run(*model, [&](int stack, const std::vector<StreamState> &states) {
        const Block head = model->loadHead(stack);
        for (std::size_t i = 0; i < states.size(); ++i) {
            const at::Tensor places = placesOf(stack, i, states[i]).to(states[i].hidden.device());
            for (std::int64_t first = 0; first < places.numel(); first += rowsAtOnce()) {
                m_mute.throwIfCancelled();
                const std::int64_t count = std::min(rowsAtOnce(), places.numel() - first);
                const at::Tensor rows
                    = states[i].hidden.index_select(1, places.narrow(0, first, count));
                const at::Tensor found = model->finish(head, rows);
                result[i].sum += distanceSum(expected(stack, i, first, count), found, distance)
                                     .item<double>();
                result[i].count += countOf(count, found.size(-1), distance);
            }
        }
    });
    return result;
}

double OutputSearch::backward(const ActivationQuantizer &quantizer, OutputDistance distance,
                              std::size_t first, std::size_t count)
{
    const int last = m_plain.lastStack();
    double total = 0;
    std::vector<LossSample> learned;
    for (std::size_t i = first; i < first + count; ++i) {
        const std::int64_t rows = m_expected.at(last)[i].rows.size(1);
        const std::int64_t width = rows > 0 ? expected(last, i, 0, 1).size(-1) : 0;
        total += countOf(rows, width, distance);
    }
    for (std::size_t i = first; i < first + count; ++i) {
        StreamState all; // stands for the sample where all of its positions count
        all.hidden = m_expected.at(last)[i].rows;
        LossSample sample;
        sample.batch = m_scored[i].batch;
        all.mask = sample.batch.mask;
        sample.positions = placesOf(last, i, all);
        sample.targets = sample.positions;
        sample.loss = [this, i, last, distance, total](std::int64_t from, const at::Tensor &found) {
            const at::Tensor wanted = expected(last, i, from, found.size(1));
            return distanceSum(wanted, found, distance) / std::max(1.0, total);
        };
        learned.push_back(std::move(sample));
    }
    const std::unique_ptr<Model> model = rounded(quantizer);
    HooksLearn visitor;
    return streamBlocksBackward(*model, learned, visitor, m_mute).nll;
}

} // namespace bitprism
