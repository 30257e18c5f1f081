// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/uniform_affine.h"
#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <chrono>

namespace bitprism {

namespace {

/// Round to nearest: the data-free baseline every other quantizer is measured against.
class Rtn final : public WeightQuantizer
{
public:
    using Params = UniformParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "rtn",
                BITPRISM_TR("Component", "Round to nearest"),
                "uniform affine quantizer, data-free",
                {}};
    }
    explicit Rtn(const Params &params)
        : m_params(params)
    {
    }

    QuantizerNeeds needs() const override
    {
        QuantizerNeeds needs;
        needs.statistics.hessian = m_params.needsHessian();
        return needs;
    }
    int defaultBits() const override { return m_params.bits; }

    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        refuseRatio(task, "rtn");
        const auto start = std::chrono::steady_clock::now();
        const at::Tensor W = cpuFloat(task.weight); // [rows, cols]
        GridOptions options = m_params.gridOptions(task.bits);
        at::Tensor H; // [cols, cols]
        MatrixView<const float> hessian;
        if (options.clip == ClipSearch::Hessian && task.statistics != nullptr) {
            H = cpuFloat(task.statistics->hessian());
            hessian = matrixView(H);
        } else if (options.clip == ClipSearch::Hessian) { // an embedding has no inputs
            options.clip = ClipSearch::PowerNorm;
        }
        const MatrixView<const float> weights = matrixView(W);
        GridSet grids = fitGrids(weights, options, hessian, context.stopToken());
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(W.numel()));
        quantizeCodes(weights, grids, codes);
        QuantizedLayer result;
        result.layer = task.layer;
        result.weight = std::make_shared<UniformAffineWeight>(std::move(grids), codes);
        result.seconds
            = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

    std::int64_t storageBits(const LayerInfo &layer, int bits, std::optional<double>) const override
    {
        return uniformAffineStorage(layer.rows, layer.cols, m_params.gridOptions(bits)).total();
    }

    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override
    {
        return UniformAffineWeight::outline(layer.rows, layer.cols, m_params.gridOptions(bits));
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, rtn, Rtn);

} // namespace bitprism
