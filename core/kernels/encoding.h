// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/sha256.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bitprism {

/// Stored bits of one quantized layer, by what they are spent on.
struct StorageBits
{
    std::int64_t codes = 0;
    std::int64_t scales = 0;
    std::int64_t zeroPoints = 0;
    std::int64_t masks = 0;
    std::int64_t indices = 0;
    std::int64_t codebooks = 0;

    std::int64_t total() const { return codes + scales + zeroPoints + masks + indices + codebooks; }
};

/// A named array of a stored layer, as it lies in the run's folder (a safetensors file).
struct StoredArray
{
    std::string dtype; ///< safetensors' name: U8, I32, F16, F32
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
};
using StoredArrays = std::map<std::string, StoredArray>;

/// One layer as codes and whatever decodes them. What is evaluated is what dequantize() gives.
class QuantizedWeight
{
public:
    virtual ~QuantizedWeight() = default;

    /// Id of the encoding that reads write()'s arrays back.
    virtual std::string encodingId() const = 0;
    virtual std::int64_t rows() const = 0;
    virtual std::int64_t cols() const = 0;
    /// Width of the codes; of the widest part where parts differ.
    virtual int bits() const = 0;
    /// Fills [rows, cols], row-major, in FP32.
    virtual void dequantize(std::span<float> weights) const = 0;
    virtual StorageBits storage() const = 0;
    /// Scalars (bits, group size) go into arrays of one element: the arrays alone restore the
    /// layer.
    virtual StoredArrays write() const = 0;
};

using QuantizedWeightPtr = std::shared_ptr<const QuantizedWeight>;

/// Codes before they are made, of an encoding whose form nobody else need know.
class CodeOutline final : public QuantizedWeight
{
public:
    CodeOutline(std::string_view encodingId, std::int64_t rows, std::int64_t cols, int bits)
        : m_encodingId(encodingId)
        , m_rows(rows)
        , m_cols(cols)
        , m_bits(bits)
    {
    }

    std::string encodingId() const override { return m_encodingId; }
    std::int64_t rows() const override { return m_rows; }
    std::int64_t cols() const override { return m_cols; }
    int bits() const override { return m_bits; }
    void dequantize(std::span<float>) const override { failWithoutCodes(); }
    StorageBits storage() const override { failWithoutCodes(); }
    StoredArrays write() const override { failWithoutCodes(); }

private:
    [[noreturn]] static void failWithoutCodes();

    std::string m_encodingId;
    std::int64_t m_rows;
    std::int64_t m_cols;
    int m_bits;
};

/// A way to store quantized layers; a component, so that methods may bring their own.
class Encoding
{
public:
    using Interface = Encoding;
    static constexpr Kind kind = Kind::encoding;
    virtual ~Encoding() = default;

    /// Checks everything: the arrays come from a file. `where` names it in messages.
    virtual QuantizedWeightPtr read(const StoredArrays &arrays, std::string_view where) const = 0;
};

/// Adds the layer's name, encoding and arrays to a run's `codes_sha256`.
void hashWeight(Sha256 &hash, std::string_view layerName, const QuantizedWeight &weight);

} // namespace bitprism
