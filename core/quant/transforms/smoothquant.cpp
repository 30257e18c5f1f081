// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/transform.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

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

/// Divides norms by the learned scales, multiplies the columns of the layers behind them, and what
/// a shortcut takes from them while the model runs.
class Smoothed final : public ModelTransform, private BlockHooks
{
public:
    Smoothed(const ModelGraph &graph, LearnedTensors scales)
        : m_graph(graph)
        , m_scales(std::move(scales))
    {
        for (const NormInfo &norm : graph.info().norms) {
            const auto found = m_scales.find(norm.gain);
            if (found == m_scales.end()) {
                continue; // a head's norm, and blocks that nothing was learned for
            }
            if (norm.block == NormInfo::embedding) {
                m_firstNorm = &norm;
            }
            if (norm.shortcut) {
                m_shortcuts[{{norm.stack, norm.shortcut->block}, norm.shortcut->part}]
                    = found->second;
            }
        }
    }

    void edit(Block &block) const override
    {
        for (const NormInfo *norm : m_graph.normsOf(block.id())) {
            const auto found = m_scales.find(norm->gain);
            for (const std::string &name : {norm->gain, norm->bias}) {
                if (found != m_scales.end() && !name.empty()) {
                    block.setTensor(name, block.tensor(name) / like(found->second, block, name));
                }
            }
        }
        for (const LayerInfo *layer : m_graph.layersOf(block.id())) {
            const auto found = m_scales.find(layer->producer);
            if (found != m_scales.end()) {
                const std::string &name = layer->tensor;
                block.setTensor(name, block.tensor(name) * like(found->second, block, name));
            }
        }
    }
    at::Tensor editRows(const std::string &tensor, const at::Tensor &rows) const override
    {
        const bool isOfNorm = m_firstNorm != nullptr
            && (tensor == m_firstNorm->gain || tensor == m_firstNorm->bias);
        return isOfNorm ? rows / m_scales.at(m_firstNorm->gain).to(rows.options()) : rows;
    }
    BlockHooks *hooks() const override
    {
        // The hook below changes no state; the interface serves collectors, which do.
        return m_shortcuts.empty() ? nullptr : const_cast<Smoothed *>(this);
    }

private:
    static at::Tensor like(const at::Tensor &scale, const Block &block, const std::string &name)
    {
        return scale.to(block.tensor(name).options());
    }
    at::Tensor shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor) override
    {
        const auto found = m_shortcuts.find({block, part});
        return found == m_shortcuts.end() ? tensor : tensor * found->second.to(tensor.options());
    }

    ModelGraph m_graph;
    LearnedTensors m_scales; ///< by the norm's gain, [cols], FP32
    const NormInfo *m_firstNorm = nullptr; ///< before the first block
    std::map<std::pair<BlockId, ShortcutPart>, at::Tensor> m_shortcuts;
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
        plan.foldsIntoNorms = true;
        bool isAny = false;
        bool hasShortcut = false;
        for (int stack = 0; stack < static_cast<int>(graph.info().stacks.size()); ++stack) {
            bool isAnyHere = false;
            for (int block = 0; block < graph.stack(stack).blocks; ++block) {
                for (const NormInfo *norm : graph.normsReadBy({stack, block})) {
                    isAnyHere = true;
                    hasShortcut = hasShortcut || norm->shortcut.has_value();
                }
            }
            isAny = isAny || isAnyHere;
            if (!isAnyHere) {
                plan.notes.push_back("smoothquant: " + graph.stack(stack).name
                                     + " stays as it is: no norm feeds its linear layers");
            }
        }
        if (!isAny) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "smoothquant: no norm of %1 (family %2) feeds linear layers, "
                                    "so no scale can be folded; leave the transform out."),
                        graph.info().path, graph.info().family);
        }
        if (hasShortcut) {
            plan.online.emplace_back("multiplies what shortcuts take from the norms");
        }
        return plan;
    }

    LearnedTensors learn(const ModelGraph &graph, const Block &block,
                         const BlockStatistics &statistics) const override
    {
        LearnedTensors learned;
        for (const NormInfo *norm : graph.normsReadBy(block.id())) {
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
