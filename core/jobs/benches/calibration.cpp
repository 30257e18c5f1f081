// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/calib/collect_statistics.h"
#include "core/calib/layer_statistics.h"
#include "core/families/locate_model.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"
#include "core/jobs/bench_model.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/opened_model.h"
#include "core/models/stacks.h"

#include <nlohmann/json.hpp>

#include <set>

namespace bitprism {

namespace {

struct CalibrationBenchParams
{
    std::string model = benchSample;
    std::string data;
    int samples = 32;
    int length = 256;
    bool channels = true;
    int repeats = 3;

    void visit(ParamVisitor &v)
    {
        v.path("model", model, benchTexts::model);
        v.path("data", data, benchTexts::data);
        v.integer("samples", samples, {1, 1 << 20}, benchTexts::samples);
        v.integer("length", length, {2, 1 << 20}, benchTexts::length);
        v.flag("channels", channels,
               {BITPRISM_TR("Bench", "Channels"),
                BITPRISM_TR("Bench", "Keep maxima and moments of channels beside Hessians.")});
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

/// Collects at every block and forgets: what a run keeps of a block at a time.
class CollectingVisitor final : public BlockVisitor
{
public:
    CollectingVisitor(const Model &model, const StatisticsNeeds &needs)
        : m_model(model)
        , m_collector(needs)
    {
    }
    bool runsBlock(BlockId) override { return false; }
    void enter(Block &block, std::vector<StreamState> &states, JobContext &context) override
    {
        m_collector.clear();
        runCollecting(m_model, block, states, m_collector, context);
    }

private:
    const Model &m_model;
    StatisticsCollector m_collector;
};

/// One pass over the calibration set that keeps Hessians and channel statistics of every layer.
class CalibrationBench final : public Bench
{
public:
    using Params = CalibrationBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "calibration",
                BITPRISM_TR("Bench", "Calibration pass"),
                "Hessians and channel statistics of all input groups",
                {}};
    }
    explicit CalibrationBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        const OpenedModel opened
            = openModel(locateModel(m_params.model).string(), run.request().device);
        JobContext quiet(run.seed(), run.stopToken());
        const SampleSet samples
            = drawSamples(calibrationChoice(Json::object(), m_params.samples, m_params.length),
                          benchText(m_params.data), *opened.model, opened.tokenizer.get(), quiet);
        StatisticsNeeds needs;
        needs.hessian = true;
        needs.channels = m_params.channels;
        const Timing timing = fastestOf(m_params.repeats, run, [&] {
            BatchInput input(*opened.model, calibrationBatches(*opened.model, samples));
            std::vector<StreamState> states;
            CollectingVisitor visitor(*opened.model, needs);
            streamStacks(*opened.model, input, states, visitor, quiet);
        });
        const double tokens = static_cast<double>(samples.tokens);
        BenchMeasurement result
            = measured(tokens, "tokens", m_params.repeats, timing, threadCount());
        result.operations = tokens
            * (forwardOperations(opened.model->info(), samples.length, false)
               + hessianOperations(opened.model->info()));
        return result;
    }

private:
    /// One triangle of x x^T for each input group, per token.
    static double hessianOperations(const ModelInfo &model)
    {
        std::set<std::pair<int, std::string>> counted;
        double operations = 0;
        for (const LayerInfo &layer : model.layers) {
            const std::string group = layer.inputGroup.empty() ? layer.name : layer.inputGroup;
            if (layer.block >= 0 && counted.emplace(layer.block, group).second) {
                operations += static_cast<double>(layer.cols) * static_cast<double>(layer.cols);
            }
        }
        return operations;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, calibration, CalibrationBench);

} // namespace bitprism
