// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/collect_statistics.h"
#include "core/models/stacks.h"
#include "core/quant/transform.h"

#include <memory>
#include <string>
#include <vector>

namespace bitprism::test {

inline std::unique_ptr<Transform> makeTransform(const std::string &id, const Json &params)
{
    return create<Transform>(id, params, "test");
}

/// What a run would learn on `batch`, block by block on the model as it is.
inline LearnedTensors learnedOn(const Transform &transform, const Model &model, const Batch &batch,
                                const ModelGraph &graph)
{
    const TransformPlan plan = transform.plan(graph);
    LearnedTensors learned;
    if (plan.readsWeights) {
        learned = transform.read(graph, model);
    }
    if (!plan.needsStatistics && plan.searchSamples == 0) {
        return learned;
    }
    JobContext context;
    BatchInput input(model, {batch});
    std::vector<StreamState> states;
    for (const BlockId id : model.allBlocks()) {
        if (id.index == 0) {
            states = input.begin(id.stack, std::move(states));
        }
        const Block block = model.loadBlock(id);
        if (plan.searchSamples > 0) {
            learned.merge(transform.search(graph, model, block, states, context));
            continue;
        }
        StatisticsCollector collector(plan.statistics);
        collectStatistics(model, block, states, collector, context);
        learned.merge(transform.learn(
            graph, block, [&](const LayerInfo &layer) { return collector.find(layer); }));
        model.runBlock(block, states.front());
    }
    return learned;
}

inline std::shared_ptr<const ModelTransform> bound(const Transform &transform, const Model &model,
                                                   const Batch &batch, const ModelGraph &graph,
                                                   std::uint64_t seed = 3)
{
    return transform.bind(graph, seed, learnedOn(transform, model, batch, graph));
}

} // namespace bitprism::test
