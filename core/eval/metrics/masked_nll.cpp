// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/eval/masked_items.h"
#include "core/eval/target_metric.h"

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
class MaskedNll final : public TargetMetric
{
public:
    using Params = MaskedNllParams;
    explicit MaskedNll(const Params &params)
        : TargetMetric(Value::Loss)
        , m_params(params)
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

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, masked_nll, MaskedNll);

} // namespace bitprism
