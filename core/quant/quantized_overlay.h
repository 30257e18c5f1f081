// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/models/model.h"

#include <map>
#include <string>

namespace bitprism {

/// The weights of a quantized weight, [rows, cols], FP32, on the CPU.
at::Tensor dequantized(const QuantizedWeight &weight);

/// A model whose layers' weights come from codes: they are dequantized when a block is loaded.
/// Holds the packed codes of all layers added. Add between uses, not during one.
class QuantizedOverlay final : public WeightOverlay
{
public:
    explicit QuantizedOverlay(at::Device device = at::kCPU)
        : m_device(device)
    {
    }

    /// `layer.tensor` is replaced from now on; throws InternalError on another shape.
    void add(const LayerInfo &layer, QuantizedWeightPtr weight);
    /// Null for a layer that stays as it is stored.
    const QuantizedWeight *find(const std::string &tensorName) const;

    std::optional<at::Tensor> tensor(const std::string &name) const override;

private:
    std::map<std::string, QuantizedWeightPtr> m_weights; ///< by tensor name
    at::Device m_device;
};

} // namespace bitprism
