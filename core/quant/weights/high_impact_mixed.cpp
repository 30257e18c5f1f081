// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/block_training.h"
#include "core/quant/hybrid_training.h"
#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

#include <chrono>

namespace bitprism {

namespace {

constexpr std::string_view byRounding = "rtn";
constexpr std::string_view byGptq = "gptq";
constexpr std::string_view byHybrid = "hybrid";
constexpr std::string_view fisherError = "fisher-error";
constexpr std::string_view fisherAlone = "fisher";
constexpr std::string_view activation = "activation";
/// Steps between two looks at the hardened weights.
constexpr int stepsPerLook = 250;

struct HighImpactMixedParams
{
    int bits = 2;
    int highBits = 4;
    double ratio = 0.05;
    int groupSize = 128;
    std::string scaleType = "f16";
    std::string method{byGptq};
    std::string order = "low-first";
    double damping = 0.01;
    bool trueSequential = true;
    std::string scores{fisherError};
    std::string axis = "columns";
    bool shareScores = false;
    int steps = 5000;
    double roundingRate = 0.001;
    double clipRate = 0.01;
    double lambda = 1e-5;
    double betaStart = 20;
    double betaEnd = 2;
    double warmUp = 0.2;

    void visit(ParamVisitor &v)
    {
        v.alias("low_bits", "bits");
        v.integer("bits", bits, {1, 8},
                  {BITPRISM_TR("Component", "Bits"),
                   BITPRISM_TR("Component", "Bits per code of all but the high-impact channels."),
                   "bits"});
        v.integer("high_bits", highBits, {2, 8},
                  {BITPRISM_TR("Component", "High-impact bits"),
                   BITPRISM_TR("Component", "Bits per code of the high-impact channels."), "bits"});
        v.real("ratio", ratio, {0, 1},
               {BITPRISM_TR("Component", "Ratio"),
                BITPRISM_TR("Component",
                            "Share of high-impact channels where no allocation names one.")});
        visitGroupSize(v, groupSize);
        visitScaleType(v, scaleType);
        v.choice("method", method,
                 {{byRounding, BITPRISM_TR("Component", "Both parts to nearest")},
                  {byGptq, BITPRISM_TR("Component", "GPTQ on mixed grids")},
                  {byHybrid, BITPRISM_TR("Component", "Learned rounding and clipping")}},
                 {BITPRISM_TR("Component", "Method"),
                  BITPRISM_TR("Component", "How both parts are quantized.")});
        visitGptq(v);
        v.choice("scores", scores,
                 {{fisherError, BITPRISM_TR("Component", "Fisher information times squared error")},
                  {fisherAlone, BITPRISM_TR("Component", "Fisher information")},
                  {activation, BITPRISM_TR("Component", "Inputs times weights, squared")}},
                 {BITPRISM_TR("Component", "Impact scores"),
                  BITPRISM_TR("Component", "What ranks the channels of a layer.")});
        v.choice("axis", axis,
                 {{"columns", BITPRISM_TR("Component", "Input channels")},
                  {"rows", BITPRISM_TR("Component", "Output channels")}},
                 {BITPRISM_TR("Component", "Channels"),
                  BITPRISM_TR("Component", "What is kept at the higher width.")});
        v.flag(
            "share_scores", shareScores,
            {BITPRISM_TR("Component", "Shared channels"),
             BITPRISM_TR("Component", "Layers fed by one tensor keep the same input channels.")});
        visitTraining(v);
    }

    std::optional<ParamProblem> check() const
    {
        if (highBits <= bits) {
            return ParamProblem{
                "high_bits",
                BITPRISM_TR("Component", "high-impact channels are wider than the others"),
                {}};
        }
        if (betaEnd > betaStart) {
            return ParamProblem{
                "beta_end", BITPRISM_TR("Component", "the exponent falls from beta_start"), {}};
        }
        if (shareScores && (axis != "columns" || scores == activation)) {
            return ParamProblem{
                "share_scores",
                BITPRISM_TR("Component", "only Fisher scores of input channels can be shared"),
                {}};
        }
        return std::nullopt;
    }

    ChannelAxis channelAxis() const
    {
        return axis == "rows" ? ChannelAxis::Rows : ChannelAxis::Columns;
    }
    bool hasFisherScores() const { return scores != activation; }

private:
    void visitGptq(ParamVisitor &v)
    {
        v.enabledIf("method", byGptq);
        v.choice("order", order,
                 {{"low-first", BITPRISM_TR("Component", "Others first")},
                  {"high-first", BITPRISM_TR("Component", "High-impact first")}},
                 {BITPRISM_TR("Component", "Column order"),
                  BITPRISM_TR("Component",
                              "Which part is rounded first; the other absorbs its errors.")});
        v.enabledIf("method", byGptq);
        v.real("damping", damping, {1e-6, 1, Scale::Logarithmic},
               {BITPRISM_TR("Component", "Damping"),
                BITPRISM_TR("Component", "Share of the Hessian's mean diagonal added to it.")});
        v.enabledIf("method", byGptq);
        v.flag("true_sequential", trueSequential,
               {BITPRISM_TR("Component", "True sequential"),
                BITPRISM_TR("Component",
                            "Collect statistics anew after each part of a block was quantized.")});
    }

