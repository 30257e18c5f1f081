// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/spqr.h"

#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <chrono>
#include <map>

namespace bitprism {

namespace {

/// Outliers are counted only when a layer is quantized; until then as many as the published
/// settings give, roughly.
constexpr double expectedOutliers = 0.01;

struct SpqrParams
{
    int bits = 4;
    int groupSize = 16;
    int scaleBits = 3;
    double tau = 0.2;
    double damping = 1;
    bool actOrder = true;
    bool trueSequential = true;

    void visit(ParamVisitor &v)
    {
        visitBits(v, bits, 2);
        visitGroupSize(v, groupSize);
        v.integer("scale_bits", scaleBits, {2, 8},
                  {BITPRISM_TR("Component", "Bits of scales"),
                   BITPRISM_TR("Component", "Bits per code of scales and zero points."), "bits"});
        v.real("tau", tau, {0, 1e6},
               {BITPRISM_TR("Component", "Outlier threshold"),
                BITPRISM_TR("Component",
                            "In units of the mean weighed variance; smaller keeps more weights "
                            "apart in 16 bits.")});
        v.real("damping", damping, {1e-6, 10, Scale::Logarithmic},
               {BITPRISM_TR("Component", "Damping"),
                BITPRISM_TR("Component", "Share of the Hessian's mean diagonal added to it.")});
        v.flag("act_order", actOrder,
               {BITPRISM_TR("Component", "Activation order"),
                BITPRISM_TR("Component", "Round the columns with the largest inputs first.")});
        v.flag("true_sequential", trueSequential,
               {BITPRISM_TR("Component", "True sequential"),
                BITPRISM_TR("Component",
                            "Collect statistics anew after each part of a block was quantized.")});
    }
};

/// SpQR: GPTQ's column loop on small groups with coded grids, and the weights it fits worst kept
/// apart in 16 bits.
class Spqr final : public WeightQuantizer
{
public:
    using Params = SpqrParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "spqr",
                BITPRISM_TR("Component", "SpQR"),
                "Dettmers et al., SpQR, arXiv 2306.03078",
                {}};
    }
    explicit Spqr(const Params &params)
        : m_params(params)
    {
    }

    QuantizerNeeds needs() const override
    {
        QuantizerNeeds needs;
        needs.statistics.hessian = true;
        needs.sequentialGroups = m_params.trueSequential;
        return needs;
    }
    int defaultBits() const override { return m_params.bits; }

    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        return quantizeWith(task, inputsOf(task, context), context);
    }

    /// Layers fed by one tensor share its factor.
    QuantizedBlock quantizeBlock(const BlockTask &task, JobContext &context) const override
    {
        std::map<const LayerStatistics *, Inputs> shared;
        QuantizedBlock result;
        for (const LayerTask &layer : task.layers) {
            context.throwIfCancelled();
            auto found = shared.find(layer.statistics);
            if (found == shared.end() || layer.statistics == nullptr) {
                found = shared.insert_or_assign(layer.statistics, inputsOf(layer, context)).first;
            }
            result.layers.push_back(quantizeWith(layer, found->second, context));
            context.progress(static_cast<double>(result.layers.size()),
                             static_cast<double>(task.layers.size()));
        }
        return result;
    }

    /// An estimate: the outliers, 1 % here, are known afterwards.
    std::int64_t storageBits(const LayerInfo &layer, int bits, std::optional<double>) const override
    {
        const auto outliers = static_cast<std::int64_t>(
            expectedOutliers * static_cast<double>(layer.rows * layer.cols));
        const bool hasGroupMap
            = m_params.actOrder && m_params.groupSize > 0 && m_params.groupSize < layer.cols;
        return spqrStorage(layer.rows, layer.cols, options(bits), outliers, hasGroupMap).total();
    }

    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override
    {
        return std::make_shared<CodeOutline>("spqr", layer.rows, layer.cols, bits);
    }

private:
    struct Inputs
    {
        GptqFactor<float> factor;
        std::vector<bool> isDead;
    };

    SpqrOptions options(int bits) const
    {
        SpqrOptions result;
        result.bits = bits;
        result.groupSize = m_params.groupSize;
        result.scaleBits = m_params.scaleBits;
        result.tau = m_params.tau;
        return result;
    }

    /// Without inputs (an embedding) every column counts alike.
    Inputs inputsOf(const LayerTask &task, JobContext &context) const
    {
        const at::Tensor H = task.statistics != nullptr
            ? cpuFloat(task.statistics->hessian())
            : at::eye(task.weight.size(1), at::kFloat); // [cols, cols]
        Inputs inputs;
        for (std::int64_t j = 0; j < H.size(0); ++j) {
            inputs.isDead.push_back(matrixView(H)(j, j) == 0);
        }
        const std::vector<float> damped = spqrHessian(matrixView(H), m_params.damping);
        inputs.factor = GptqFactor<float>::make({damped.data(), H.size(0), H.size(1)}, 0,
                                                m_params.actOrder, context.stopToken());
        return inputs;
    }

    QuantizedLayer quantizeWith(const LayerTask &task, const Inputs &inputs,
                                JobContext &context) const
    {
        refuseRatio(task, "spqr");
        const auto start = std::chrono::steady_clock::now();
        const at::Tensor W = cpuFloat(task.weight); // [rows, cols]
        QuantizedLayer result;
        result.layer = task.layer;
        result.weight = std::make_shared<SpqrWeight>(spqr(
            matrixView(W), inputs.factor, inputs.isDead, options(task.bits), context.stopToken()));
        result.seconds
            = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, spqr, Spqr);

} // namespace bitprism
