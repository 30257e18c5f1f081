// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/uniform_affine.h"
#include "core/quant/block_training.h"
#include "core/quant/learned_clip.h"
#include "core/quant/tensor_view.h"
#include "core/quant/uniform_params.h"
#include "core/quant/weight_quantizer.h"

#include <c10/core/GradMode.h>

#include <chrono>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

struct OmniQuantClipParams
{
    FixedRuleParams grid;
    int epochs = 20;
    double learningRate = 0.01;
    bool augmentedLoss = false;

    void visit(ParamVisitor &v)
    {
        grid.visit(v);
        v.integer("epochs", epochs, {0, 1000},
                  {BITPRISM_TR("Component", "Epochs"),
                   BITPRISM_TR("Component",
                               "Passes over the calibration samples, one step for each sample.")});
        v.real("learning_rate", learningRate, {1e-5, 1, Scale::Logarithmic},
               {BITPRISM_TR("Component", "Learning rate"),
                BITPRISM_TR("Component", "Of the clipping factors' logits.")});
        v.flag("aug_loss", augmentedLoss,
               {BITPRISM_TR("Component", "Second target"),
                BITPRISM_TR("Component",
                            "Learn against the full-precision block on the quantized stream's "
                            "inputs too; for 2 bits.")});
    }
};

/// OmniQuant's learnable weight clipping, block by block.
class OmniQuantClip final : public WeightQuantizer
{
public:
    using Params = OmniQuantClipParams;
    static ComponentInfo info()
    {
        return {Kind::weights,
                "omniquant-clip",
                BITPRISM_TR("Component", "OmniQuant, learned clipping"),
                "Shao et al., OmniQuant, arXiv 2308.13137, section 3.2",
                {}};
    }
    explicit OmniQuantClip(const Params &params)
        : m_params(params)
    {
    }

    QuantizerNeeds needs() const override
    {
        QuantizerNeeds needs;
        needs.statistics.hessian = true;
        needs.blockStates = true;
        // Each epoch: forward, backward (twice a forward), and the forward pass that judges it.
        needs.extraPasses = 4.0 * m_params.epochs + (m_params.augmentedLoss ? 2 : 1);
        return needs;
    }
    int defaultBits() const override { return m_params.grid.bits; }

    /// A layer alone learns against its own output, by the Hessian; without inputs it keeps the
    /// whole range.
    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override
    {
        const auto start = std::chrono::steady_clock::now();
        refuseRatio(task, "omniquant-clip");
        std::vector<LearnedClip> clips{clipOf(task)};
        if (task.statistics == nullptr) {
            clips[0].open();
            return finish(task, clips[0], start);
        }
        const at::Tensor W = cpuFloat(task.weight);
        const at::Tensor H = cpuFloat(task.statistics->hessian());
        const auto lossOf = [&] {
            const at::Tensor change = clips[0].weights() - W;
            return (change.matmul(H) * change).sum();
        };
        constexpr int stepsPerEpoch = 16;
        train(
            clips, stepsPerEpoch, context, [&](int) { return lossOf(); },
            [&] { return lossOf().item<double>(); });
        return finish(task, clips[0], start);
    }

    QuantizedBlock quantizeBlock(const BlockTask &task, JobContext &context) const override
    {
        const auto start = std::chrono::steady_clock::now();
        std::vector<LearnedClip> clips;
        for (const LayerTask &layer : task.layers) {
            refuseRatio(layer, "omniquant-clip");
            clips.push_back(clipOf(layer));
        }
        const std::vector<TrainingSample> samples
            = trainingSamples(task, m_params.augmentedLoss, context);
        const auto lossOf = [&](const TrainingSample &sample) {
            std::map<std::string, at::Tensor> weights;
            for (std::size_t i = 0; i < clips.size(); ++i) {
                weights[task.layers[i].layer->tensor] = clips[i].weights();
            }
            return blockLoss(task, weights, sample, context);
        };
        const auto meanLoss = [&] {
            double sum = 0;
            for (const TrainingSample &sample : samples) {
                sum += lossOf(sample).item<double>();
            }
            return sum / static_cast<double>(samples.size());
        };
        train(
            clips, static_cast<int>(samples.size()), context,
            [&](int i) { return lossOf(samples[static_cast<std::size_t>(i)]); }, meanLoss);
        QuantizedBlock result;
        for (std::size_t i = 0; i < clips.size(); ++i) {
            result.layers.push_back(finish(task.layers[i], clips[i], start));
            result.layers.back().seconds /= static_cast<double>(clips.size());
        }
        return result;
    }

    std::int64_t memoryNeed(const QuantizerWork &work) const override
    {
        constexpr std::int64_t graphWeights = 8; // W and what fake quantization keeps of it
        return graphWeights * work.blockBytes + trainingMemory(work, m_params.augmentedLoss);
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
        return m_params.grid.gridOptions(bits, RangeRule::OmniAsym, RangeRule::OmniSym);
    }

    LearnedClip clipOf(const LayerTask &task) const
    {
        return {task.weight, gridOptions(task.bits)};
    }

    /// Trains until the epochs end or the loss is no number, and leaves the logits that judged
    /// best, those at the start included.
    template <typename StepLoss, typename MeanLoss>
    void train(std::vector<LearnedClip> &clips, int steps, JobContext &context,
               const StepLoss &stepLoss, const MeanLoss &meanLoss) const
    {
        double least = meanLoss();
        for (LearnedClip &clip : clips) {
            clip.keep();
        }
        for (int epoch = 0; epoch < m_params.epochs; ++epoch) {
            context.stage("omniquant-clip, epoch " + std::to_string(epoch + 1) + " of "
                          + std::to_string(m_params.epochs));
            for (int i = 0; i < steps; ++i) {
                context.throwIfCancelled();
                for (LearnedClip &clip : clips) {
                    clip.beginStep();
                }
                {
                    const c10::AutoGradMode gradients(true);
                    stepLoss(i).backward();
                }
                for (LearnedClip &clip : clips) {
                    clip.endStep(m_params.learningRate);
                }
                context.progress(epoch * steps + i + 1, m_params.epochs * steps);
            }
            const double loss = meanLoss();
            if (!std::isfinite(loss)) {
                break;
            }
            if (loss < least) {
                least = loss;
                for (LearnedClip &clip : clips) {
                    clip.keep();
                }
            }
        }
        for (LearnedClip &clip : clips) {
            clip.restoreKept();
        }
    }

    static QuantizedLayer finish(const LayerTask &task, const LearnedClip &clip,
                                 std::chrono::steady_clock::time_point start)
    {
        QuantizedLayer result;
        result.layer = task.layer;
        const at::Tensor W = cpuFloat(task.weight);
        GridSet grids = clip.grids();
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(W.numel()));
        quantizeCodes(matrixView(W), grids, codes);
        result.weight = std::make_shared<UniformAffineWeight>(std::move(grids), codes);
        result.seconds
            = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, omniquant_clip, OmniQuantClip);

} // namespace bitprism
