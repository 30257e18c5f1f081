// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/target_metric.h"

namespace bitprism {

void TargetMetric::begin(std::int64_t units)
{
    m_nll.begin(units);
    m_correct.begin(units);
}

void TargetMetric::add(const MetricBatch &batch)
{
    m_nll.add(batch, lossOf(batch.logProbabilities, batch.targets));
    m_correct.add(batch, isCorrect(batch.logProbabilities, batch.targets));
}

void TargetMetric::merge(const Metric &other)
{
    const auto &shard = dynamic_cast<const TargetMetric &>(other);
    m_nll.merge(shard.m_nll);
    m_correct.merge(shard.m_correct);
}

void TargetMetric::report(Evaluation &evaluation, bool isTask) const
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
        const MeanWithError &value = m_value == Value::Loss ? nll : correct;
        evaluation.value = value.mean;
        evaluation.standardError = value.standardError;
        evaluation.unit = m_value == Value::Loss ? "nats" : "accuracy";
        evaluation.higherIsBetter = m_value != Value::Loss;
    }
}

} // namespace bitprism
