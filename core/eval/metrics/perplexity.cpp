// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/eval/metric.h"
#include "core/eval/scoring.h"

#include <cmath>

namespace bitprism {

namespace {

/// exp of the mean negative log-likelihood of the scored tokens.
class Perplexity final : public Metric
{
public:
    using Params = NoParams;
    explicit Perplexity(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "perplexity";
        info.title = BITPRISM_TR("Component", "Perplexity");
        info.source = "windows without overlap as in GPTQ's evaluation, arXiv 2210.17323";
        return info;
    }

    ItemSet items(const TaskInput &input) const override
    {
        if (input.model.info().objective != objectives::nextToken) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 predicts no next tokens (its output is of the kind "
                                    "\"%2\"); choose another task, as masked-nll or accuracy."),
                        input.model.info().path, input.model.info().objective);
        }
        return lossItems(input);
    }

    void begin(std::int64_t units) override { m_nll.begin(units); }

    void add(const MetricBatch &batch) override
    {
        m_nll.add(batch, lossOf(batch.logProbabilities, batch.targets));
    }

    void merge(const Metric &other) override
    {
        m_nll.merge(dynamic_cast<const Perplexity &>(other).m_nll);
    }

    void report(Evaluation &evaluation, bool isTask) const override
    {
        const MeanWithError nll = m_nll.mean();
        evaluation.nll = nll.mean;
        evaluation.nllStandardError = nll.standardError;
        evaluation.windowNll = m_nll.sums();
        evaluation.windowTokens = m_nll.counts();
        if (isTask) {
            evaluation.value = std::exp(nll.mean);
            evaluation.standardError = evaluation.value * nll.standardError; // delta method
            evaluation.unit = "perplexity";
        }
    }

private:
    UnitSums m_nll;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, perplexity, Perplexity);

} // namespace bitprism
