// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/model_transforms.h"

#include "core/calib/collect_statistics.h"
#include "core/io/folder.h"
#include "core/io/safetensors.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/job_run.h"
#include "core/models/stacks.h"
#include "core/quant/tensor_view.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

/// Collects what enters each block's layers and lets the transform learn from it, or search on it.
class Learning final : public BlockVisitor
{
public:
    Learning(const Model &model, const Transform &transform, const TransformPlan &plan,
             const ModelGraph &graph)
        : m_model(model)
        , m_transform(transform)
        , m_graph(graph)
        , m_searches(plan.searchSamples > 0)
        , m_collector(plan.statistics)
    {
    }

    bool runsBlock(BlockId) override { return false; }
    void enter(Block &block, std::vector<StreamState> &states, JobContext &context) override
    {
        if (m_searches) {
            learned.merge(m_transform.search(m_graph, m_model, block, states, context));
            return;
        }
        m_collector.clear();
        runCollecting(m_model, block, states, m_collector, context);
        learned.merge(m_transform.learn(
            m_graph, block, [this](const LayerInfo &layer) { return m_collector.find(layer); }));
    }

    LearnedTensors learned;

private:
    const Model &m_model;
    const Transform &m_transform;
    const ModelGraph &m_graph;
    bool m_searches;
    StatisticsCollector m_collector;
};

bool learnsFromData(const TransformPlan &plan)
{
    return plan.needsStatistics || plan.searchSamples > 0;
}

/// The first `count` samples.
SampleSet firstOf(const SampleSet &samples, int count)
{
    SampleSet first = samples;
    first.samples.resize(std::min(samples.samples.size(), static_cast<std::size_t>(count)));
    return first;
}

std::string nameOf(std::size_t step, const std::string &tensor)
{
    return std::to_string(step) + ":" + tensor;
}

[[noreturn]] void throwDamaged(const std::filesystem::path &file, const std::string &name)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: \"%2\" is not what a run's transforms keep; run again."),
                file, name);
}

} // namespace

ModelTransforms::ModelTransforms(const std::vector<ComponentChoice> &choices, const ModelInfo &info,
                                 std::uint64_t seed)
    : m_graph(info)
    , m_seed(seed)
{
    for (const ComponentChoice &choice : choices) {
        const std::string where = "recipe: transforms: " + choice.id;
        Step step;
        step.id = choice.id;
        step.transform = create<Transform>(choice.id, choice.parameters(), where);
        step.plan = step.transform->plan(m_graph);
        const auto between = std::find_if(m_steps.begin(), m_steps.end(), [](const Step &earlier) {
            return earlier.plan.standsBehindNorms;
        });
        if (step.plan.foldsIntoNorms && between != m_steps.end()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "recipe: transforms: %1 folds into norms, but %2 before it "
                                    "stands between them and the layers while the model runs; put "
                                    "%1 first."),
                        choice.id, between->id);
        }
        m_steps.push_back(std::move(step));
    }
}

int ModelTransforms::learningPasses() const
{
    return static_cast<int>(std::count_if(m_steps.begin(), m_steps.end(), [](const Step &step) {
        return learnsFromData(step.plan);
    }));
}

std::string ModelTransforms::firstLearner() const
{
    const auto found = std::find_if(m_steps.begin(), m_steps.end(),
                                    [](const Step &step) { return learnsFromData(step.plan); });
    return found == m_steps.end() ? std::string() : found->id;
}

double ModelTransforms::searchedSamples(const Model &model, std::size_t samples) const
{
    double runs = 0;
    for (const Step &step : m_steps) {
        const auto most = static_cast<std::size_t>(step.plan.searchSamples);
        if (most > 0) {
            runs += step.transform->searchRuns(m_graph, model)
                * static_cast<double>(std::min(most, samples));
        }
    }
    return runs;
}

std::int64_t ModelTransforms::searchMemory(const Model &model, const SampleSet &samples) const
{
    std::int64_t widest = model.info().hiddenSize;
    for (const LayerInfo &layer : model.info().layers) {
        widest = layer.block < 0 ? widest : std::max({widest, layer.rows, layer.cols});
    }
    std::int64_t most = 0;
    for (const Step &step : m_steps) {
        const auto used = std::min<std::int64_t>(step.plan.searchSamples,
                                                 static_cast<std::int64_t>(samples.samples.size()));
        // Inputs, what should come of them and what does; the block as it is and rounded.
        const std::int64_t values = used * samples.length * 4 * widest;
        most = std::max(most, used > 0 ? 4 * values + 3 * model.largestBlockBytes() : 0);
    }
    return most;
}

bool ModelTransforms::learnsAnything() const
{
    return std::any_of(m_steps.begin(), m_steps.end(), [](const Step &step) {
        return step.plan.readsWeights || learnsFromData(step.plan);
    });
}

bool ModelTransforms::untiesHead() const
{
    return std::any_of(m_steps.begin(), m_steps.end(),
                       [](const Step &step) { return step.plan.untiesHead; });
}

