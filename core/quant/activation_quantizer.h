// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/calib/layer_statistics.h"
#include "core/models/block.h"

#include <ATen/ATen.h>
#include <nlohmann/json_fwd.hpp>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bitprism {

class ActivationSearch;

/// Rounds layer inputs while a model runs. A component of kind `activations`, and its execution:
/// make a new one for each model. What fit() learns is the state.
class ActivationQuantizer
{
public:
    using Interface = ActivationQuantizer;
    static constexpr Kind kind = Kind::activations;
    virtual ~ActivationQuantizer() = default;

    /// True for the component that changes nothing.
    virtual bool isIdentity() const { return false; }
    /// Width of the codes; 16 for none.
    virtual int bits() const { return 16; }
    /// What fit() wants; nothing for dynamic quantizers, which are never fitted.
    virtual StatisticsNeeds needs() const { return {}; }
    /// Learns the grid of one layer's input from the calibration set.
    virtual void fit(const LayerInfo &, const LayerStatistics &) { }
    /// `input` [..., cols] fake-quantized: same shape, FP32. A layer that needed fitting and was
    /// not fitted is an InternalError.
    virtual at::Tensor quantize(const at::Tensor &input, const LayerInfo &layer) const = 0;

    /// Whether the grids are found by search() instead, once, behind the weights' quantization.
    virtual bool searchesOutput() const { return false; }
    /// Whether the network of the search computes with quantized weights.
    virtual bool searchesWithQuantizedWeights() const { return false; }
    /// Runs of the calibration set through the model that search() takes, for estimates; going
    /// backwards counts as three. `samples` and their `length` in number.
    virtual double searchRuns(std::int64_t /*samples*/, std::int64_t /*length*/) const { return 0; }
    /// Searches on the network's output (core/quant/activation_search.h).
    virtual void search(ActivationSearch &) { }
    /// What the search found, a phrase each, for the notes of a run.
    virtual std::vector<std::string> findings() const { return {}; }

    /// Whether what a post-norm shortcut takes from a norm is rounded too, on the grid of the
    /// layers that read the norm.
    virtual bool quantizesShortcuts() const { return false; }
    /// Whether what attention multiplies is rounded too: quantize() and fit() then get it under the
    /// name of its attentionSite(), with all its numbers as one channel, and a search sees it as
    /// the input of one (its probabilities as of no tokens).
    virtual bool quantizesAttention() const { return false; }

    /// What was fitted or searched, to be kept with a run, and back; restore() throws BadInput for
    /// anything else.
    virtual Json state() const;
    virtual void restore(const Json &state);
};

/// Which layer's grid rounds what a shortcut takes from a norm: a layer that reads the norm.
using ShortcutGrids = std::map<std::pair<BlockId, ShortcutPart>, const LayerInfo *>;

/// Quantizes the inputs of the layers named, what `shortcuts` take and what the attention of
/// `attention`'s blocks multiplies, and leaves all others alone.
class ActivationHooks final : public BlockHooks
{
public:
    ActivationHooks(std::shared_ptr<const ActivationQuantizer> quantizer,
                    std::set<std::string> layers, ShortcutGrids shortcuts = {},
                    std::set<BlockId> attention = {});

    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override;
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override;
    at::Tensor shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor) override;

private:
    std::shared_ptr<const ActivationQuantizer> m_quantizer;
    std::set<std::string> m_layers;
    ShortcutGrids m_shortcuts;
    std::set<BlockId> m_attention;
};

} // namespace bitprism
