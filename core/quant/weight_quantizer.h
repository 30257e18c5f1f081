// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/job_context.h"
#include "core/calib/layer_statistics.h"
#include "core/kernels/encoding.h"
#include "core/models/model.h"
#include "core/quant/tensor_edits.h"

#include <ATen/ATen.h>

#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// One layer to quantize. `bits` and `ratio` are resolved: override before allocation before the
/// quantizer's own parameter.
struct LayerTask
{
    const LayerInfo *layer = nullptr;
    at::Tensor weight; ///< [rows, cols], FP32, on the model's device
    int bits = 4;
    std::optional<double> ratio;
    /// Statistics of this layer's input, one object for all layers of an input group. Null when the
    /// quantizer's needs() asked for none, and for an embedding, which has no input.
    const LayerStatistics *statistics = nullptr;
    /// What channelScores() made of the layer; undefined where the quantizer asked for no
    /// gradients, and for layers outside the blocks.
    at::Tensor scores = {};
};

struct QuantizedLayer
{
    const LayerInfo *layer = nullptr;
    QuantizedWeightPtr weight;
    double seconds = 0;
    /// What the codes stand for on the layer's original inputs and outputs, [rows, cols], where the
    /// quantizer scaled these; undefined: what `weight` dequantizes to. Errors are measured on it.
    at::Tensor effective;
};

/// A quantized block: its layers, in the task's order, and what else of it changed. The edits may
/// name tensors of layers that are quantized too; their codes win.
struct QuantizedBlock
{
    std::vector<QuantizedLayer> layers;
    TensorEdits edits;
};

/// A whole block to quantize, for methods that optimise its layers together.
struct BlockTask
{
    const Model *model = nullptr;
    const Block *block = nullptr;
    std::vector<LayerTask> layers;
    /// Filled only if needs().blockStates: inputs of the block from the quantized stream and from
    /// the full-precision one, and what the full-precision block gives on the latter, state by
    /// state. Both streams start from the same embeddings. Not to be written into.
    const std::vector<StreamState> *quantizedInputs = nullptr;
    const std::vector<StreamState> *fullInputs = nullptr;
    const std::vector<at::Tensor> *targets = nullptr;
};

/// What a quantizer wants collected before it is called.
struct QuantizerNeeds
{
    StatisticsNeeds statistics;
    /// BlockTask's states: a second, full-precision stream runs beside the quantized one.
    bool blockStates = false;
    /// Runs of the block over the whole calibration set that the quantizer makes by itself, in
    /// forward passes: for estimates and progress.
    double extraPasses = 0;
    double sampleRuns = 0; ///< the same, of the block on one sample
    /// Fisher information of the loss, collected on the unquantized model before the first block:
    /// channelScores() is called with it, and its result comes back with each task.
    bool gradients = false;
    /// channelScores() keeps a number for each weight, which stay in memory for the whole run.
    bool weightScores = false;
    /// Input groups of a block are quantized one after another, in model order, with statistics
    /// collected anew in between (GPTQ's true-sequential).
    bool sequentialGroups = false;
    /// Scales move between layers and what feeds them, so nothing may stand between while the model
    /// runs (an online rotation).
    bool foldsScales = false;
};

/// What a quantizer will work on, for its statement of memory.
struct QuantizerWork
{
    std::vector<const LayerInfo *> layers; ///< those of one block that go to this quantizer
    std::int64_t blockBytes = 0; ///< of the loaded block
    std::int64_t workingBytesPerToken = 0; ///< Model::workingBytesPerToken()
    std::int64_t hiddenSize = 0;
    std::int64_t tokens = 0; ///< of the calibration set
    std::int64_t sampleTokens = 0; ///< of its longest sample
};

/// Turns weights into codes. A component of kind `weights`; holds parameters and nothing else.
class WeightQuantizer
{
public:
    using Interface = WeightQuantizer;
    static constexpr Kind kind = Kind::weights;
    virtual ~WeightQuantizer() = default;

    virtual QuantizerNeeds needs() const { return {}; }
    /// Width used where neither an override nor the allocation names one.
    virtual int defaultBits() const = 0;
    /// Share of high-impact weights where neither an override nor the allocation names one; nothing
    /// for methods that keep none.
    virtual std::optional<double> defaultRatio() const { return std::nullopt; }
    /// Of methods with ratios: `params` (keys of the component, as a request has them) filled in
    /// for probes, with high-impact weights of `highBits`, and cheap unless they ask for more.
    virtual Json probeParameters(const Json &params, int highBits) const;
    virtual QuantizedLayer quantize(const LayerTask &task, JobContext &context) const = 0;
    /// Makes something small of a layer's diagonal Fisher information, `fisher` [rows, cols]; only
    /// for quantizers whose needs() name gradients.
    virtual at::Tensor channelScores(const LayerTask &task, const at::Tensor &fisher,
                                     JobContext &context) const;
    /// Layers fed by one tensor get the sum of their scores.
    virtual bool sharesScores() const { return false; }
    /// Methods that see the whole block override this; by default layer after layer.
    /// `context.progress` counts the block's own work.
    virtual QuantizedBlock quantizeBlock(const BlockTask &task, JobContext &context) const;
    /// Bytes held at most beside the layers' weights, codes and statistics.
    virtual std::int64_t memoryNeed(const QuantizerWork &) const { return 0; }
    /// Width of a layer's codes on average: what bit operations are counted with.
    virtual double meanBits(const LayerInfo & /*layer*/, int bits,
                            std::optional<double> /*ratio*/) const
    {
        return bits;
    }
    /// Exact stored bits of a layer of this shape, without quantizing it: what allocators budget.
    virtual std::int64_t storageBits(const LayerInfo &layer, int bits,
                                     std::optional<double> ratio) const = 0;
    /// What becomes of a layer that cannot have what was asked, as the end of a sentence about one
    /// or several ("stored as q4_0: ..."); empty: nothing.
    virtual std::string fallback(const LayerInfo &) const { return {}; }
    /// The form of the codes of a layer of this shape before they are made, without values: what
    /// export formats are asked with before a run.
    virtual QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const = 0;
};

/// For quantizers whose layers have one width throughout: BadInput naming layer and quantizer when
/// a share of high-impact weights was asked for.
void refuseRatio(const LayerTask &task, std::string_view quantizerId);

} // namespace bitprism
