// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/importance.h"
#include "core/kernels/ggml_types.h"
#include "core/quant/weight_quantizer.h"

#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

struct GgmlParams
{
    std::string importance = "none";
    std::string imatrix;
    std::string indivisible = "fallback";

    void visit(ParamVisitor &v);
    std::optional<ParamProblem> check() const;
};

/// What the quantizers of ggml's block types share: each is a component of its own, so that a run
/// names what llama.cpp would write.
class GgmlQuantizer : public WeightQuantizer
{
public:
    GgmlQuantizer(GgmlType type, std::string_view id, const GgmlParams &params)
        : m_type(type)
        , m_id(id)
        , m_params(params)
    {
    }

    QuantizerNeeds needs() const override;
    int defaultBits() const override { return ggmlTypeInfo(m_type).bits; }
    /// With importance: the mean square of the layer's inputs weighs the columns' errors (the
    /// diagonal of the Hessian), as measured or as a file of llama.cpp says; a layer without
    /// inputs, or without an entry in the file, counts all alike.
    QuantizedLayer quantize(const LayerTask &task, JobContext &context) const override;
    /// Throws BadInput for a width or a ratio that the type does not have, for columns that its
    /// blocks do not divide where no fallback is wanted, and for a file of importance that can't
    /// be read.
    std::int64_t storageBits(const LayerInfo &layer, int bits,
                             std::optional<double> ratio) const override;
    QuantizedWeightPtr outline(const LayerInfo &layer, int bits) const override;
    std::string fallback(const LayerInfo &layer) const override;
    /// Of the type in force: a layer that no block divides keeps 16 bits.
    double meanBits(const LayerInfo &layer, int bits, std::optional<double> ratio) const override;

private:
    /// The type in force for a layer.
    GgmlType typeFor(const LayerInfo &layer, int bits) const;
    /// Of the file, read once.
    const ImportanceMatrix &importanceFile() const;
    /// By column; empty: all alike.
    std::vector<float> importanceOf(const LayerTask &task) const;

    GgmlType m_type;
    std::string_view m_id;
    GgmlParams m_params;
    mutable std::once_flag m_importanceRead;
    mutable ImportanceMatrix m_importance;
};

} // namespace bitprism
