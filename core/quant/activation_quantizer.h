// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/calib/layer_statistics.h"
#include "core/models/block.h"

#include <ATen/ATen.h>
#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <set>
#include <string>

namespace bitprism {

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

    /// What was fitted, to be kept with a run, and back.
    virtual Json state() const;
    virtual void restore(const Json &state);
};

/// Quantizes the inputs of the layers named and leaves all others alone.
class ActivationHooks final : public BlockHooks
{
public:
    ActivationHooks(std::shared_ptr<const ActivationQuantizer> quantizer,
                    std::set<std::string> layers);

    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override;

private:
    std::shared_ptr<const ActivationQuantizer> m_quantizer;
    std::set<std::string> m_layers;
};

} // namespace bitprism
