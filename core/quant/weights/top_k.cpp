// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gptq.h"
#include "core/kernels/sparse_grids.h"
#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::string_view byMagnitude = "magnitude";
constexpr std::string_view byFisher = "fisher";
constexpr std::string_view byFisherError = "fisher-error";
constexpr std::string_view byActivation = "activation";
constexpr std::string_view byHessianInverse = "hessian";
constexpr double scoreDamping = 0.01; // share of the Hessian's mean diagonal, GPTQ's default

struct TopKParams
{
    UniformParams grid;
    double ratio = 0.01;
    std::string score{byMagnitude};
    std::string valueType = "f16";

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.real("ratio", ratio, {0, 1},
               {BITPRISM_TR("Component", "Ratio"),
                BITPRISM_TR("Component",
                            "Share of a layer's weights that are kept, where no allocation names "
                            "one.")});
        v.choice(
            "score", score,
            {{byMagnitude, BITPRISM_TR("Component", "Magnitude")},
             {byFisher, BITPRISM_TR("Component", "Fisher information")},
             {byFisherError, BITPRISM_TR("Component", "Fisher information times squared error")},
             {byActivation, BITPRISM_TR("Component", "Magnitude times norm of the inputs")},
             {byHessianInverse,
              BITPRISM_TR("Component", "Square over the inverse Hessian's diagonal")}},
            {BITPRISM_TR("Component", "Score"),
             BITPRISM_TR("Component", "What ranks the weights of a layer.")});
        v.choice("value_type", valueType, scaleTypeChoices(),
                 {BITPRISM_TR("Component", "Value type"),
                  BITPRISM_TR("Component", "Type that kept weights are stored in.")});
    }
    std::optional<ParamProblem> check() const
    {
        if (grid.needsHessian()) {
            return ParamProblem{
                "clip_search",
                BITPRISM_TR("Component",
                            "grids are fitted to what is left of each group, which has no Hessian; "
                            "take power-norm"),
                {}};
        }
        return grid.check();
    }
    bool hasFisherScore() const { return score == byFisher || score == byFisherError; }
};

/// The plain way to keep high-impact weights: the highest scores stay as they are, one by one, and
/// the rest is rounded to nearest on grids of its own.
class TopK final : public WeightQuantizer
{
public:
    using Params = TopKParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "top-k",
                BITPRISM_TR("Component", "Plain retention of the highest scores"),
                "baseline of ours: rounding to nearest beside kept weights",
                {}};
    }
    explicit TopK(const Params &params)
        : m_params(params)
    {
    }

    QuantizerNeeds needs() const override
    {
        QuantizerNeeds needs;
        needs.gradients = m_params.hasFisherScore();
        needs.weightScores = needs.gradients;
        needs.statistics.channels = m_params.score == byActivation;
        needs.statistics.hessian = m_params.score == byHessianInverse;
        return needs;
    }
    int defaultBits() const override { return m_params.grid.bits; }
    std::optional<double> defaultRatio() const override { return m_params.ratio; }
    /// Kept weights have their own type, whatever width is asked for.
    Json probeParameters(const Json &params, int) const override { return params; }

    at::Tensor channelScores(const LayerTask &task, const at::Tensor &fisher,
                             JobContext &context) const override
    {
        if (m_params.score == byFisher) {
            return fisher; // [rows, cols]
        }
        const at::Tensor W = cpuFloat(task.weight);
        const GridSet grids = fitGrids(matrixView(W), m_params.grid.gridOptions(task.bits), {},
                                       context.stopToken());
        const at::Tensor Q = at::empty_like(W);
        fakeQuantize(matrixView(W), grids, matrixView(Q));
        return fisher * (Q - W).square().to(fisher.device());
    }

    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        const auto start = std::chrono::steady_clock::now();
        const at::Tensor W = cpuFloat(task.weight); // [rows, cols]
        const GridOptions options = m_params.grid.gridOptions(task.bits);
        const std::int64_t count = keptCount(W.numel(), task.ratio);
        QuantizedLayer result;
        result.layer = task.layer;
        if (count == 0) {
            result.weight = plain(matrixView(W), options, context);
        } else {
            const at::Tensor scores = scoresOf(task, W, context).contiguous();
            const std::vector<std::int64_t> kept = largestPlaces(
                {scores.data_ptr<float>(), static_cast<std::size_t>(scores.numel())}, count);
            result.weight = roundAround(matrixView(W), kept, options,
                                        scaleTypeFromName(m_params.valueType), context.stopToken());
        }
        result.seconds
            = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

    std::int64_t memoryNeed(const QuantizerWork &work) const override
    {
        constexpr std::int64_t bytesPerWeight = 4 + 8 + 4 + 1; // scores, places, rest, codes
        std::int64_t largest = 0;
        for (const LayerInfo *layer : work.layers) {
            const std::int64_t factor = m_params.score == byHessianInverse ? layer->cols * 3 : 0;
            largest = std::max(largest, layer->cols * (layer->rows * bytesPerWeight + 4 * factor));
        }
        return largest;
    }

    std::int64_t storageBits(const LayerInfo &layer, int bits,
                             std::optional<double> ratio) const override
    {
        return sparseGridStorage(layer.rows, layer.cols, m_params.grid.gridOptions(bits),
                                 scaleTypeFromName(m_params.valueType),
                                 keptCount(layer.rows * layer.cols, ratio))
            .total();
    }

    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override
    {
        if (m_params.ratio == 0) {
            return UniformAffineWeight::outline(layer.rows, layer.cols,
                                                m_params.grid.gridOptions(bits));
        }
        return std::make_shared<CodeOutline>("sparse-grids", layer.rows, layer.cols, bits);
    }

