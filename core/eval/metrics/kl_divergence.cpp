// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/eval/metric.h"
#include "core/eval/scoring.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitprism {

namespace {

struct Percentile
{
    const char *name;
    double share;
};
constexpr std::array<Percentile, 5> percentiles{
    {{"50", 0.5}, {"90", 0.9}, {"99", 0.99}, {"99.9", 0.999}, {"max", 1.0}}};

/// Nearest-rank percentile; `values` are reordered, not empty.
double percentileOf(std::vector<float> &values, double share)
{
    const double rank = std::ceil(share * static_cast<double>(values.size()));
    const auto place
        = std::min(values.size() - 1, static_cast<std::size_t>(std::max(1.0, rank)) - 1);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(place);
    std::nth_element(values.begin(), middle, values.end());
    return static_cast<double>(*middle);
}

/// D(reference, model) per scored token, and how often both would say the same word.
class KlDivergence final : public Metric
{
public:
    using Params = NoParams;
    explicit KlDivergence(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "kl-divergence";
        info.title = BITPRISM_TR("Component", "KL divergence from the reference");
        info.source = "Kullback and Leibler, 1951";
        return info;
    }

    MetricNeeds needs() const override { return {.reference = true}; }

    void begin(std::int64_t units) override { m_sums.begin(units); }

    void add(const MetricBatch &batch) override
    {
        const at::Tensor values
            = divergence(batch.referenceLogProbabilities, batch.logProbabilities)
                  .to(at::kCPU)
                  .contiguous();
        m_sums.add(batch, values);
        const float *first = values.data_ptr<float>();
        m_tokens.insert(m_tokens.end(), first, first + values.numel());
        m_agreeing += agreesOnTop(batch.referenceLogProbabilities, batch.logProbabilities)
                          .sum()
                          .item<std::int64_t>();
    }

    void merge(const Metric &other) override
    {
        const auto &shard = dynamic_cast<const KlDivergence &>(other);
        m_sums.merge(shard.m_sums);
        m_tokens.insert(m_tokens.end(), shard.m_tokens.begin(), shard.m_tokens.end());
        m_agreeing += shard.m_agreeing;
    }

    void report(Evaluation &evaluation, bool isTask) const override
    {
        const MeanWithError mean = m_sums.mean();
        Divergence result;
        result.mean = mean.mean;
        result.standardError = mean.standardError;
        if (!m_tokens.empty()) {
            result.top1Agreement
                = static_cast<double>(m_agreeing) / static_cast<double>(m_tokens.size());
            std::vector<float> values = m_tokens;
            for (const Percentile &percentile : percentiles) {
                result.percentiles[percentile.name] = percentileOf(values, percentile.share);
            }
        }
        evaluation.divergence = result;
        evaluation.windowDivergence = m_sums.sums();
        evaluation.windowTokens = m_sums.counts(); // a loss beside it counts the same
        if (isTask) {
            evaluation.value = mean.mean;
            evaluation.standardError = mean.standardError;
            evaluation.unit = "nats";
        }
    }

private:
    UnitSums m_sums;
    std::vector<float> m_tokens; ///< one per scored token, for the percentiles
    std::int64_t m_agreeing = 0;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, kl_divergence, KlDivergence);

} // namespace bitprism