    void visitTraining(ParamVisitor &v)
    {
        v.enabledIf("method", byHybrid);
        v.integer("steps", steps, {1, 100000},
                  {BITPRISM_TR("Component", "Steps"),
                   BITPRISM_TR("Component", "Steps of Adam, each on one calibration sample.")});
        v.enabledIf("method", byHybrid);
        v.real("rounding_rate", roundingRate, {1e-5, 1, Scale::Logarithmic},
               {BITPRISM_TR("Component", "Learning rate of roundings"),
                BITPRISM_TR("Component",
                            "Of the rounding variables, which travel a few units in all.")});
        v.enabledIf("method", byHybrid);
        v.real("clip_rate", clipRate, {1e-5, 1, Scale::Logarithmic},
               {BITPRISM_TR("Component", "Learning rate of clipping"),
                BITPRISM_TR("Component", "Of the clipping factors' logits.")});
        v.enabledIf("method", byHybrid);
        v.real("lambda", lambda, {0, 100},
               {BITPRISM_TR("Component", "Regulariser"),
                BITPRISM_TR("Component", "Weight of the term that drives roundings to 0 or 1.")});
        v.enabledIf("method", byHybrid);
        v.real("beta_start", betaStart, {2, 100},
               {BITPRISM_TR("Component", "First exponent"),
                BITPRISM_TR("Component", "Of the regulariser, after the warm-up.")});
        v.enabledIf("method", byHybrid);
        v.real("beta_end", betaEnd, {1, 100},
               {BITPRISM_TR("Component", "Last exponent"),
                BITPRISM_TR("Component", "Of the regulariser, at the last step.")});
        v.enabledIf("method", byHybrid);
        v.real("warm_up", warmUp, {0, 1},
               {BITPRISM_TR("Component", "Warm-up"),
                BITPRISM_TR("Component", "Share of the steps without the regulariser.")});
    }
};

/// Keeps a layer's own share of its most sensitive channels at a higher width and the rest at a
/// lower one.
class HighImpactMixed final : public WeightQuantizer
{
public:
    using Params = HighImpactMixedParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "high-impact-mixed",
                BITPRISM_TR("Component", "High-impact channels at a higher width"),
                "Pham et al., arXiv 2511.17801; mixed-grid GPTQ of ours",
                {}};
    }
    explicit HighImpactMixed(const Params &params)
        : m_params(params)
    {
    }

    QuantizerNeeds needs() const override
    {
        QuantizerNeeds needs;
        needs.statistics.hessian = m_params.method != byRounding || !m_params.hasFisherScores();
        needs.gradients = m_params.hasFisherScores();
        needs.sequentialGroups = m_params.method == byGptq && m_params.trueSequential;
        needs.blockStates = m_params.method == byHybrid;
        if (m_params.method == byHybrid) { // forward, and backward twice
            needs.sampleRuns = 3.0 * m_params.steps;
            const int looks = m_params.steps / stepsPerLook;
            needs.extraPasses = 2.0 + looks;
        }
        return needs;
    }
    int defaultBits() const override { return m_params.bits; }
    std::optional<double> defaultRatio() const override { return m_params.ratio; }
    Json probeParameters(const Json &params, int highBits) const override
    {
        Json filled = params;
        filled["high_bits"] = highBits;
        if (!filled.contains("method")) {
            filled["method"] = byRounding;
        }
        return filled;
    }
    bool sharesScores() const override { return m_params.shareScores; }

