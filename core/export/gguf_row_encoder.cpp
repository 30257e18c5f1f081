// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/gguf_row_encoder.h"

#include "core/io/checkpoint_format.h"
#include "core/kernels/ggml_codec.h"
#include "core/kernels/ggml_direct.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace bitprism {

GgufRowEncoder::GgufRowEncoder(const GgufPlannedTensor &planned, const io::Checkpoint &checkpoint)
    : m_planned(planned)
    , m_checkpoint(checkpoint)
    , m_cols(planned.declaration.shape.back())
{
    if (planned.codes) {
        m_blocks = ggmlBlocksOf(*planned.codes(), planned.source->name);
        return;
    }
    if (planned.values || readsRows()) {
        return;
    }
    m_whole = checkpoint.readFloat(planned.source->name);
    if (planned.isTransposed) {
        m_whole = turned(m_whole);
    }
}

/// Whether the stored tensor gives single rows for what they cost.
bool GgufRowEncoder::readsRows() const
{
    const io::TensorInfo &source = *m_planned.source;
    const io::CodedTensor *codes = m_checkpoint.coded(source.name);
    const bool isWhole
        = codes != nullptr ? codes->isDecodedAsWhole() : isEightBitFloat(source.dtype);
    return source.shape.size() == 2 && !m_planned.isTransposed && !isWhole;
}

std::int64_t GgufRowEncoder::rows() const
{
    std::int64_t rows = 1;
    for (std::size_t i = 0; i + 1 < m_planned.declaration.shape.size(); ++i) {
        rows *= m_planned.declaration.shape[i];
    }
    return rows;
}

std::vector<std::byte> GgufRowEncoder::encode(std::int64_t firstRow, std::int64_t count) const
{
    return m_planned.codes ? copyBlocks(firstRow, count) : encodeValues(firstRow, count);
}

std::vector<std::byte> GgufRowEncoder::encodeValues(std::int64_t firstRow, std::int64_t count) const
{
    std::vector<float> values(static_cast<std::size_t>(count * m_cols));
    const bool isInOrder = m_planned.headSize == 0;
    if (isInOrder) {
        read(firstRow, values);
    }
    for (std::int64_t i = 0; !isInOrder && i < count; ++i) {
        read(storedRow(firstRow + i),
             std::span(values).subspan(static_cast<std::size_t>(i * m_cols),
                                       static_cast<std::size_t>(m_cols)));
    }
    requireFinite(values);
    const MatrixView<const float> view(values.data(), count, m_cols);
    return m_planned.isDirect ? encodeGgmlDirect(m_planned.type, view)
                              : encodeGgml(m_planned.type, view, m_planned.importance);
}

/// The encoders refuse such values too, but know neither file nor tensor.
void GgufRowEncoder::requireFinite(std::span<const float> values) const
{
    const bool isFinite = std::all_of(values.begin(), values.end(),
                                      [](float value) { return std::isfinite(value); });
    if (!isFinite && m_planned.source != nullptr) {
        const std::string &name = m_planned.source->name;
        m_checkpoint.requireFinite(name, m_checkpoint.readFloat(name));
    }
}

/// Codes of a run as they are; only their rows may have another order.
std::vector<std::byte> GgufRowEncoder::copyBlocks(std::int64_t firstRow, std::int64_t count) const
{
    const auto rowBytes = static_cast<std::size_t>(ggmlRowBytes(m_planned.type, m_cols));
    std::vector<std::byte> bytes;
    bytes.reserve(static_cast<std::size_t>(count) * rowBytes);
    for (std::int64_t row = firstRow; row < firstRow + count; ++row) {
        const std::int64_t from = m_planned.headSize == 0 ? row : storedRow(row);
        const auto begin = m_blocks.begin()
            + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(from) * rowBytes);
        bytes.insert(bytes.end(), begin, begin + static_cast<std::ptrdiff_t>(rowBytes));
    }
    return bytes;
}

/// The checkpoint's row that stands at `row` of the file: the inverse of interleavedRow().
std::int64_t GgufRowEncoder::storedRow(std::int64_t row) const
{
    const std::int64_t size = m_planned.headSize;
    const std::int64_t inHead = row % size;
    return row - inHead + inHead % 2 * (size / 2) + inHead / 2;
}

void GgufRowEncoder::read(std::int64_t row, std::span<float> values) const
{
    if (m_planned.values) {
        std::copy_n(m_planned.values->begin() + row * m_cols, values.size(), values.begin());
    } else if (!m_whole.empty()) {
        std::copy_n(m_whole.begin() + row * m_cols, values.size(), values.begin());
    } else {
        m_checkpoint.readRowsInto(m_planned.source->name, row, values);
    }
}

std::vector<float> GgufRowEncoder::turned(const std::vector<float> &stored) const
{
    std::vector<float> result(stored.size());
    const std::int64_t count = std::ssize(stored) / m_cols;
    for (std::int64_t c = 0; c < m_cols; ++c) {
        for (std::int64_t r = 0; r < count; ++r) {
            result[static_cast<std::size_t>(r * m_cols + c)]
                = stored[static_cast<std::size_t>(c * count + r)];
        }
    }
    return result;
}

} // namespace bitprism
