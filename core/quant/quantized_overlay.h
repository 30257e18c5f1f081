// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/models/model.h"
#include "core/quant/tensor_edits.h"

#include <map>
#include <string>

namespace bitprism {

/// The weights of a quantized weight, [rows, cols], FP32, on the CPU.
at::Tensor dequantized(const QuantizedWeight &weight);

/// A model whose layers' weights come from codes, dequantized when a block is loaded, and some of
/// whose other tensors were edited (tensor_edits.h). Holds the packed codes of all layers added.
/// Add between uses, not during one.
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
    /// The same, shared.
    QuantizedWeightPtr codes(const std::string &tensorName) const;

    /// Serves `edits` from now on, but codes before edits. Throws BadInput, naming `where`, for a
    /// tensor that `model` has not, or has in another shape: edits may come from a file.
    void edit(const Model &model, const TensorEdits &edits, std::string_view where);
    const TensorEdits &edits() const { return m_edits; }

    /// The weights of codes, or an edited tensor. Exporters ask this for whatever they do not write
    /// as codes.
    std::optional<at::Tensor> tensor(const std::string &name) const override;

private:
    std::map<std::string, QuantizedWeightPtr> m_weights; ///< by tensor name
    TensorEdits m_edits;
    at::Device m_device;
};

} // namespace bitprism
