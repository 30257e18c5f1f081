// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/checkpoint.h"
#include "app/train/optimizer.h"
#include "core/models/model.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace bitprism::train {

/// One tensor of a sample model, as its checkpoint stores it, and how it begins.
struct LearnedTensor
{
    enum class Start
    {
        Normal, ///< of standard deviation `value`
        Constant, ///< `value` everywhere
        Sinusoids ///< Whisper's table of positions; never learned
    };

    std::string name;
    std::vector<std::int64_t> shape;
    Start start = Start::Normal;
    double value = 0.02;
    bool isOrthogonal = false; ///< a layer's matrix or kernel, updated by OrthogonalStep
    std::map<std::int64_t, double> exceptions = {}; ///< elements that start at another value

    bool isLearned() const { return start != Start::Sinusoids; }
    /// Matrices decay; gains, biases and other vectors do not.
    bool decays() const { return shape.size() > 1; }
};

/// Constants of the update of layers (Jordan et al. 2024, "Muon: an optimizer for hidden layers in
/// neural networks"): the direction is the nearest matrix with orthonormal rows or columns to the
/// momentum, found by five Newton-Schulz steps, times sqrt(max(1, rows / cols)).
/// The publication's models need fewer tokens by it than by AdamW; not measured on ours.
struct OrthogonalStep
{
    double momentum = 0.95;
    double rateFactor = 10; ///< its rate per rate of AdamW
};

/// All tensors of a sample model in one buffer each for values, gradients and AdamW's moments, and
/// the overlay through which the engine's own forward pass sees them as leaves of the graph: what
/// is trained is exactly what the program runs later.
class LearningTensors final : public WeightOverlay
{
public:
    /// The starting values follow from the seed and the names of the tensors alone.
    LearningTensors(std::vector<LearnedTensor> rules, std::uint64_t seed, at::Device device);

    std::optional<at::Tensor> tensor(const std::string &name) const override;

    void clearGradients();
    /// Root of the sum of squares over all gradients.
    double gradientNorm() const;
    /// One step: OrthogonalStep for layers, AdamW (Loshchilov and Hutter 2019, algorithm 2) for all
    /// other tensors.
    void update(const AdamW &constants, const UpdateScale &scale);

    std::vector<float> values() const;
    void setValues(const std::vector<float> &values);
    void saveTo(TrainingState &state) const;
    void restoreFrom(const TrainingState &state);

    /// Writes model.safetensors with `values` in BF16.
    void write(const std::filesystem::path &folder, const std::vector<float> &values) const;

private:
    void bindViews();
    void updateByAdamW(const AdamW &constants, const UpdateScale &scale);
    void updateLayers(const AdamW &constants, const UpdateScale &scale);

    std::vector<LearnedTensor> m_rules; ///< those of AdamW first
    std::int64_t m_adamCount = 0; ///< elements that AdamW updates
    std::map<std::string, at::Tensor> m_leaves; ///< views of m_values
    at::Tensor m_values; ///< [parameters]
    at::Tensor m_gradients;
    at::Tensor m_first;
    at::Tensor m_second;
    at::Tensor m_decay; ///< 1 where the parameter decays
};

} // namespace bitprism::train
