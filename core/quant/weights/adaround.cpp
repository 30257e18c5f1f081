// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/rounding_variables.h"
#include "core/kernels/uniform_affine.h"
#include "core/quant/block_training.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <c10/core/GradMode.h>

#include <chrono>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::string_view byHessian = "hessian";
constexpr std::string_view byBlock = "block";

struct AdaRoundParams
{
    UniformParams grid;
    std::string objective{byHessian};
    int steps = 2000;
    double learningRate = 0.015;
    double lambda = 0.01;
    double betaStart = 20;
    double betaEnd = 2;
    double warmUp = 0.2;

    AdaRoundParams() { grid.clipSearch = clipSearchName(ClipSearch::PowerNorm); }

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.choice("objective", objective,
                 {{byHessian, BITPRISM_TR("Component", "Layer's output, by Hessian")},
                  {"layer", BITPRISM_TR("Component", "Layer's output, sample by sample")},
                  {byBlock, BITPRISM_TR("Component", "Block's output")}},
                 {BITPRISM_TR("Component", "Objective"),
                  BITPRISM_TR("Component",
                              "Whose squared error is learned against; the Hessian stands for all "
                              "samples at once and needs no forward passes.")});
        v.integer(
            "steps", steps, {1, 100000},
            {BITPRISM_TR("Component", "Steps"),
             BITPRISM_TR("Component", "Steps of Adam, each on all samples (Hessian) or on one.")});
        v.real("learning_rate", learningRate, {1e-5, 1, Scale::Logarithmic},
               {BITPRISM_TR("Component", "Learning rate"),
                BITPRISM_TR("Component",
                            "Of the rounding variables, which travel a few units in all.")});
        v.real("lambda", lambda, {0, 100},
               {BITPRISM_TR("Component", "Regulariser"),
                BITPRISM_TR("Component", "Weight of the term that drives roundings to 0 or 1.")});
        v.real("beta_start", betaStart, {2, 100},
               {BITPRISM_TR("Component", "First exponent"),
                BITPRISM_TR("Component", "Of the regulariser, after the warm-up.")});
        v.real("beta_end", betaEnd, {1, 100},
               {BITPRISM_TR("Component", "Last exponent"),
                BITPRISM_TR("Component", "Of the regulariser, at the last step.")});
        v.real("warm_up", warmUp, {0, 1},
               {BITPRISM_TR("Component", "Warm-up"),
                BITPRISM_TR("Component", "Share of the steps without the regulariser.")});
    }
    std::optional<ParamProblem> check() const
    {
        if (betaEnd > betaStart) {
            return ParamProblem{
                "beta_end", BITPRISM_TR("Component", "the exponent falls from beta_start"), {}};
        }
        return grid.check();
    }
    bool isByHessian() const { return objective == byHessian; }
};

/// AdaRound: learns for each weight whether to round it up or down, on grids fixed beforehand.
class AdaRound final : public WeightQuantizer
{
public:
    using Params = AdaRoundParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "adaround",
                BITPRISM_TR("Component", "AdaRound"),
                "Nagel et al., AdaRound, arXiv 2004.10568; schedule of BRECQ, arXiv 2102.05426",
                {}};
    }
    explicit AdaRound(const Params &params)
        : m_params(params)
    {
    }

    QuantizerNeeds needs() const override
    {
        QuantizerNeeds needs;
        needs.statistics.hessian = true;
        needs.blockStates = !m_params.isByHessian();
        // Forward, backward with respect to inputs and to weights; a layer's own part is small.
        needs.sampleRuns = m_params.objective == byBlock ? 3.0 * m_params.steps : 0;
        return needs;
    }
    int defaultBits() const override { return m_params.grid.bits; }

    /// By the Hessian whatever the objective: a layer alone has no block.
    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        const auto start = std::chrono::steady_clock::now();
        RoundingVariables variables = variablesOf(task, context);
        const std::vector<std::uint8_t> nearest = variables.codes();
        std::vector<std::uint8_t> codes = nearest;
        if (task.statistics != nullptr) {
            const at::Tensor W = cpuFloat(task.weight);
            const at::Tensor H = cpuFloat(task.statistics->hessian());
            learn(variables, task.layer->name, context, [&](const at::Tensor &soft) {
                return (soft - W).matmul(H); // of tr(D H D^T) / 2: the mean over tokens
            });
            const auto errorOf = [&](const std::vector<std::uint8_t> &candidate) {
                const at::Tensor change = dequantizedCodes(candidate, variables.grids()) - W;
                return (change.matmul(H) * change).sum(at::kDouble).item<double>();
            };
            codes = variables.codes();
            codes = errorOf(codes) < errorOf(nearest) ? codes : nearest;
        }
        return finish(task, variables, codes, start);
    }

    QuantizedBlock quantizeBlock(const BlockTask &task, JobContext &context) const override
    {
        if (m_params.isByHessian()) {
            return WeightQuantizer::quantizeBlock(task, context);
        }
        return m_params.objective == byBlock ? learnBlock(task, context)
                                             : learnLayers(task, context);
    }

    std::int64_t memoryNeed(const QuantizerWork &work) const override
    {
        constexpr std::int64_t copies = 8; // floors, V, two moments, W, soft weights, gradient, D
        std::int64_t largest = 0;
        std::int64_t all = 0;
        std::int64_t widest = 0;
        for (const LayerInfo *layer : work.layers) {
            largest = std::max(largest, layer->rows * layer->cols * 4);
            all += layer->rows * layer->cols * 4;
            widest = std::max(widest, layer->cols);
        }
        if (m_params.objective == byBlock) {
            return copies * all + trainingMemory(work, false);
        }
        return copies * largest + (m_params.isByHessian() ? 0 : work.tokens * widest * 4);
    }

    std::int64_t storageBits(const LayerInfo &layer, int bits, std::optional<double>) const override
    {
        return uniformAffineStorage(layer.rows, layer.cols, m_params.grid.gridOptions(bits))
            .total();
    }

    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override
    {
        return UniformAffineWeight::outline(layer.rows, layer.cols,
                                            m_params.grid.gridOptions(bits));
    }

