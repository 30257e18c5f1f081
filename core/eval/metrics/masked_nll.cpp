// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/eval/masked_items.h"
#include "core/eval/metric.h"
#include "core/eval/scoring.h"

namespace bitprism {

namespace {

struct MaskedNllParams
{
    int pass = -1;
    int samples = 16;
    std::string counts = "uniform";
    int seed = 0;

    void visit(ParamVisitor &v)
    {
        v.integer("pass", pass, {-1, maskedPasses - 1},
                  {BITPRISM_TR("Component", "Pass"),
                   BITPRISM_TR("Component",
                               "Encoders: the one of seven passes to score; -1: all of them.")});
        v.integer(
            "mask_samples", samples, {1, 4096},
            {BITPRISM_TR("Component", "Mask samples"),
             BITPRISM_TR("Component", "Masked-diffusion models: Monte-Carlo samples per window.")});
        v.choice("mask_counts", counts,
                 {{"uniform", BITPRISM_TR("Component", "Uniform")},
                  {"released", BITPRISM_TR("Component", "As LLaDA's released evaluation")}},
                 {BITPRISM_TR("Component", "Mask counts"),
                  BITPRISM_TR("Component", "How many tokens each Monte-Carlo sample masks.")});
        v.integer("mask_seed", seed, {0, 1'000'000'000},
                  {BITPRISM_TR("Component", "Mask seed"),
                   BITPRISM_TR("Component",
                               "Seed of the masks; models measured with one seed are paired.")});
    }
};

/// Mean negative log-likelihood of masked tokens: pseudo-log-likelihood of encoders (Salazar et
/// al., arXiv 1910.14659, in seven passes), the Monte-Carlo bound of masked-diffusion models.
class MaskedNll final : public Metric
{
public:
    using Params = MaskedNllParams;
    explicit MaskedNll(const Params &params)
        : m_params(params)
    {
    }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "masked-nll";
        info.title = BITPRISM_TR("Component", "Masked negative log-likelihood");
        info.source = "Salazar et al., arXiv 1910.14659; Nie et al., LLaDA, arXiv 2502.09992";
        return info;
    }

    ItemSet items(const TaskInput &input) const override
    {
        const std::string &objective = input.model.info().objective;
        if (objective == objectives::maskedToken) {
            return maskedLineItems(input, m_params.pass);
        }
        if (objective == objectives::maskedDiffusion) {
            MonteCarloOptions options;
            options.samples = m_params.samples;
            options.seed = static_cast<std::uint64_t>(m_params.seed);
            options.counts
                = m_params.counts == "released" ? MaskCounts::Released : MaskCounts::Uniform;
            return monteCarloItems(input, options);
        }
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 predicts no masked tokens (its output is of the kind \"%2\"); "
                                "choose another task, as perplexity or accuracy."),
                    input.model.info().path, objective);
    }

    void begin(std::int64_t units) override
    {
        m_nll.begin(units);
        m_correct.begin(units);
    }

    void add(const MetricBatch &batch) override
    {
        m_nll.add(batch, lossOf(batch.logProbabilities, batch.targets));
        m_correct.add(batch, isCorrect(batch.logProbabilities, batch.targets));
    }

    void merge(const Metric &other) override
    {
        const auto &shard = dynamic_cast<const MaskedNll &>(other);
        m_nll.merge(shard.m_nll);
        m_correct.merge(shard.m_correct);
    }

    void report(Evaluation &evaluation, bool isTask) const override
    {
        const MeanWithError nll = m_nll.mean();
        const MeanWithError correct = m_correct.mean();
        evaluation.nll = nll.mean;
        evaluation.nllStandardError = nll.standardError;
        evaluation.accuracy = correct.mean;
        evaluation.accuracyStandardError = correct.standardError;
        evaluation.windowNll = m_nll.sums();
        evaluation.windowTokens = m_nll.counts();
        if (isTask) {
            evaluation.value = nll.mean;
            evaluation.standardError = nll.standardError;
            evaluation.unit = "nats";
        }
    }

private:
    Params m_params;
    UnitSums m_nll;
    UnitSums m_correct;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, masked_nll, MaskedNll);

} // namespace bitprism
