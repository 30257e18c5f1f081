// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/job_context.h"
#include "core/eval/items.h"
#include "core/results/evaluation.h"
#include "core/results/token_losses.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace bitprism {

/// What a metric wants to see.
struct MetricNeeds
{
    bool reference = false; ///< the log-probabilities of a second model
};

/// Some scored positions, computed once for all metrics.
struct MetricBatch
{
    at::Tensor logProbabilities; ///< [scored, vocabulary], FP32
    at::Tensor referenceLogProbabilities; ///< the same of the reference; undefined unless needed
    at::Tensor targets; ///< [scored], int64
    at::Tensor units; ///< [scored], int64: the window or document of each
    at::Tensor weights; ///< [scored], FP64: what each counts for in its unit's mean
};

/// One measurement over batches. A component of kind `metric` and one execution of it: make a new
/// one for each use. Sums only, so that shards merge.
class Metric
{
public:
    using Interface = Metric;
    static constexpr Kind kind = Kind::metric;
    virtual ~Metric() = default;

    virtual MetricNeeds needs() const { return {}; }
    /// What the metric scores when it is the task; by default lossItems(). Throws BadInput for a
    /// model that the task does not fit.
    virtual ItemSet items(const TaskInput &input) const;
    /// True for a task that runs the model in a way of its own (greedy decoding, two towers): it is
    /// then given the model by measure() in place of batches by add(), and no other metric is
    /// measured beside it.
    virtual bool runsModel() const { return false; }
    /// Runs `model` on `items`, and appends what a view shows of each to `scored`. `reference` is
    /// null unless needed, `tokenizer` where there is none. Reports `context.progress(done, total)`
    /// over its own work.
    virtual void measure(const Model & /*model*/, const Model * /*reference*/,
                         const ItemSet & /*items*/, const tokenize::Tokenizer * /*tokenizer*/,
                         std::vector<ScoredItem> & /*scored*/, JobContext & /*context*/)
    {
    }
    /// Bytes that measure() holds at most beside the items and one item's working memory: the
    /// blocks that it keeps, of both models.
    virtual std::int64_t memoryNeed(const Model & /*model*/, const Model * /*reference*/) const
    {
        return 0;
    }
    /// Before the first batch: `units` windows or documents will come.
    virtual void begin(std::int64_t units) = 0;
    virtual void add(const MetricBatch &batch) = 0;
    /// Adds what `other`, of the same type, saw of the same units.
    virtual void merge(const Metric &other) = 0;
    /// Writes the value and what belongs to it. The task writes `value`, `unit`, `standardError`;
    /// a metric beside the task only fields of its own.
    virtual void report(Evaluation &evaluation, bool isTask) const = 0;
};

} // namespace bitprism