    at::Tensor channelScores(const LayerTask &task, const at::Tensor &fisher,
                             JobContext &context) const override
    {
        at::Tensor scores = fisher; // [rows, cols]
        if (m_params.scores == fisherError) {
            const at::Tensor W = cpuFloat(task.weight);
            GridSet grids = fitGrids(matrixView(W), grid(task.bits), {}, context.stopToken());
            const at::Tensor Q = at::empty_like(W);
            fakeQuantize(matrixView(W), grids, matrixView(Q));
            scores = fisher * (Q - W).square().to(fisher.device());
        }
        return scores.sum(m_params.channelAxis() == ChannelAxis::Columns ? 0 : 1);
    }

    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        const auto start = Clock::now();
        const at::Tensor W = cpuFloat(task.weight); // [rows, cols]
        const ChannelSplit split = splitOf(task, W);
        const MixedGridOptions options = gridsOf(task);
        if (m_params.method == byHybrid && task.statistics != nullptr) {
            return finish(task, learnLayer(task, W, split, context), start);
        }
        if (m_params.method == byGptq) {
            const at::Tensor H = task.statistics != nullptr
                ? cpuFloat(task.statistics->hessian())
                : at::eye(W.size(1), at::kFloat); // [cols, cols]; an embedding has no inputs
            return finish(task,
                          gptqMixed(matrixView(W), matrixView(H), split, options,
                                    m_params.order == "high-first" ? MixedOrder::HighFirst
                                                                   : MixedOrder::LowFirst,
                                    m_params.damping, context.stopToken()),
                          start);
        }
        return finish(task, roundMixed(matrixView(W), split, options, {}, context.stopToken()),
                      start);
    }

    QuantizedBlock quantizeBlock(const BlockTask &task, JobContext &context) const override
    {
        return m_params.method == byHybrid ? learnBlock(task, context)
                                           : WeightQuantizer::quantizeBlock(task, context);
    }

    std::int64_t memoryNeed(const QuantizerWork &work) const override
    {
        constexpr std::int64_t copies = 14; // variables, moments, what fake quantization keeps
        std::int64_t all = 0;
        std::int64_t largest = 0;
        for (const LayerInfo *layer : work.layers) {
            all += layer->rows * layer->cols * 4;
            largest = std::max(largest, (layer->rows + 2 * layer->cols) * layer->cols * 4);
        }
        return m_params.method == byHybrid ? copies * all + trainingMemory(work, false)
                                           : 3 * largest;
    }

    std::int64_t storageBits(const LayerInfo &layer, int bits,
                             std::optional<double> ratio) const override
    {
        const ChannelAxis axis = m_params.channelAxis();
        const std::int64_t channels = axis == ChannelAxis::Columns ? layer.cols : layer.rows;
        const MixedGridOptions options{grid(m_params.highBits), grid(bits)};
        return mixedGridStorage(layer.rows, layer.cols, axis,
                                highImpactCount(ratio.value_or(m_params.ratio), channels), options)
            .total();
    }

    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override
    {
        return std::make_shared<CodeOutline>("mixed-grids", layer.rows, layer.cols, bits);
    }

    double meanBits(const LayerInfo &, int bits, std::optional<double> ratio) const override
    {
        return bits + ratio.value_or(m_params.ratio) * (m_params.highBits - bits);
    }

