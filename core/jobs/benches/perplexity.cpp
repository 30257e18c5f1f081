// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/families/locate_model.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"
#include "core/jobs/bench_model.h"
#include "core/jobs/evaluation_plan.h"
#include "core/jobs/opened_model.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

struct PerplexityBenchParams
{
    std::string model = benchSample;
    std::string data;
    int length = 256;
    int samples = 128;
    int repeats = 3;

    void visit(ParamVisitor &v)
    {
        v.path("model", model, benchTexts::model);
        v.path("data", data, benchTexts::data);
        v.integer("length", length, {2, 1 << 20}, benchTexts::length);
        v.integer("samples", samples, {1, 1 << 20}, benchTexts::samples);
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

/// Perplexity of a model, from tokens to the value; reading the weights is part of it.
class PerplexityBench final : public Bench
{
public:
    using Params = PerplexityBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "perplexity",
                BITPRISM_TR("Bench", "Perplexity of a model"),
                "windows without overlap",
                {}};
    }
    explicit PerplexityBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        const OpenedModel opened
            = openModel(locateModel(m_params.model).string(), run.request().device);
        EvaluationChoice choice;
        choice.task = {"perplexity", "{}"};
        choice.data = benchText(m_params.data);
        EvaluationOptions cut;
        cut.length = m_params.length;
        cut.samples = m_params.samples;
        const PlannedEvaluation planned
            = planEvaluation(choice, cut, *opened.model, opened.tokenizer.get(), run);
        JobContext quiet(run.seed(), run.stopToken());
        double value = 0;
        const Timing timing = fastestOf(m_params.repeats, run, [&] {
            value = bitprism::measure(planned, *opened.model, nullptr, quiet).value;
        });
        const double tokens = static_cast<double>(planned.tokens());
        BenchMeasurement result
            = measured(tokens, "tokens", m_params.repeats, timing, threadCount());
        result.operations
            = tokens * forwardOperations(opened.model->info(), planned.items.length, true);
        result.details["perplexity"] = value;
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, perplexity, PerplexityBench);

} // namespace bitprism
