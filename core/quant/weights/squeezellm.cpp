// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/row_codebooks.h"
#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace bitprism {

namespace {

/// How many weights lie beyond the fences is known only when a layer is quantized; until then as
/// many as the publication keeps.
constexpr double expectedOutlierShare = 0.0045;

struct SqueezeLlmParams
{
    int bits = 4;
    std::string sensitivity = "fisher";
    double sensitiveShare = 0.0005;
    double outlierRange = 1.8;
    int iterations = 50;
    std::string valueType = "f16";

    void visit(ParamVisitor &v)
    {
        visitBits(v, bits, 1);
        v.choice("sensitivity", sensitivity,
                 {{"fisher", BITPRISM_TR("Component", "Fisher information")},
                  {"none", BITPRISM_TR("Component", "All weights alike")}},
                 {BITPRISM_TR("Component", "Sensitivity"),
                  BITPRISM_TR("Component",
                              "What weighs the error of each weight; Fisher information takes as "
                              "much memory as the model in 32 bits.")});
        v.enabledIf("sensitivity", "fisher");
        v.real("sensitive_share", sensitiveShare, {0, 1},
               {BITPRISM_TR("Component", "Sensitive share"),
                BITPRISM_TR("Component",
                            "Share of a layer's weights, the most sensitive, kept apart.")});
        v.real("outlier_range", outlierRange, {0, 100},
               {BITPRISM_TR("Component", "Outlier range"),
                BITPRISM_TR("Component",
                            "Weights farther than this many interquartile ranges beyond the "
                            "quartiles are kept apart; 0: none.")});
        v.integer("iterations", iterations, {1, 1000},
                  {BITPRISM_TR("Component", "Iterations"),
                   BITPRISM_TR("Component", "Steps of k-means at most.")});
        v.choice("value_type", valueType, scaleTypeChoices(),
                 {BITPRISM_TR("Component", "Value type"),
                  BITPRISM_TR("Component",
                              "Type that codebooks and weights kept apart are stored in.")});
    }
};

/// SqueezeLLM: a codebook for each row by k-means weighed with the Fisher information, and the
/// largest and the most sensitive weights kept apart.
class SqueezeLlm final : public WeightQuantizer
{
public:
    using Params = SqueezeLlmParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "squeezellm",
                BITPRISM_TR("Component", "SqueezeLLM"),
                "Kim et al., SqueezeLLM, arXiv 2306.07629",
                {}};
    }
    explicit SqueezeLlm(const Params &params)
        : m_params(params)
    {
    }

    QuantizerNeeds needs() const override
    {
        QuantizerNeeds needs;
        needs.gradients = m_params.sensitivity == "fisher";
        needs.weightScores = needs.gradients;
        return needs;
    }
    int defaultBits() const override { return m_params.bits; }

    at::Tensor channelScores(const LayerTask &, const at::Tensor &fisher,
                             JobContext &) const override
    {
        return fisher; // [rows, cols]
    }

    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        refuseRatio(task, "squeezellm");
        const auto start = std::chrono::steady_clock::now();
        const at::Tensor W = cpuFloat(task.weight); // [rows, cols]
        at::Tensor F; // [rows, cols]
        MatrixView<const float> sensitivity;
        if (task.scores.defined()) { // an embedding, or a model without a loss, has none
            F = cpuFloat(task.scores);
            sensitivity = matrixView(F);
        }
        const std::vector<std::int64_t> kept = keptPlaces(matrixView(W), F);
        Random random = context.random("squeezellm " + task.layer->name);
        QuantizedLayer result;
        result.layer = task.layer;
        result.weight = clusterRows(matrixView(W), sensitivity, kept, options(task.bits),
                                    random.next(), context.stopToken());
        result.seconds
            = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

    std::int64_t memoryNeed(const QuantizerWork &work) const override
    {
        constexpr std::int64_t bytesPerWeight = 4 + 8 + 4 + 1; // sorted, places, values, codes
        std::int64_t largest = 0;
        for (const LayerInfo *layer : work.layers) {
            largest = std::max(largest, layer->rows * layer->cols * bytesPerWeight);
        }
        return largest;
    }

    /// An estimate: the outliers are known afterwards.
    std::int64_t storageBits(const LayerInfo &layer, int bits, std::optional<double>) const override
    {
        const double share = (m_params.sensitivity == "fisher" ? m_params.sensitiveShare : 0)
            + (m_params.outlierRange > 0 ? expectedOutlierShare : 0);
        const std::int64_t weights = layer.rows * layer.cols;
        return rowCodebookStorage(layer.rows, layer.cols, options(bits),
                                  std::llround(std::min(1.0, share) * static_cast<double>(weights)))
            .total();
    }

    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override
    {
        return std::make_shared<CodeOutline>("row-codebooks", layer.rows, layer.cols, bits);
    }

private:
    CodebookOptions options(int bits) const
    {
        return {bits, m_params.iterations, scaleTypeFromName(m_params.valueType)};
    }

    /// The most sensitive weights (F may be undefined) and the largest.
    std::vector<std::int64_t> keptPlaces(MatrixView<const float> weights, const at::Tensor &F) const
    {
        std::vector<std::int64_t> places = outlierPlaces(weights, m_params.outlierRange);
        if (!F.defined()) {
            return places;
        }
        const std::vector<std::int64_t> sensitive
            = largestPlaces({F.data_ptr<float>(), static_cast<std::size_t>(F.numel())},
                            std::llround(m_params.sensitiveShare * static_cast<double>(F.numel())));
        std::vector<std::int64_t> both;
        std::set_union(places.begin(), places.end(), sensitive.begin(), sensitive.end(),
                       std::back_inserter(both));
        return both;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, squeezellm, SqueezeLlm);

} // namespace bitprism
