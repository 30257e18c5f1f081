// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/transform.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Floor of the scales and of the weights' maxima (base-methods.md 5).
constexpr double floorOfScales = 1e-5;

struct SmoothquantParams
{
    double alpha = 0.5;

    void visit(ParamVisitor &v)
    {
        v.real("alpha", alpha, {0, 1},
               {BITPRISM_TR("Component", "Migration strength"),
                BITPRISM_TR("Component",
                            "How much of the activations' range moves into the weights: 0 leaves "
                            "even weights, 1 even activations.")});
    }
};

std::vector<const NormInfo *> smoothableNorms(const ModelGraph &graph, BlockId id)
{
    std::vector<const NormInfo *> norms;
    for (const NormInfo *norm : graph.normsOf(id)) {
        if (norm->feedsLayersOnly && !graph.readersOf(*norm).empty()) {
            norms.push_back(norm);
        }
    }
    return norms;
}

/// Divides norms by the learned scales and multiplies the columns of the layers behind them.
class Smoothed final : public ModelTransform
{
public:
    Smoothed(const ModelGraph &graph, LearnedTensors scales)
        : m_graph(graph)
        , m_scales(std::move(scales))
    {
    }

    void edit(Block &block) const override
    {
        for (const NormInfo *norm : smoothableNorms(m_graph, block.id())) {
            const auto found = m_scales.find(norm->gain);
            if (found == m_scales.end()) {
                continue; // the head's norm, and blocks that nothing was learned for
            }
            const at::Tensor scale = found->second.to(block.tensor(norm->gain).options());
            block.setTensor(norm->gain, block.tensor(norm->gain) / scale);
            if (!norm->bias.empty()) {
                block.setTensor(norm->bias, block.tensor(norm->bias) / scale);
            }
            for (const LayerInfo *layer : m_graph.readersOf(*norm)) {
                block.setTensor(layer->tensor, block.tensor(layer->tensor) * scale);
            }
        }
    }

private:
    ModelGraph m_graph;
    LearnedTensors m_scales; ///< by the norm's gain, [cols], FP32
};

/// Moves range from the activations behind a norm into the weights that read it:
/// s_j = max|X_j|^alpha / max|W_j|^(1 - alpha), over all fused layers.
class Smoothquant final : public Transform
{
public:
    using Params = SmoothquantParams;
    static ComponentInfo info()
    {
        return {Kind::transform,
                "smoothquant",
                BITPRISM_TR("Component", "SmoothQuant"),
                "Xiao et al., SmoothQuant, arXiv 2211.10438, equation 4",
                {}};
    }
    explicit Smoothquant(const Params &params)
        : m_params(params)
    {
    }

    TransformPlan plan(const ModelGraph &graph) const override
    {
        TransformPlan plan;
        plan.needsStatistics = true;
        plan.statistics.channels = true;
        int norms = 0;
        for (int stack = 0; stack < static_cast<int>(graph.info().stacks.size()); ++stack) {
            for (int block = 0; block < graph.stack(stack).blocks; ++block) {
                norms += static_cast<int>(smoothableNorms(graph, {stack, block}).size());
            }
        }
        if (norms == 0) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "smoothquant: no norm of %1 (family %2) feeds linear layers "
                                    "alone, so no scale can be folded; leave the transform out."),
                        graph.info().path, graph.info().family);
        }
        return plan;
    }

    LearnedTensors learn(const ModelGraph &graph, const Block &block,
                         const BlockStatistics &statistics) const override
    {
        LearnedTensors learned;
        for (const NormInfo *norm : smoothableNorms(graph, block.id())) {
            const std::vector<const LayerInfo *> readers = graph.readersOf(*norm);
            const LayerStatistics *input = statistics(*readers.front());
            if (input == nullptr || input->channelMaxAbs.empty()) {
                continue;
            }
            at::Tensor weightMax; // [cols], over the rows of all readers
            for (const LayerInfo *layer : readers) {
                const at::Tensor own = block.tensor(layer->tensor).abs().amax(0);
                weightMax = weightMax.defined() ? at::maximum(weightMax, own) : own;
            }
            learned[norm->gain] = scales(input->channelMaxAbs, weightMax);
        }
        return learned;
    }

    std::shared_ptr<const ModelTransform> bind(const ModelGraph &graph, std::uint64_t,
                                               LearnedTensors learned) const override
    {
        return std::make_shared<Smoothed>(graph, std::move(learned));
    }

private:
    at::Tensor scales(const std::vector<float> &inputMax, const at::Tensor &weightMax) const
    {
        const at::Tensor weights = weightMax.to(at::kCPU, at::kDouble).contiguous();
        at::Tensor result = at::empty({weights.numel()}, at::kFloat);
        for (std::int64_t j = 0; j < weights.numel(); ++j) {
            const double x = inputMax[static_cast<std::size_t>(j)];
            const double w = std::max(weights.data_ptr<double>()[j], floorOfScales);
            const double scale = std::pow(x, m_params.alpha) / std::pow(w, 1 - m_params.alpha);
            result.data_ptr<float>()[j] = static_cast<float>(std::max(scale, floorOfScales));
        }
        return result;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(transform, smoothquant, Smoothquant);

} // namespace bitprism
