// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/collect_statistics.h"
#include "core/kernels/awq_clip.h"
#include "core/kernels/uniform_affine.h"
#include "core/quant/awq_search.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <chrono>

namespace bitprism {

namespace {

constexpr int clipSteps = 10;

struct AwqParams
{
    FixedRuleParams grid;
    bool scaleSearch = true;
    int ratios = 20;
    bool clipSearch = true;

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.flag("scale_search", scaleSearch,
               {BITPRISM_TR("Component", "Scale search"),
                BITPRISM_TR("Component",
                            "Scale up the columns with large inputs before rounding, and what "
                            "feeds them down.")});
        v.integer("ratios", ratios, {1, 100},
                  {BITPRISM_TR("Component", "Ratios"),
                   BITPRISM_TR("Component", "Strengths of scaling that the search tries."), ""});
        v.enabledIf("scale_search", "true");
        v.flag("clip_search", clipSearch,
               {BITPRISM_TR("Component", "Clip search"),
                BITPRISM_TR("Component",
                            "Shrink each group's range where the layer's output gains; queries "
                            "and keys are left out.")});
    }
};

/// AWQ: scales that protect the input channels which matter, chosen by the error of the module they
/// feed and folded into the operation before; then clipped ranges.
class Awq final : public WeightQuantizer
{
public:
    using Params = AwqParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "awq",
                BITPRISM_TR("Component", "AWQ"),
                "Lin et al., AWQ, arXiv 2306.00978",
                {}};
    }
    explicit Awq(const Params &params)
        : m_params(params)
    {
    }

    QuantizerNeeds needs() const override
    {
        QuantizerNeeds needs;
        needs.statistics.hessian = m_params.clipSearch;
        needs.blockStates = true;
        needs.foldsScales = m_params.scaleSearch;
        // Attention groups run half of a block, feed-forward groups all of it.
        needs.extraPasses = 1 + (m_params.scaleSearch ? 1.5 * m_params.ratios : 0);
        return needs;
    }
    int defaultBits() const override { return m_params.grid.bits; }

    /// A layer alone: nothing can take up its scale, so only the clip search acts.
    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        const bool hasInputs = task.statistics != nullptr && task.statistics->outerSum.defined();
        const at::Tensor H = hasInputs ? cpuFloat(task.statistics->hessian()) : at::Tensor();
        return round(task, cpuFloat(task.weight).clone(), H, context);
    }

    QuantizedBlock quantizeBlock(const BlockTask &task, JobContext &context) const override
    {
        BITPRISM_ASSERT(task.fullInputs != nullptr, "AWQ works on full-precision inputs");
        StatisticsNeeds needs;
        needs.hessian = true;
        needs.channels = true;
        StatisticsCollector collected(needs);
        std::set<std::string> names;
        for (const LayerTask &layer : task.layers) {
            names.insert(layer.layer->name);
        }
        collected.restrictTo(names);
        collectStatistics(*task.model, *task.block, *task.fullInputs, collected, context);

        AwqScales scales;
        if (m_params.scaleSearch) {
            AwqSearch search(task, collected, [this](int bits) { return gridOptions(bits); });
            scales = search.run(m_params.ratios, context);
        }
        QuantizedBlock result;
        result.edits = scales.edits(task);
        for (const LayerTask &layer : task.layers) {
            context.throwIfCancelled();
            result.layers.push_back(quantizeScaled(layer, scales, collected, context));
        }
        return result;
    }

    std::int64_t memoryNeed(const QuantizerWork &work) const override
    {
        std::int64_t weights = 0;
        std::int64_t hessians = 0;
        std::set<std::string> groups;
        for (const LayerInfo *layer : work.layers) {
            weights += layer->rows * layer->cols * 4;
            if (layer->inputGroup.empty() || groups.insert(layer->inputGroup).second) {
                hessians += layer->cols * layer->cols * 4;
            }
        }
        // Rounded weights of a group and one more set while a module runs; what enters the output
        // projection, kept for comparison; the states of a run.
        return hessians + 2 * weights + 2 * work.tokens * work.hiddenSize * 4;
    }

    std::int64_t storageBits(const LayerInfo &layer, int bits, std::optional<double>) const override
    {
        return uniformAffineStorage(layer.rows, layer.cols, gridOptions(bits)).total();
    }

    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override
    {
        return UniformAffineWeight::outline(layer.rows, layer.cols, gridOptions(bits));
    }

private:
    GridOptions gridOptions(int bits) const
    {
        return m_params.grid.gridOptions(bits, RangeRule::AwqAsym, RangeRule::QuarotSym);
    }

    QuantizedLayer quantizeScaled(const LayerTask &task, const AwqScales &scales,
                                  StatisticsCollector &collected, JobContext &context) const
    {
        const at::Tensor columns = scales.columnsOf(*task.layer); // [cols] or undefined
        const at::Tensor rows = scales.rowsOf(*task.layer); // [rows] or undefined
        at::Tensor W = cpuFloat(task.weight).clone();
        const LayerStatistics *inputs = collected.find(*task.layer);
        at::Tensor H = inputs != nullptr ? cpuFloat(inputs->hessian()) : at::Tensor();
        if (columns.defined()) {
            W = W * columns;
            H = H / columns / columns.unsqueeze(1); // the layer's inputs are divided
        }
        if (rows.defined()) {
            W = W / rows.unsqueeze(1);
        }
        QuantizedLayer result = round(task, W, H, context);
        if (columns.defined() || rows.defined()) {
            result.effective = dequantized(*result.weight);
            if (columns.defined()) {
                result.effective = result.effective / columns;
            }
            if (rows.defined()) {
                result.effective = result.effective * rows.unsqueeze(1);
            }
        }
        return result;
    }

    /// `weights` may be written into; `hessian` may be undefined.
    QuantizedLayer round(const LayerTask &task, const at::Tensor &weights,
                         const at::Tensor &hessian, JobContext &context) const
    {
        refuseRatio(task, "awq");
        const auto start = std::chrono::steady_clock::now();
        const GridOptions options = gridOptions(task.bits);
        const std::string &role = task.layer->kind;
        const bool isCompared
            = role.ends_with("attention_query") || role.ends_with("attention_key");
        const at::Tensor W = weights.contiguous(); // [rows, cols]
        checkFinite(matrixView(W));
        if (m_params.clipSearch && hessian.defined() && !isCompared) {
            const at::Tensor H = hessian.contiguous(); // [cols, cols]
            clampGroups(matrixView(W), options,
                        awqClipLimits(matrixView(W), matrixView(H), options, clipSteps,
                                      context.stopToken()));
        }
        GridSet grids = fitGrids(matrixView(W), options, {}, context.stopToken());
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(W.numel()));
        quantizeCodes(matrixView(W), grids, codes);
        QuantizedLayer result;
        result.layer = task.layer;
        result.weight = std::make_shared<UniformAffineWeight>(std::move(grids), codes);
        result.seconds
            = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, awq, Awq);

} // namespace bitprism
