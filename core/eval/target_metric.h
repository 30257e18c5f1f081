// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/metric.h"
#include "core/eval/scoring.h"

namespace bitprism {

/// A task that scores targets one by one: their mean loss, and the share that was the likeliest.
/// Which of the two is the task's value is all that such tasks differ in beside their items.
class TargetMetric : public Metric
{
public:
    void begin(std::int64_t units) override;
    void add(const MetricBatch &batch) override;
    void merge(const Metric &other) override;
    void report(Evaluation &evaluation, bool isTask) const override;

protected:
    enum class Value
    {
        Loss, ///< nats
        Accuracy
    };
    explicit TargetMetric(Value value)
        : m_value(value)
    {
    }

private:
    Value m_value;
    UnitSums m_nll;
    UnitSums m_correct;
};

} // namespace bitprism
