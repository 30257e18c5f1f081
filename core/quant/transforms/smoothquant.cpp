// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/channel_migration.h"
#include "core/quant/migrated_norms.h"

#include <map>

namespace bitprism {

namespace {

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
        std::vector<const NormInfo *> norms;
        for (int stack = 0; stack < static_cast<int>(graph.info().stacks.size()); ++stack) {
            for (int block = 0; block < graph.stack(stack).blocks; ++block) {
                const std::vector<const NormInfo *> here = graph.normsReadBy({stack, block});
                norms.insert(norms.end(), here.begin(), here.end());
            }
        }
        TransformPlan plan = planMigration(graph, norms, "smoothquant",
                                           "multiplies what shortcuts take from the norms");
        plan.needsStatistics = true;
        plan.statistics.channels = true;
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
        std::map<std::string, NormChange> changes;
        for (const auto &[gain, scale] : learned) {
            changes[gain] = {scale, {}};
        }
        return std::make_shared<MigratedNorms>(graph, std::move(changes));
    }

private:
    at::Tensor scales(const std::vector<float> &inputMax, const at::Tensor &weightMax) const
    {
        const at::Tensor weights = weightMax.to(at::kCPU, at::kDouble).contiguous();
        at::Tensor result = at::empty({weights.numel()}, at::kFloat);
        for (std::int64_t j = 0; j < weights.numel(); ++j) {
            const double x = inputMax[static_cast<std::size_t>(j)];
            const double w = weights.data_ptr<double>()[j];
            result.data_ptr<float>()[j] = static_cast<float>(smoothingScale(x, w, m_params.alpha));
        }
        return result;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(transform, smoothquant, Smoothquant);

} // namespace bitprism
