// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/tensor_rules.h"
#include "core/io/checkpoint.h"
#include "core/models/model.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <map>
#include <string>

namespace bitprism::test {

/// The tensors of a checkpoint in double precision and their stored shape, and the few functions
/// that a straightforward forward pass is written in: one sample, heads one by one, library
/// convolutions. It shares no code with the passes it checks.
class NaiveTensors
{
public:
    explicit NaiveTensors(const Model &model)
        : m_checkpoint(model.checkpoint())
    {
    }

    at::Tensor get(const std::string &name) const
    {
        const std::vector<float> values = m_checkpoint.readFloat(name);
        return at::from_blob(const_cast<float *>(values.data()), m_checkpoint.require(name).shape,
                             at::kFloat)
            .to(at::kDouble);
    }
    at::Tensor optional(const std::string &name) const
    {
        return m_checkpoint.find(name) == nullptr ? at::Tensor() : get(name);
    }

    /// x [length, in] through NAME.weight, and NAME.bias where there is one.
    at::Tensor linear(const std::string &name, const at::Tensor &x) const
    {
        const at::Tensor product = at::matmul(x, get(name + ".weight").t());
        const at::Tensor bias = optional(name + ".bias");
        return bias.defined() ? product + bias : product;
    }
    at::Tensor norm(const std::string &name, const at::Tensor &x) const
    {
        const at::Tensor centred = x - x.mean(-1, true);
        const at::Tensor scaled = centred / ((centred * centred).mean(-1, true) + 1e-5).sqrt();
        const at::Tensor bias = optional(name + ".bias");
        return scaled * get(name + ".weight")
            + (bias.defined() ? bias : at::zeros({1}, x.options()));
    }

private:
    const io::Checkpoint &m_checkpoint;
};

inline at::Tensor naiveGelu(const at::Tensor &x)
{
    return 0.5 * x * (1 + at::erf(x / std::sqrt(2.0)));
}

/// softmax(q k^T / sqrt(size)) v for each of `heads`; q, k, v [length, heads x size].
inline at::Tensor naiveAttention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v,
                                 std::int64_t heads, bool isCausal)
{
    const std::int64_t size = q.size(1) / heads;
    std::vector<at::Tensor> outputs;
    for (std::int64_t head = 0; head < heads; ++head) {
        at::Tensor scores
            = at::matmul(q.narrow(1, head * size, size), k.narrow(1, head * size, size).t())
            / std::sqrt(static_cast<double>(size));
        if (isCausal) {
            for (std::int64_t row = 0; row < scores.size(0); ++row) {
                if (row + 1 < scores.size(1)) {
                    scores[row].narrow(0, row + 1, scores.size(1) - row - 1).fill_(-1e300);
                }
            }
        }
        outputs.push_back(at::matmul(at::softmax(scores, -1), v.narrow(1, head * size, size)));
    }
    return at::cat(outputs, 1);
}

inline at::Tensor normalTensor(at::IntArrayRef shape, std::uint64_t seed)
{
    return at::randn(shape, at::detail::createCPUGenerator(seed), at::kFloat);
}

/// Runs one stack of a model, without its head.
inline StreamState ranStack(const Model &model, int stack, const Batch &batch,
                            BlockHooks *hooks = nullptr)
{
    const c10::NoGradGuard noGradients;
    StreamState state = model.begin(stack, batch);
    for (const BlockId id : model.blocksOf(stack)) {
        model.runBlock(model.loadBlock(id), state, hooks);
    }
    return state;
}

/// Counts how often each layer is seen, and checks the width of what enters it.
class LayerCounter final : public BlockHooks
{
public:
    std::map<std::string, int> seen;
    int wrongWidths = 0;

    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        ++seen[layer.name];
        wrongWidths += input.size(-1) == layer.cols ? 0 : 1;
        return input;
    }
};

/// Parameters that a list of rules declares.
inline std::int64_t parameterCount(const std::vector<TensorRule> &rules)
{
    std::int64_t count = 0;
    for (const TensorRule &rule : rules) {
        std::int64_t elements = 1;
        for (const std::int64_t size : rule.shape) {
            elements *= size;
        }
        count += rule.name.find(".running_") == std::string::npos ? elements : 0;
    }
    return count;
}

} // namespace bitprism::test
