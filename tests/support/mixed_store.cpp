// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/mixed_store.h"

#include "tests/support/toy_store.h"

#include <algorithm>
#include <optional>

namespace bitprism::test {

namespace {

store::NewRun makeRun(store::ExperimentStore &store, const std::string &kind,
                      const std::string &name, const std::string &model)
{
    store::RunRequest request;
    request.kind = kind;
    request.name = name;
    request.experiment = "mixed";
    request.recipe = R"({"version":1})";
    request.request = R"({"kind":"run","device":"cpu"})";
    request.environment = store::environmentJson(2);
    request.blocks = 2;
    store::NewRun made = store.createRun(request, toyModelInfo(model), MixedStore::hashOf(model));
    store.setStatus(made.id, store::RunStatus::Running);
    for (int block = 0; block < 2; ++block) {
        store.commitBlock(made.id, block, toyRunLayers(block, 4));
    }
    return made;
}

std::string addRun(store::ExperimentStore &store, const std::string &name, const std::string &model,
                   double loss, double baselineLoss, int length)
{
    const store::NewRun made = makeRun(store, "run", name, model);
    RunMetric metric{keyedEvaluation(loss, length), keyedEvaluation(baselineLoss, length)};
    store.putResult(made.id, *metric.baseline, MixedStore::baselineName(length));
    store.putMetric(made.id, metric);
    RunSummary summary = toyRunSummary(made.id, 4);
    summary.metrics = {metric};
    store.putResult(made.id, summary);
    store.setStatus(made.id, store::RunStatus::Finished);
    return made.id;
}

std::string addSensitivity(store::ExperimentStore &store, const std::string &model)
{
    const store::NewRun made = makeRun(store, "sensitivity", "sensitivity of " + model, model);
    store.putResult(made.id, bitprism::test::toySensitivity());
    store.setStatus(made.id, store::RunStatus::Finished);
    return made.id;
}

} // namespace

std::string MixedStore::hashOf(const std::string &model)
{
    return std::string(64, model == "toy" ? '0' : '1');
}

std::string MixedStore::keyOf(int length) { return "tokens-in-" + std::to_string(length); }

Evaluation keyedEvaluation(double loss, int length)
{
    Evaluation evaluation = toyEvaluation(loss);
    evaluation.length = evaluation.stride = length;
    evaluation.key = MixedStore::keyOf(length);
    evaluation.divergence.reset();
    return evaluation;
}

MixedStore addMixedRuns(store::ExperimentStore &store)
{
    using M = MixedStore;
    MixedStore mixed;
    mixed.own = addRun(store, "own baseline", "toy", M::ownLoss, M::toyLoss, 64);
    mixed.shared = addRun(store, "shared baseline", "toy", M::sharedLoss, M::toyLoss, 64);
    mixed.shortened = addRun(store, "short windows", "toy", M::shortLoss, M::shortBaselineLoss, 32);
    mixed.foreign = addRun(store, "another model", "other", M::foreignLoss, M::otherLoss, 64);
    {
        const store::NewRun made = makeRun(store, "run", "interrupted", "toy");
        store.putResult(made.id, keyedEvaluation(M::toyLoss, 64), M::baselineName(64));
        mixed.interrupted = made.id;
    }
    mixed.toySensitivity = addSensitivity(store, "toy");
    mixed.otherSensitivity = addSensitivity(store, "other");
    return mixed;
}

} // namespace bitprism::test
