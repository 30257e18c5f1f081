// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gptq.h"

#include "core/kernels/uniform_affine.h"
#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <chrono>
#include <map>

namespace bitprism {

namespace {

struct GptqParams
{
    UniformParams grid;
    double damping = 0.01;
    int blockSize = 128;
    bool actOrder = false;
    bool staticGroups = false;
    bool trueSequential = true;

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.real("damping", damping, {1e-6, 1, Scale::Logarithmic},
               {BITPRISM_TR("Component", "Damping"),
                BITPRISM_TR("Component", "Share of the Hessian's mean diagonal added to it.")});
        v.integer("block_size", blockSize, {1, 4096},
                  {BITPRISM_TR("Component", "Lazy block"),
                   BITPRISM_TR("Component",
                               "Columns between two updates of the rest; changes speed only."),
                   "columns"});
        v.flag("act_order", actOrder,
               {BITPRISM_TR("Component", "Activation order"),
                BITPRISM_TR("Component", "Round the columns with the largest inputs first.")});
        v.flag("static_groups", staticGroups,
               {BITPRISM_TR("Component", "Static groups"),
                BITPRISM_TR("Component", "Fit all grids before the first column is rounded.")});
        v.flag("true_sequential", trueSequential,
               {BITPRISM_TR("Component", "True sequential"),
                BITPRISM_TR("Component",
                            "Collect statistics anew after each part of a block was quantized.")});
    }
    std::optional<ParamProblem> check() const { return grid.check(); }
};

using Factor = GptqFactor<float>;

/// GPTQ: each column's rounding error is moved to the columns not yet rounded, weighed by the
/// inverse Hessian of the layer's inputs.
class Gptq final : public WeightQuantizer
{
public:
    using Params = GptqParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "gptq",
                BITPRISM_TR("Component", "GPTQ"),
                "Frantar et al., GPTQ, arXiv 2210.17323",
                {}};
    }
    explicit Gptq(const Params &params)
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
    int defaultBits() const override { return m_params.grid.bits; }

    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        const at::Tensor H = hessianOf(task);
        return quantizeWith(task, H, factorOf(H, context), context);
    }

    /// Layers fed by one tensor share its factor, which costs as much as the columns do.
    QuantizedBlock quantizeBlock(const BlockTask &task, JobContext &context) const override
    {
        std::map<const LayerStatistics *, std::pair<at::Tensor, Factor>> shared;
        QuantizedBlock result;
        for (const LayerTask &layer : task.layers) {
            context.throwIfCancelled();
            if (layer.statistics == nullptr) {
                result.layers.push_back(quantize(layer, context));
                continue;
            }
            auto found = shared.find(layer.statistics);
            if (found == shared.end()) {
                const at::Tensor H = hessianOf(layer);
                found = shared.emplace(layer.statistics, std::pair(H, factorOf(H, context))).first;
            }
            result.layers.push_back(
                quantizeWith(layer, found->second.first, found->second.second, context));
        }
        return result;
    }

    std::int64_t storageBits(const LayerInfo &layer, int bits, std::optional<double>) const override
    {
        return uniformAffineStorage(layer.rows, layer.cols, m_params.grid.gridOptions(bits),
                                    hasGroupMap(layer))
            .total();
    }

    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override
    {
        return UniformAffineWeight::outline(layer.rows, layer.cols, m_params.grid.gridOptions(bits),
                                            hasGroupMap(layer));
    }

private:
    /// Whether groups are formed in the order of processing and not of the columns.
    bool hasGroupMap(const LayerInfo &layer) const
    {
        return m_params.actOrder && !m_params.staticGroups && m_params.grid.groupSize > 0
            && m_params.grid.groupSize < layer.cols;
    }

    /// [cols, cols]. Without inputs (an embedding) every column counts alike, which makes GPTQ
    /// round to nearest.
    static at::Tensor hessianOf(const LayerTask &task)
    {
        return task.statistics != nullptr ? cpuFloat(task.statistics->hessian())
                                          : at::eye(task.weight.size(1), at::kFloat);
    }

    Factor factorOf(const at::Tensor &H, JobContext &context) const
    {
        return Factor::make(matrixView(H), m_params.damping, m_params.actOrder,
                            context.stopToken());
    }

    QuantizedLayer quantizeWith(const LayerTask &task, const at::Tensor &H, const Factor &factor,
                                JobContext &context) const
    {
        refuseRatio(task, "gptq");
        const auto start = std::chrono::steady_clock::now();
        const at::Tensor W = cpuFloat(task.weight); // [rows, cols]
        GptqOptions options;
        options.grid = m_params.grid.gridOptions(task.bits);
        options.blockSize = m_params.blockSize;
        options.staticGroups = m_params.staticGroups;
        GptqResult<float> rounded = gptq<float>(matrixView(W), factor, options, matrixView(H),
                                                /*keepCompensation=*/false, context.stopToken());
        QuantizedLayer result;
        result.layer = task.layer;
        result.weight
            = std::make_shared<UniformAffineWeight>(std::move(rounded.grids), rounded.codes);
        result.seconds
            = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, gptq, Gptq);

} // namespace bitprism
