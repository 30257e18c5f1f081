// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/learning_tensors.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/io/safetensors.h"

#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

namespace bitprism::train {

namespace {

std::int64_t elementsOf(const LearnedTensor &rule)
{
    std::int64_t elements = 1;
    for (const std::int64_t size : rule.shape) {
        elements *= size;
    }
    return elements;
}

/// Row t: sines of t * inv_j, then cosines, inv_j = exp(-j ln(10000) / (d/2 - 1)) (Whisper).
void fillSinusoids(const LearnedTensor &rule, float *values)
{
    const std::int64_t half = rule.shape.at(1) / 2;
    for (std::int64_t row = 0; row < rule.shape[0]; ++row) {
        for (std::int64_t j = 0; j < half; ++j) {
            const double inverse
                = std::exp(-double(j) * std::log(10000.0) / std::max(1.0, double(half - 1)));
            values[row * 2 * half + j] = float(std::sin(double(row) * inverse));
            values[row * 2 * half + half + j] = float(std::cos(double(row) * inverse));
        }
    }
}

void fillStart(const LearnedTensor &rule, std::uint64_t seed, float *values)
{
    const std::int64_t elements = elementsOf(rule);
    switch (rule.start) {
    case LearnedTensor::Start::Sinusoids:
        fillSinusoids(rule, values);
        break;
    case LearnedTensor::Start::Constant:
        std::fill_n(values, elements, float(rule.value));
        break;
    case LearnedTensor::Start::Normal:
        Random random(seed, rule.name);
        for (std::int64_t i = 0; i < elements; ++i) {
            values[i] = float(rule.value * random.normal());
        }
        break;
    }
    for (const auto &[place, value] : rule.exceptions) {
        values[place] = float(value);
    }
}

std::vector<float> toVector(const at::Tensor &tensor)
{
    const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
    return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
}

void copyFrom(at::Tensor &target, const std::vector<float> &values)
{
    BITPRISM_ASSERT(std::int64_t(values.size()) == target.numel(), "the checkpoint fits the model");
    const c10::NoGradGuard noGradients;
    target.copy_(at::from_blob(const_cast<float *>(values.data()), {target.numel()}, at::kFloat));
}

/// Nearly the nearest matrix to `gradient` [rows, cols] whose singular values are all 1: they end
/// between 0.7 and 1.2 (the polynomial and its constants are the publication's).
at::Tensor orthogonalised(const at::Tensor &gradient)
{
    constexpr int steps = 5;
    const bool isTall = gradient.size(0) > gradient.size(1);
    at::Tensor X = isTall ? gradient.t() : gradient; // [least, most]
    X = X / (X.norm() + 1e-7);
    for (int i = 0; i < steps; ++i) {
        const at::Tensor A = at::mm(X, X.t()); // [least, least]
        X = at::addmm(X, at::addmm(A, A, A, -4.7750, 2.0315), X, 3.4445, 1.0);
    }
    return isTall ? X.t() : X;
}

} // namespace

LearningTensors::LearningTensors(std::vector<LearnedTensor> rules, std::uint64_t seed,
                                 at::Device device)
    : m_rules(std::move(rules))
{
    std::stable_partition(m_rules.begin(), m_rules.end(),
                          [](const LearnedTensor &rule) { return !rule.isOrthogonal; });
    std::int64_t total = 0;
    for (const LearnedTensor &rule : m_rules) {
        total += elementsOf(rule);
        m_adamCount += rule.isOrthogonal ? 0 : elementsOf(rule);
    }
    at::Tensor values = at::empty({total}, at::kFloat);
    at::Tensor decay = at::empty({total}, at::kFloat);
    std::int64_t offset = 0;
    for (const LearnedTensor &rule : m_rules) {
        const std::int64_t elements = elementsOf(rule);
        fillStart(rule, seed, values.data_ptr<float>() + offset);
        decay.narrow(0, offset, elements).fill_(rule.decays() && rule.isLearned() ? 1.0 : 0.0);
        offset += elements;
    }
    m_values = values.to(device);
    m_decay = decay.to(device);
    m_gradients = at::zeros_like(m_values);
    m_first = at::zeros_like(m_values);
    m_second = at::zeros_like(m_values);
    bindViews();
}

void LearningTensors::bindViews()
{
    std::int64_t offset = 0;
    for (const LearnedTensor &rule : m_rules) {
        const std::int64_t elements = elementsOf(rule);
        at::Tensor leaf = m_values.narrow(0, offset, elements).view(rule.shape).detach();
        if (rule.isLearned()) {
            leaf.requires_grad_(true);
            // Gradients add up in the one buffer, so that clipping and AdamW are a few operations.
            leaf.mutable_grad() = m_gradients.narrow(0, offset, elements).view(rule.shape);
        }
        m_leaves[rule.name] = leaf;
        offset += elements;
    }
}

std::optional<at::Tensor> LearningTensors::tensor(const std::string &name) const
{
    const auto found = m_leaves.find(name);
    if (found == m_leaves.end()) {
        return std::nullopt;
    }
    // Kernels of convolutions are layers too: the engine hands out [rows, cols].
    return found->second.dim() > 2 ? found->second.flatten(1) : found->second;
}

void LearningTensors::clearGradients() { m_gradients.zero_(); }

double LearningTensors::gradientNorm() const { return m_gradients.norm().item<double>(); }

void LearningTensors::update(const AdamW &constants, const UpdateScale &scale)
{
    const c10::NoGradGuard noGradients;
    m_gradients.mul_(scale.gradientScale);
    updateByAdamW(constants, scale);
    updateLayers(constants, scale);
}

void LearningTensors::updateByAdamW(const AdamW &constants, const UpdateScale &scale)
{
    const auto part = [this](const at::Tensor &buffer) { return buffer.narrow(0, 0, m_adamCount); };
    const at::Tensor gradient = part(m_gradients);
    at::Tensor values = part(m_values);
    at::Tensor firstMoment = part(m_first);
    at::Tensor secondMoment = part(m_second);
    const double rate = scale.learningRate;
    const double first = constants.firstBeta;
    const double second = constants.secondBeta;
    firstMoment.mul_(first).add_(gradient, 1.0 - first);
    secondMoment.mul_(second).addcmul_(gradient, gradient, 1.0 - second);
    const double correction = 1.0 - std::pow(first, double(scale.step));
    const double secondCorrection = 1.0 - std::pow(second, double(scale.step));
    values.mul_(1.0 - rate * constants.weightDecay * part(m_decay));
    const at::Tensor root = (secondMoment / secondCorrection).sqrt_().add_(constants.epsilon);
    values.addcdiv_(firstMoment, root, -rate / correction);
}

void LearningTensors::updateLayers(const AdamW &constants, const UpdateScale &scale)
{
    const OrthogonalStep step;
    const double rate = scale.learningRate;
    std::int64_t offset = m_adamCount;
    for (const LearnedTensor &rule : m_rules) {
        if (!rule.isOrthogonal) {
            continue;
        }
        const std::int64_t elements = elementsOf(rule);
        const std::int64_t rows = rule.shape.front();
        const std::int64_t cols = elements / rows;
        const auto matrix = [&](const at::Tensor &buffer) {
            return buffer.narrow(0, offset, elements).view({rows, cols});
        };
        const at::Tensor gradient = matrix(m_gradients);
        at::Tensor momentum = matrix(m_first);
        momentum.lerp_(gradient, 1.0 - step.momentum);
        const at::Tensor direction = orthogonalised(gradient.lerp(momentum, step.momentum));
        const double scaled
            = rate * step.rateFactor * std::sqrt(std::max(1.0, double(rows) / double(cols)));
        matrix(m_values).mul_(1.0 - rate * constants.weightDecay).add_(direction, -scaled);
        offset += elements;
    }
}

std::vector<float> LearningTensors::values() const { return toVector(m_values); }

void LearningTensors::setValues(const std::vector<float> &values) { copyFrom(m_values, values); }

void LearningTensors::saveTo(TrainingState &state) const
{
    state.parameters = toVector(m_values);
    state.firstMoment = toVector(m_first);
    state.secondMoment = toVector(m_second);
}

void LearningTensors::restoreFrom(const TrainingState &state)
{
    copyFrom(m_values, state.parameters);
    copyFrom(m_first, state.firstMoment);
    copyFrom(m_second, state.secondMoment);
}

void LearningTensors::write(const std::filesystem::path &folder,
                            const std::vector<float> &values) const
{
    std::vector<io::TensorDeclaration> declarations;
    for (const LearnedTensor &rule : m_rules) {
        declarations.push_back({rule.name, io::Dtype::BF16, rule.shape});
    }
    std::filesystem::create_directories(folder);
    io::SafetensorsWriter writer(folder / "model.safetensors", std::move(declarations));
    std::size_t offset = 0;
    for (const LearnedTensor &rule : m_rules) {
        const auto elements = std::size_t(elementsOf(rule));
        writer.writeFloats(std::span(values).subspan(offset, elements));
        offset += elements;
    }
    writer.commit();
}

} // namespace bitprism::train
