// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/checkpoint.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism::io {

void Checkpoint::applyScales(const TensorInfo &tensor, std::span<float> values) const
{
    const TensorInfo *scale = find(tensor.name + "_scale");
    scale = scale != nullptr ? scale : find(tensor.name + "_scale_inv");
    if (scale == nullptr) {
        return;
    }
    const std::int64_t rows = tensor.shape.size() == 2 ? tensor.shape[0] : 1;
    const std::int64_t cols = rows == 0 ? 0 : tensor.elements() / rows;
    const std::vector<std::int64_t> &shape = scale->shape;
    const std::int64_t scaleCols = shape.size() == 2 ? shape[1] : 1;
    const std::int64_t scaleRows = scaleCols == 0 ? 0 : scale->elements() / scaleCols;
    const std::int64_t blockRows = scaleRows == 0 ? 0 : blockSize(rows, scaleRows, 0);
    const std::int64_t blockCols = scaleCols == 0 ? 0 : blockSize(cols, scaleCols, 1);
    if (blockRows == 0 || blockCols == 0 || isEightBitFloat(scale->dtype)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: scales \"%2\" of shape %3 do not fit a weight of "
                                "shape %4; the checkpoint is damaged."),
                    fileOf(*scale), scale->name, shapeText(shape), shapeText(tensor.shape));
    }
    const std::vector<float> factors = readFloat(scale->name);
    for (std::int64_t i = 0; i < rows; ++i) {
        for (std::int64_t j = 0; j < cols; ++j) {
            values[static_cast<std::size_t>(i * cols + j)]
                *= factors[static_cast<std::size_t>(i / blockRows * scaleCols + j / blockCols)];
        }
    }
}

std::int64_t Checkpoint::blockSize(std::int64_t length, std::int64_t scales, int axis) const
{
    if (scales == 1 || scales == length) {
        return scales == 1 ? std::max<std::int64_t>(length, 1) : 1;
    }
    std::int64_t size = 128;
    const Json *quantization
        = m_config->contains("quantization_config") ? &(*m_config)["quantization_config"] : nullptr;
    if (quantization != nullptr && quantization->is_object()
        && quantization->contains("weight_block_size")) {
        const Json &sizes = (*quantization)["weight_block_size"];
        const bool isPair = sizes.is_array() && sizes.size() == 2;
        const std::size_t place = static_cast<std::size_t>(axis);
        size = isPair && sizes[place].is_number_unsigned() && sizes[place] <= 1'000'000
            ? sizes[place].get<std::int64_t>()
            : 0;
    }
    return size > 0 && (length + size - 1) / size == scales ? size : 0;
}

} // namespace bitprism::io