private:
    std::int64_t keptCount(std::int64_t weights, std::optional<double> ratio) const
    {
        return std::llround(ratio.value_or(m_params.ratio) * static_cast<double>(weights));
    }

    /// Nothing kept: the codes of rtn, which other programs' formats hold.
    static QuantizedWeightPtr plain(MatrixView<const float> weights, const GridOptions &options,
                                    JobContext &context)
    {
        GridSet grids = fitGrids(weights, options, {}, context.stopToken());
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(weights.rows * weights.cols));
        quantizeCodes(weights, grids, codes);
        return std::make_shared<UniformAffineWeight>(std::move(grids), codes);
    }

    /// [rows, cols]. What has no inputs or no gradients (an embedding) is ranked by magnitude.
    at::Tensor scoresOf(const LayerTask &task, const at::Tensor &W, JobContext &context) const
    {
        if (m_params.hasFisherScore() && task.scores.defined()) {
            return cpuFloat(task.scores);
        }
        if (m_params.score == byActivation && task.statistics != nullptr) {
            std::vector<float> norms;
            for (const double sum : task.statistics->channelSquareSum) {
                norms.push_back(static_cast<float>(std::sqrt(sum)));
            }
            return W.abs() * at::tensor(norms, at::kFloat); // |w| ||x_j||
        }
        if (m_params.score == byHessianInverse && task.statistics != nullptr) {
            return W.square() / inverseDiagonal(*task.statistics, context);
        }
        return W.abs();
    }

    /// [H^-1]_jj, [cols]: the squared columns of the factor U with U^T U = H^-1, summed.
    static at::Tensor inverseDiagonal(const LayerStatistics &statistics, JobContext &context)
    {
        const at::Tensor H = cpuFloat(statistics.hessian()); // [cols, cols]
        const auto factor = GptqFactor<float>::make(matrixView(H), scoreDamping,
                                                    /*actOrder=*/false, context.stopToken());
        const at::Tensor U = at::tensor(factor.upper, at::kFloat).view({H.size(0), H.size(1)});
        return U.square().sum(0);
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, top_k, TopK);

} // namespace bitprism
