// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/sampler.h"
#include "core/quant/transform.h"
#include "core/recipe/recipe.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bitprism {

/// The transforms of a recipe on one model, whose description outlives them. What they learn from
/// calibration data is small and is kept with a run; everything else follows from the recipe.
class ModelTransforms
{
public:
    /// Throws BadInput for an unknown transform, and for one that the model offers nothing to.
    ModelTransforms(const std::vector<ComponentChoice> &choices, const ModelInfo &info,
                    std::uint64_t seed);

    bool isEmpty() const { return m_steps.empty(); }
    /// Passes over the calibration set that learning takes; each sees what the transforms before
    /// it made of the model.
    int learningPasses() const;
    /// The first transform that learns from data; empty: none.
    std::string firstLearner() const;
    /// Runs of one sample through one block that searches on the first of `samples` take beside
    /// these passes.
    double searchedSamples(const Model &model, std::size_t samples) const;
    /// Bytes that a search on the first of `samples` holds at most.
    std::int64_t searchMemory(const Model &model, const SampleSet &samples) const;
    bool untiesHead() const;
    /// Whether it is an embedding that is the head too until a transform makes two weights of it.
    bool unties(const LayerInfo &layer) const;
    /// The first transform that stands between a layer and what feeds it while the model runs;
    /// empty: none.
    std::string standingBetween() const;
    /// "hadamard-rotation rotates queries and keys": what a plain checkpoint cannot hold.
    std::vector<std::string> online() const;
    /// What was left out, and once it was learned, what was found.
    std::vector<std::string> notes() const;

    /// Reads what transforms must know of `model` (plain), and runs it on the samples, once for
    /// each transform that learns from data.
    void learn(const Model &model, const SampleSet &samples, JobContext &context);
    /// Nothing is written, nor read, where nothing is learned.
    void save(const std::filesystem::path &file) const;
    /// False where there is no such file. Throws BadInput for one that save() did not write.
    bool restore(const std::filesystem::path &file);

    /// `model` (plain) behind the transforms, or as it is.
    std::unique_ptr<Model> applyTo(const Model &model) const;

private:
    struct Step
    {
        std::string id;
        std::unique_ptr<Transform> transform;
        TransformPlan plan;
        LearnedTensors learned;
    };
    void learnFromData(Step &step, const Model &current, const SampleSet &samples,
                       JobContext &context, double from, double to);
    bool learnsAnything() const;
    std::unique_ptr<Model> applyFirst(const Model &model, std::size_t count) const;

    ModelGraph m_graph;
    std::uint64_t m_seed = 0;
    std::vector<Step> m_steps;
};

/// Where a run keeps what its transforms learned.
inline std::filesystem::path transformFile(const std::filesystem::path &runFolder)
{
    return runFolder / "transforms.safetensors";
}

} // namespace bitprism
