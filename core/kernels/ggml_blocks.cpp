// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/ggml_blocks.h"

#include "core/base/error.h"
#include "core/kernels/ggml_codec.h"
#include "core/kernels/stored_array.h"

#include <utility>

namespace bitprism {

StorageBits ggmlStorage(GgmlType type, std::int64_t rows, std::int64_t cols)
{
    const GgmlTypeInfo &info = ggmlTypeInfo(type);
    const std::int64_t blocks = rows * (ggmlRowBytes(type, cols) / info.blockBytes);
    StorageBits bits;
    bits.codes = blocks * info.blockWeights * info.bits;
    bits.scales = blocks * info.scaleBits;
    bits.zeroPoints = blocks * info.minBits;
    return bits;
}

GgmlWeight::GgmlWeight(GgmlType type, std::int64_t rows, std::int64_t cols,
                       std::vector<std::byte> blocks)
    : m_type(type)
    , m_rows(rows)
    , m_cols(cols)
    , m_blocks(std::move(blocks))
{
    BITPRISM_ASSERT(std::ssize(m_blocks) == rows * ggmlRowBytes(type, cols),
                    "the blocks fill the matrix");
}

std::shared_ptr<const GgmlWeight> GgmlWeight::outline(GgmlType type, std::int64_t rows,
                                                      std::int64_t cols)
{
    return std::shared_ptr<const GgmlWeight>(new GgmlWeight(type, rows, cols));
}

void GgmlWeight::dequantize(std::span<float> weights) const
{
    BITPRISM_ASSERT(std::ssize(weights) == m_rows * m_cols, "one value for each weight");
    decodeGgml(m_type, m_blocks, {weights.data(), m_rows, m_cols});
}

StoredArrays GgmlWeight::write() const
{
    StoredArrays arrays;
    arrays["type"] = storedText(ggmlTypeInfo(m_type).name);
    arrays["rows"] = storedScalar(m_rows);
    arrays["cols"] = storedScalar(m_cols);
    arrays["blocks"] = storedBytes(m_blocks);
    return arrays;
}

namespace {

/// ggml's blocks as they stand in a GGUF file.
class GgmlBlocksEncoding final : public Encoding
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::encoding,
                "ggml-blocks",
                BITPRISM_TR("Component", "ggml's blocks"),
                "GGUF block types",
                {}};
    }
    explicit GgmlBlocksEncoding(const Params &) { }

    QuantizedWeightPtr read(const StoredArrays &arrays, std::string_view where) const override
    {
        constexpr std::int64_t most = INT32_MAX;
        constexpr std::size_t longestName = 16;
        const StoredArrayReader reader(arrays, where);
        reader.refuseOthers({"type", "rows", "cols", "blocks"});
        const std::optional<GgmlType> type = ggmlTypeFromName(reader.text("type", longestName));
        if (!type) {
            reader.damaged("type");
        }
        const std::int64_t rows = reader.scalar("rows", 1, most);
        const std::int64_t cols = reader.scalar("cols", 1, most);
        const GgmlTypeInfo &info = ggmlTypeInfo(*type);
        const std::span<const std::byte> blocks = reader.bytes("blocks");
        if (cols % info.blockWeights != 0) {
            reader.damaged("cols");
        }
        if (std::ssize(blocks) / rows != ggmlRowBytes(*type, cols)
            || std::ssize(blocks) % rows != 0) {
            reader.damaged("blocks");
        }
        auto weight = std::make_shared<GgmlWeight>(
            *type, rows, cols, std::vector<std::byte>(blocks.begin(), blocks.end()));
        return weight;
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(encoding, ggml_blocks, GgmlBlocksEncoding);

} // namespace bitprism
