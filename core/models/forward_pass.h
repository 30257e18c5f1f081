// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/models/model.h"

#include <functional>
#include <memory>

namespace bitprism {

/// Loads one tensor by its checkpoint name, through the model's overlay, FP32, on the device.
using TensorLoader = std::function<at::Tensor(const std::string &name)>;

/// The forward pass of one family bound to one configuration; stateless between calls.
class ForwardPass
{
public:
    virtual ~ForwardPass() = default;
    virtual StreamState begin(const TensorLoader &load, int stack, const Batch &batch) const = 0;
    /// `layers` are the block's layers; hooks get them by reference.
    virtual void runBlock(const Block &block, const std::vector<const LayerInfo *> &layers,
                          StreamState &state, BlockHooks *hooks) const = 0;
    virtual at::Tensor finish(const TensorLoader &load, int stack, const StreamState &state,
                              BlockHooks *hooks) const = 0;
};

/// Component of kind `forward`; its id equals the family's.
class ForwardPassFactory
{
public:
    using Interface = ForwardPassFactory;
    static constexpr Kind kind = Kind::forward;
    virtual ~ForwardPassFactory() = default;
    virtual std::unique_ptr<ForwardPass> bind(const ModelInfo &info, const Json &config) const = 0;
};

} // namespace bitprism