private:
    using Clock = std::chrono::steady_clock;
    using Mixed = std::shared_ptr<const MixedGridWeight>;

    /// Grids by the search for the least 2.4-norm, zero points at the part's width.
    GridOptions grid(int bits) const
    {
        GridOptions options;
        options.bits = bits;
        options.rule = RangeRule::GptqAsym;
        options.granularity = m_params.groupSize == 0 ? Granularity::PerRow : Granularity::Group;
        options.groupSize = m_params.groupSize;
        options.scaleType = scaleTypeFromName(m_params.scaleType);
        options.clip = ClipSearch::PowerNorm;
        return options;
    }

    MixedGridOptions gridsOf(const LayerTask &task) const
    {
        return {grid(m_params.highBits), grid(task.bits)};
    }

    ChannelSplit splitOf(const LayerTask &task, const at::Tensor &W) const
    {
        at::Tensor scores = task.scores;
        if (!scores.defined()) { // by activations; without inputs every column counts alike
            at::Tensor squares = W.square();
            if (task.statistics != nullptr && task.statistics->outerSum.defined()) {
                squares = squares * cpuFloat(task.statistics->hessian()).diagonal();
            }
            scores = squares.sum(m_params.channelAxis() == ChannelAxis::Columns ? 0 : 1);
        }
        const at::Tensor values = cpuFloat(scores);
        return splitByScore({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())},
                            task.ratio.value_or(m_params.ratio), m_params.channelAxis());
    }

    QuantizedLayer finish(const LayerTask &task, Mixed weight, Clock::time_point start) const
    {
        QuantizedLayer result;
        result.layer = task.layer;
        result.weight = std::move(weight);
        result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        return result;
    }

    RoundingSchedule schedule() const
    {
        return {m_params.steps, m_params.lambda, m_params.betaStart, m_params.betaEnd,
                m_params.warmUp};
    }

    /// Steps on `lossOf(soft weights of each layer, step)`, and keeps the hardened weights that
    /// `errorOf` likes best; both parts to nearest are one of the candidates.
    template <typename LossOf, typename ErrorOf>
    std::vector<Mixed> learn(std::vector<HybridLayer> &layers, const std::string &name,
                             const LossOf &lossOf, const ErrorOf &errorOf,
                             JobContext &context) const
    {
        std::vector<Mixed> best;
        for (const HybridLayer &layer : layers) {
            best.push_back(layer.rounded());
        }
        double least = errorOf(best);
        const double first = least;
        for (int step = 0; step < m_params.steps; ++step) {
            context.throwIfCancelled();
            std::vector<at::Tensor> soft;
            double loss = 0;
            {
                const c10::AutoGradMode gradients(true);
                for (HybridLayer &layer : layers) {
                    layer.beginStep();
                    soft.push_back(layer.weights());
                }
                const at::Tensor value = lossOf(soft, step);
                value.backward();
                loss = value.item<double>();
            }
            const auto [lambda, beta] = schedule().at(step);
            for (HybridLayer &layer : layers) {
                layer.endStep(m_params.roundingRate, m_params.clipRate, lambda, beta);
            }
            context.progress(step + 1, m_params.steps);
            if ((step + 1) % stepsPerLook == 0 || step + 1 == m_params.steps) {
                std::vector<Mixed> found;
                double settled = 0;
                for (const HybridLayer &layer : layers) {
                    found.push_back(layer.hardened());
                    settled += layer.settledShare() / static_cast<double>(layers.size());
                }
                const double error = errorOf(found);
                context.log("high-impact-mixed " + name + ", step " + std::to_string(step + 1)
                            + ": loss " + std::to_string(loss) + ", hardened error "
                            + std::to_string(error / first) + " of rounding to nearest, "
                            + std::to_string(100 * settled) + " % of roundings settled");
                if (error < least) {
                    least = error;
                    best = std::move(found);
                }
            }
        }
        return best;
    }

    Mixed learnLayer(const LayerTask &task, const at::Tensor &W, const ChannelSplit &split,
                     JobContext &context) const
    {
        const at::Tensor H = cpuFloat(task.statistics->hessian());
        std::vector<HybridLayer> layers;
        layers.emplace_back(W, split, gridsOf(task), context.stopToken());
        const auto lossOf = [&](const at::Tensor &weights) {
            const at::Tensor change = weights - W;
            return (change.matmul(H) * change).sum() / 2; // the mean over tokens
        };
        return learn(
                   layers, task.layer->name,
                   [&](const std::vector<at::Tensor> &soft, int) { return lossOf(soft[0]); },
                   [&](const std::vector<Mixed> &hard) {
                       return lossOf(dense(*hard[0])).template item<double>();
                   },
                   context)
            .front();
    }

    QuantizedBlock learnBlock(const BlockTask &task, JobContext &context) const
    {
        const auto start = Clock::now();
        std::vector<HybridLayer> layers;
        for (const LayerTask &layer : task.layers) {
            const at::Tensor W = cpuFloat(layer.weight);
            layers.emplace_back(W, splitOf(layer, W), gridsOf(layer), context.stopToken());
        }
        const std::vector<TrainingSample> samples = trainingSamples(task, false, context);
        const std::string name = "block " + std::to_string(task.block->id().index);
        context.stage("high-impact-mixed " + name);
        Random random = context.random("high-impact-mixed " + task.layers.front().layer->name);
        const auto named = [&](const std::vector<at::Tensor> &weights) {
            std::map<std::string, at::Tensor> result;
            for (std::size_t i = 0; i < weights.size(); ++i) {
                result[task.layers[i].layer->tensor] = weights[i].to(task.model->device());
            }
            return result;
        };
        const std::vector<Mixed> best = learn(
            layers, name,
            [&](const std::vector<at::Tensor> &soft, int) {
                const TrainingSample &sample = samples[random.below(samples.size())];
                // Summed over outputs, mean over tokens: averaged over both, the regulariser
                // decides alone.
                return blockLoss(task, named(soft), sample, context)
                    * static_cast<double>(sample.target.size(-1));
            },
            [&](const std::vector<Mixed> &hard) {
                std::vector<at::Tensor> weights;
                for (const Mixed &weight : hard) {
                    weights.push_back(dense(*weight));
                }
                const auto byName = named(weights);
                double error = 0;
                for (const TrainingSample &sample : samples) {
                    error += blockLoss(task, byName, sample, context).item<double>();
                }
                return error;
            },
            context);
        QuantizedBlock result;
        for (std::size_t i = 0; i < best.size(); ++i) {
            result.layers.push_back(finish(task.layers[i], best[i], start));
            result.layers.back().seconds /= static_cast<double>(best.size());
        }
        return result;
    }

    static at::Tensor dense(const MixedGridWeight &weight)
    {
        at::Tensor result = at::empty({weight.rows(), weight.cols()}, at::kFloat);
        weight.dequantize({result.data_ptr<float>(), static_cast<std::size_t>(result.numel())});
        return result;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, high_impact_mixed, HighImpactMixed);

} // namespace bitprism
