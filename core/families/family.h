// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/io/checkpoint.h"
#include "core/results/model_info.h"

#include <string_view>
#include <vector>

namespace bitprism {

/// What the core knows of an architecture without running it: configuration, tensor names, layer
/// kinds, input groups and producers. A component of kind `family`; its forward pass is another.
class Family
{
public:
    using Interface = Family;
    static constexpr Kind kind = Kind::family;
    virtual ~Family() = default;

    /// The values of config.json's `model_type` that open as this family.
    virtual std::vector<std::string_view> modelTypes() const = 0;
    /// Fills family, sizes, stacks and layers of `info`, whose other fields are set (path, dtype,
    /// parameters, bytes). Layers stand by block, then attention, then the feed-forward part.
    /// A configuration with absurd values, or a tensor whose shape contradicts it, is BadInput; a
    /// missing tensor makes the model not runnable, with the reason in `problem`.
    virtual void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const = 0;
};

} // namespace bitprism
