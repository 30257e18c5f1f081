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

    void begin(std::int64_t units) override
    {
        m_nll.assign(static_cast<std::size_t>(units), 0);
        m_tokens.assign(static_cast<std::size_t>(units), 0);
    }

    void add(const MetricBatch &batch) override
    {
        addByUnit(m_nll, batch.units, lossOf(batch.logProbabilities, batch.targets));
        const at::Tensor units = batch.units.contiguous();
        for (std::int64_t i = 0; i < units.numel(); ++i) {
            ++m_tokens[static_cast<std::size_t>(units.data_ptr<std::int64_t>()[i])];
        }
    }

    void merge(const Metric &other) override
    {
        const auto &shard = dynamic_cast<const Perplexity &>(other);
        BITPRISM_ASSERT(shard.m_nll.size() == m_nll.size(), "shards count the same units");
        for (std::size_t i = 0; i < m_nll.size(); ++i) {
            m_nll[i] += shard.m_nll[i];
            m_tokens[i] += shard.m_tokens[i];
        }
    }

    void report(Evaluation &evaluation, bool isTask) const override
    {
        const MeanWithError nll = meanOverWindows(m_nll, m_tokens);
        evaluation.nll = nll.mean;
        evaluation.nllStandardError = nll.standardError;
        evaluation.windowNll = m_nll;
        evaluation.windowTokens = m_tokens;
        if (isTask) {
            evaluation.value = std::exp(nll.mean);
            evaluation.standardError = evaluation.value * nll.standardError; // delta method
            evaluation.unit = "perplexity";
        }
    }

private:
    std::vector<double> m_nll; ///< summed, by unit
    std::vector<std::int64_t> m_tokens;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, perplexity, Perplexity);

} // namespace bitprism