bool ModelTransforms::unties(const LayerInfo &layer) const
{
    const LayerInfo *head = m_graph.headLayer(layer.stack);
    return untiesHead() && layer.kind == "embedding" && head != nullptr
        && head->tensor == layer.tensor;
}

std::string ModelTransforms::standingBetween() const
{
    const auto found = std::find_if(m_steps.begin(), m_steps.end(), [](const Step &step) {
        return step.plan.standsBehindNorms || step.plan.standsBehindLayers;
    });
    return found == m_steps.end() ? std::string() : found->id;
}

std::vector<std::string> ModelTransforms::online() const
{
    std::vector<std::string> all;
    for (const Step &step : m_steps) {
        for (const std::string &part : step.plan.online) {
            all.push_back(step.id + " " + part);
        }
    }
    return all;
}

std::vector<std::string> ModelTransforms::notes() const
{
    std::vector<std::string> all;
    for (const Step &step : m_steps) {
        all.insert(all.end(), step.plan.notes.begin(), step.plan.notes.end());
        for (const std::string &finding : step.transform->findings(step.learned)) {
            all.push_back(step.id + ": " + finding);
        }
    }
    return all;
}

void ModelTransforms::learn(const Model &model, const SampleSet &samples, JobContext &context)
{
    const int passes = learningPasses();
    int done = 0;
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        Step &step = m_steps[i];
        if (!step.plan.readsWeights && !learnsFromData(step.plan)) {
            continue;
        }
        const std::unique_ptr<Model> current = applyFirst(model, i);
        if (step.plan.readsWeights) {
            step.learned = step.transform->read(m_graph, *current);
        }
        if (learnsFromData(step.plan)) {
            const double from = static_cast<double>(done) / passes;
            learnFromData(step, *current, samples, context, from,
                          static_cast<double>(++done) / passes);
        }
    }
}

void ModelTransforms::learnFromData(Step &step, const Model &current, const SampleSet &samples,
                                    JobContext &context, double from, double to)
{
    const bool searches = step.plan.searchSamples > 0;
    context.stage((searches ? "search for " : "statistics for ") + step.id);
    const SampleSet used = searches ? firstOf(samples, step.plan.searchSamples) : samples;
    BatchInput input(current, calibrationBatches(current, used));
    std::vector<StreamState> states;
    Learning learning(current, *step.transform, step.plan, m_graph);
    StreamOptions options;
    options.progressFrom = from;
    options.progressTo = to;
    streamStacks(current, input, states, learning, context, options);
    step.learned.merge(learning.learned);
}

void ModelTransforms::save(const std::filesystem::path &file) const
{
    if (!learnsAnything()) {
        return;
    }
    std::vector<io::TensorDeclaration> declarations;
    std::vector<at::Tensor> tensors;
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        for (const auto &[name, tensor] : m_steps[i].learned) {
            tensors.push_back(cpuFloat(tensor));
            declarations.push_back({nameOf(i, name), io::Dtype::F32, tensors.back().sizes().vec()});
        }
    }
    io::SafetensorsWriter writer(file, std::move(declarations));
    for (const at::Tensor &tensor : tensors) {
        writer.write({static_cast<const std::byte *>(tensor.data_ptr()), tensor.nbytes()});
    }
    writer.commit();
}

bool ModelTransforms::restore(const std::filesystem::path &file)
{
    if (!learnsAnything() || !io::exists(file)) {
        return !learnsAnything();
    }
    const io::SafetensorsFile stored(file);
    for (const io::TensorInfo &info : stored.tensors()) {
        const std::size_t colon = info.name.find(':');
        std::size_t step = m_steps.size();
        for (std::size_t i = 0; i < m_steps.size(); ++i) {
            step = info.name.substr(0, colon) == std::to_string(i) ? i : step;
        }
        if (colon == std::string::npos || step == m_steps.size() || info.dtype != io::Dtype::F32) {
            throwDamaged(file, info.name);
        }
        const at::Tensor values = at::empty(info.shape, at::kFloat);
        stored.read(info, {static_cast<std::byte *>(values.data_ptr()), values.nbytes()});
        if (!values.isfinite().all().item<bool>()) {
            throwDamaged(file, info.name);
        }
        m_steps[step].learned[info.name.substr(colon + 1)] = values;
    }
    return true;
}

std::unique_ptr<Model> ModelTransforms::applyTo(const Model &model) const
{
    return applyFirst(model, m_steps.size());
}

std::unique_ptr<Model> ModelTransforms::applyFirst(const Model &model, std::size_t count) const
{
    std::vector<std::shared_ptr<const ModelTransform>> bound;
    for (std::size_t i = 0; i < count; ++i) {
        bound.push_back(m_steps[i].transform->bind(m_graph, m_seed, m_steps[i].learned));
    }
    return model.withTransform(chainOf(std::move(bound)));
}

} // namespace bitprism
