// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"
#include "core/kernels/ggml_types.h"

#include <memory>
#include <vector>

namespace bitprism {

/// Stored bits of a matrix in blocks of this type; `cols` is a multiple of the block.
StorageBits ggmlStorage(GgmlType type, std::int64_t rows, std::int64_t cols);

/// A layer as ggml's own blocks: the arrays of its file are what a GGUF file holds, byte for byte.
class GgmlWeight final : public QuantizedWeight
{
public:
    /// `blocks` are rows * ggmlRowBytes(type, cols) bytes.
    GgmlWeight(GgmlType type, std::int64_t rows, std::int64_t cols, std::vector<std::byte> blocks);
    /// The form of blocks before they are made, for their size in a file: blocks() is empty.
    static std::shared_ptr<const GgmlWeight> outline(GgmlType type, std::int64_t rows,
                                                     std::int64_t cols);

    std::string encodingId() const override { return "ggml-blocks"; }
    std::int64_t rows() const override { return m_rows; }
    std::int64_t cols() const override { return m_cols; }
    int bits() const override { return ggmlTypeInfo(m_type).bits; }
    void dequantize(std::span<float> weights) const override;
    StorageBits storage() const override { return ggmlStorage(m_type, m_rows, m_cols); }
    StoredArrays write() const override;

    GgmlType type() const { return m_type; }
    const std::vector<std::byte> &blocks() const { return m_blocks; }

private:
    GgmlWeight(GgmlType type, std::int64_t rows, std::int64_t cols)
        : m_type(type)
        , m_rows(rows)
        , m_cols(cols)
    {
    }

    GgmlType m_type;
    std::int64_t m_rows;
    std::int64_t m_cols;
    std::vector<std::byte> m_blocks;
};

} // namespace bitprism
