// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/export_subject.h"
#include "core/families/describe.h"
#include "core/kernels/ggml_blocks.h"
#include "core/kernels/ggml_codec.h"
#include "core/kernels/uniform_affine.h"
#include "tests/support/toy_checkpoint.h"

#include <QtCore/QTemporaryDir>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bitprism::test {

/// Sizes that all packings divide.
inline ToyLlama dividing()
{
    ToyLlama toy;
    toy.hidden = 64;
    toy.intermediate = 96;
    toy.heads = 4;
    toy.keyValueHeads = 2;
    toy.headSize = 16;
    toy.vocabulary = 288;
    toy.hasTokenizer = true;
    return toy;
}

/// A toy checkpoint with codes for the layers of its blocks, as a run leaves them.
class CodedSubject final : public ExportSubject
{
public:
    using Quantizer = std::function<QuantizedWeightPtr(const LayerInfo &, MatrixView<const float>)>;

    CodedSubject(const std::filesystem::path &folder, const Quantizer &quantize)
        : m_checkpoint(folder)
        , m_info(describeModel(m_checkpoint))
    {
        for (const LayerInfo &layer : m_info.layers) {
            if (layer.block >= 0) {
                const std::vector<float> weights = m_checkpoint.readFloat(layer.tensor);
                m_codes[layer.tensor] = quantize(layer, {weights.data(), layer.rows, layer.cols});
            }
        }
    }

    const io::Checkpoint &checkpoint() const override { return m_checkpoint; }
    const ModelInfo &info() const override { return m_info; }
    QuantizedWeightPtr codes(const std::string &tensor) const override
    {
        const auto found = m_codes.find(tensor);
        return found == m_codes.end() ? nullptr : found->second;
    }
    std::optional<std::vector<float>> values(const std::string &tensor) const override
    {
        const QuantizedWeightPtr weight = codes(tensor);
        const auto *affine = dynamic_cast<const UniformAffineWeight *>(weight.get());
        if (weight == nullptr || (affine != nullptr && affine->isOutline())) {
            return std::nullopt;
        }
        std::vector<float> result(static_cast<std::size_t>(weight->rows() * weight->cols()));
        weight->dequantize(result);
        return result;
    }

private:
    io::Checkpoint m_checkpoint;
    ModelInfo m_info;
    std::map<std::string, QuantizedWeightPtr> m_codes;
};

/// Round to nearest on uniform grids.
inline QuantizedWeightPtr uniformCodes(MatrixView<const float> weights, const GridOptions &options)
{
    const GridSet grids = fitGrids(weights, options);
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(weights.rows * weights.cols));
    quantizeCodes(weights, grids, codes);
    return std::make_shared<UniformAffineWeight>(grids, codes);
}

} // namespace bitprism::test
