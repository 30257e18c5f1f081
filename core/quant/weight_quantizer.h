// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/job_context.h"
#include "core/calib/layer_statistics.h"
#include "core/kernels/encoding.h"
#include "core/models/model.h"

#include <ATen/ATen.h>

#include <optional>
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
};

struct QuantizedLayer
{
    const LayerInfo *layer = nullptr;
    QuantizedWeightPtr weight;
    double seconds = 0;
};

/// A whole block to quantize, for methods that optimise its layers together.
struct BlockTask
{
    const Model *model = nullptr;
    const Block *block = nullptr;
    std::vector<LayerTask> layers;
    /// Inputs of the block per sample from the quantized stream, and what the full-precision block
    /// gives on the full-precision stream's inputs. Filled only if needs().blockStates.
    const std::vector<StreamState> *quantizedInputs = nullptr;
    const std::vector<at::Tensor> *targets = nullptr;
};

/// What a quantizer wants collected before it is called.
struct QuantizerNeeds
{
    StatisticsNeeds statistics;
    bool blockStates = false;
    bool gradients = false;
    /// Input groups of a block are quantized one after another, in model order, with statistics
    /// collected anew in between (GPTQ's true-sequential).
    bool sequentialGroups = false;
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
    virtual QuantizedLayer quantize(const LayerTask &task, JobContext &context) const = 0;
    /// Methods that see the whole block override this; by default layer after layer.
    virtual std::vector<QuantizedLayer> quantizeBlock(const BlockTask &task,
                                                      JobContext &context) const;
    /// Exact stored bits of a layer of this shape, without quantizing it: what allocators budget.
    virtual std::int64_t storageBits(const LayerInfo &layer, int bits,
                                     std::optional<double> ratio) const = 0;
};

/// For quantizers whose layers have one width throughout: BadInput naming layer and quantizer when
/// a share of high-impact weights was asked for.
void refuseRatio(const LayerTask &task, std::string_view quantizerId);

} // namespace bitprism
