// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/gguf_blocks.h"
#include "core/io/checkpoint.h"
#include "core/io/gguf.h"
#include "core/kernels/ggml_types.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace bitprism {

/// One tensor of the file to write.
struct GgufPlannedTensor
{
    io::GgufDeclaration declaration;
    const io::TensorInfo *source = nullptr; ///< null: `values`
    GgmlType type = GgmlType::F32;
    std::int64_t headSize = 0;
    bool isTransposed = false; ///< `source` has the file's columns as rows
    /// Codes that the file's blocks hold, fetched when they are written; empty: values.
    std::function<QuantizedWeightPtr()> codes{};
    std::optional<std::vector<float>> values{}; ///< what stands for the stored tensor
    std::vector<float> importance{}; ///< by column; empty: all alike
    bool isDirect = false; ///< scales without a search
};

/// Rows of a planned tensor in the order of the file, encoded. Safe from several threads.
class GgufRowEncoder
{
public:
    /// Both outlive the encoder. Reads the whole tensor where rows alone cannot be read, or cost as
    /// much: stored the other way round, as codes in words, or with scales of blocks.
    GgufRowEncoder(const GgufPlannedTensor &planned, const io::Checkpoint &checkpoint);

    std::int64_t rows() const;
    /// Rows firstRow .. firstRow + count - 1 of the file.
    std::vector<std::byte> encode(std::int64_t firstRow, std::int64_t count) const;

private:
    std::vector<std::byte> encodeValues(std::int64_t firstRow, std::int64_t count) const;
    void requireFinite(std::span<const float> values) const;
    std::vector<std::byte> copyBlocks(std::int64_t firstRow, std::int64_t count) const;
    std::int64_t storedRow(std::int64_t row) const;
    void read(std::int64_t row, std::span<float> values) const;
    bool readsRows() const;
    std::vector<float> turned(const std::vector<float> &stored) const;

    const GgufPlannedTensor &m_planned;
    std::vector<std::byte> m_blocks; ///< rows in the checkpoint's order, where there are codes
    const io::Checkpoint &m_checkpoint;
    std::int64_t m_cols;
    std::vector<float> m_whole; ///< rows in the checkpoint's order; empty: they are read one by one
};

} // namespace bitprism