private:
    using Clock = std::chrono::steady_clock;

    RoundingVariables variablesOf(const LayerTask &task, JobContext &context) const
    {
        refuseRatio(task, "adaround");
        const at::Tensor W = cpuFloat(task.weight); // [rows, cols]
        GridOptions options = m_params.grid.gridOptions(task.bits);
        at::Tensor H;
        MatrixView<const float> hessian;
        if (options.clip == ClipSearch::Hessian && task.statistics != nullptr) {
            H = cpuFloat(task.statistics->hessian());
            hessian = matrixView(H);
        } else if (options.clip == ClipSearch::Hessian) { // an embedding has no inputs
            options.clip = ClipSearch::PowerNorm;
        }
        const MatrixView<const float> weights = matrixView(W);
        return {weights, fitGrids(weights, options, hessian, context.stopToken())};
    }

    RoundingSchedule schedule() const
    {
        return {m_params.steps, m_params.lambda, m_params.betaStart, m_params.betaEnd,
                m_params.warmUp};
    }

    /// `gradientOf` gives the loss's gradient with respect to the soft weights.
    template <typename GradientOf>
    void learn(RoundingVariables &variables, const std::string &name, JobContext &context,
               const GradientOf &gradientOf) const
    {
        const GridSet &grids = variables.grids();
        const at::Tensor soft = at::empty({grids.rows, grids.cols}, at::kFloat);
        for (int step = 0; step < m_params.steps; ++step) {
            context.throwIfCancelled();
            if (step % 100 == 0) {
                context.stage("adaround " + name + ", step " + std::to_string(step));
            }
            variables.softWeights(matrixView(soft));
            const at::Tensor gradient = cpuFloat(gradientOf(soft));
            const auto [lambda, beta] = schedule().at(step);
            variables.step(matrixView(gradient), m_params.learningRate, lambda, beta);
        }
    }

    static at::Tensor dequantizedCodes(const std::vector<std::uint8_t> &codes, const GridSet &grids)
    {
        at::Tensor result = at::empty({grids.rows, grids.cols}, at::kFloat);
        dequantize(codes, grids, matrixView(result));
        return result;
    }

    static QuantizedLayer finish(const LayerTask &task, const RoundingVariables &variables,
                                 const std::vector<std::uint8_t> &codes, Clock::time_point start)
    {
        QuantizedLayer result;
        result.layer = task.layer;
        result.weight = std::make_shared<UniformAffineWeight>(variables.grids(), codes);
        result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
        return result;
    }

    /// Sum over all tokens of |change x|^2; `change` [rows, cols].
    static double outputError(const at::Tensor &change, const std::vector<at::Tensor> &inputs,
                              JobContext &context)
    {
        double sum = 0;
        for (const at::Tensor &x : inputs) { // [tokens, cols]
            context.throwIfCancelled();
            sum += x.matmul(change.t()).square().sum().item<double>();
        }
        return sum;
    }

    QuantizedBlock learnLayers(const BlockTask &task, JobContext &context) const
    {
        QuantizedBlock result;
        for (const LayerTask &layer : task.layers) {
            const auto start = Clock::now();
            RoundingVariables variables = variablesOf(layer, context);
            const std::vector<std::uint8_t> nearest = variables.codes();
            const std::vector<at::Tensor> inputs = inputsOf(task, *layer.layer, context);
            const at::Tensor W = cpuFloat(layer.weight);
            Random random = context.random("adaround " + layer.layer->name);
            learn(variables, layer.layer->name, context, [&](const at::Tensor &soft) {
                const at::Tensor &x = inputs[random.below(inputs.size())]; // [tokens, cols]
                return (soft - W).matmul(x.t()).matmul(x) * (2.0 / static_cast<double>(x.size(0)));
            });
            const std::vector<std::uint8_t> learned = variables.codes();
            const auto errorWith = [&](const std::vector<std::uint8_t> &codes) {
                return outputError(dequantizedCodes(codes, variables.grids()) - W, inputs, context);
            };
            result.layers.push_back(
                finish(layer, variables,
                       errorWith(learned) < errorWith(nearest) ? learned : nearest, start));
            context.progress(static_cast<double>(result.layers.size()),
                             static_cast<double>(task.layers.size()));
        }
        return result;
    }

    /// What enters one layer on the quantized stream, sample by sample, [tokens, cols].
    static std::vector<at::Tensor> inputsOf(const BlockTask &task, const LayerInfo &layer,
                                            JobContext &context)
    {
        class Keeper final : public BlockHooks
        {
        public:
            explicit Keeper(const LayerInfo &info)
                : m_info(info)
            {
            }
            std::vector<at::Tensor> kept;
            at::Tensor beforeLayer(const LayerInfo &info, const at::Tensor &input) override
            {
                for (std::int64_t row = 0; info.name == m_info.name && row < input.size(0); ++row) {
                    kept.push_back(cpuFloat(input[row]).clone());
                }
                return input;
            }

        private:
            const LayerInfo &m_info;
        };
        Keeper keeper(layer);
        for (const StreamState &state : *task.quantizedInputs) {
            context.throwIfCancelled();
            StreamState copy = state;
            task.model->runBlock(*task.block, copy, &keeper);
        }
        return std::move(keeper.kept);
    }

    QuantizedBlock learnBlock(const BlockTask &task, JobContext &context) const
    {
        const auto start = Clock::now();
        std::vector<RoundingVariables> variables;
        std::vector<std::vector<std::uint8_t>> nearest;
        for (const LayerTask &layer : task.layers) {
            variables.push_back(variablesOf(layer, context));
            nearest.push_back(variables.back().codes());
        }
        const std::vector<TrainingSample> samples = trainingSamples(task, false, context);
        Random random = context.random("adaround " + task.layers.front().layer->name);
        for (int step = 0; step < m_params.steps; ++step) {
            if (step % 20 == 0) {
                context.stage("adaround block " + std::to_string(task.block->id().index) + ", step "
                              + std::to_string(step));
            }
            stepBlock(task, samples[random.below(samples.size())], step, variables, context);
            context.progress(step + 1, m_params.steps);
        }
        std::vector<std::vector<std::uint8_t>> learned;
        for (const RoundingVariables &layer : variables) {
            learned.push_back(layer.codes());
        }
        const bool isBetter = errorOf(task, samples, variables, learned, context)
            < errorOf(task, samples, variables, nearest, context);
        QuantizedBlock result;
        for (std::size_t i = 0; i < variables.size(); ++i) {
            result.layers.push_back(
                finish(task.layers[i], variables[i], isBetter ? learned[i] : nearest[i], start));
            result.layers.back().seconds /= static_cast<double>(variables.size());
        }
        return result;
    }

    void stepBlock(const BlockTask &task, const TrainingSample &sample, int step,
                   std::vector<RoundingVariables> &variables, JobContext &context) const
    {
        std::map<std::string, at::Tensor> weights;
        std::vector<at::Tensor> leaves;
        for (std::size_t i = 0; i < variables.size(); ++i) {
            const GridSet &grids = variables[i].grids();
            const at::Tensor soft = at::empty({grids.rows, grids.cols}, at::kFloat);
            variables[i].softWeights(matrixView(soft));
            leaves.push_back(soft.to(task.model->device()).requires_grad_(true));
            weights[task.layers[i].layer->tensor] = leaves.back();
        }
        {
            const c10::AutoGradMode gradients(true);
            const auto hidden = static_cast<double>(sample.target.size(-1));
            // Summed over channels, mean over tokens: the scale that lambda is meant for.
            (blockLoss(task, weights, sample, context) * hidden).backward();
        }
        const auto [lambda, beta] = schedule().at(step);
        for (std::size_t i = 0; i < variables.size(); ++i) {
            const at::Tensor gradient = cpuFloat(leaves[i].grad());
            variables[i].step(matrixView(gradient), m_params.learningRate, lambda, beta);
        }
    }

    static double errorOf(const BlockTask &task, const std::vector<TrainingSample> &samples,
                          const std::vector<RoundingVariables> &variables,
                          const std::vector<std::vector<std::uint8_t>> &codes, JobContext &context)
    {
        std::map<std::string, at::Tensor> weights;
        for (std::size_t i = 0; i < variables.size(); ++i) {
            weights[task.layers[i].layer->tensor]
                = dequantizedCodes(codes[i], variables[i].grids()).to(task.model->device());
        }
        double error = 0;
        for (const TrainingSample &sample : samples) {
            error += blockLoss(task, weights, sample, context).item<double>();
        }
        return error;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, adaround, AdaRound);

} // namespace bitprism
