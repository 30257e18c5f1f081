// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/gguf_tensor_reader.h"

#include "core/export/coded_matrix.h"
#include "core/export/gguf_model.h"
#include "core/kernels/ggml_blocks.h"
#include "core/kernels/ggml_codec.h"

#include <span>
#include <vector>

namespace bitprism {

namespace {

class GgufTensorReader final : public CodedMatrix
{
public:
    GgufTensorReader(std::shared_ptr<const io::GgufFile> source, const io::GgufTensor &tensor,
                     GgmlType type, GgufPlacement placement)
        : CodedMatrix({std::move(placement.name), valueType(type),
                       shapeOf(tensor, placement.isTransposed), 0, tensor.bytes},
                      std::string(tensor.type->name))
        , m_source(std::move(source))
        , m_tensor(tensor)
        , m_type(type)
        , m_headSize(placement.headSize)
        , m_isTransposed(placement.isTransposed)
        , m_cols(m_headSize > 0 && tensor.shape.size() == 1 ? 1 : tensor.shape.back())
    {
    }

    const std::filesystem::path &file() const override { return m_source->path(); }
    void announce() const override { m_source->announce(m_tensor); }

    void read(std::int64_t firstRow, std::span<float> values) const override
    {
        if (m_isTransposed) {
            readColumns(firstRow, values);
            return;
        }
        const std::int64_t count = std::ssize(values) / m_cols;
        decodeGgml(m_type, blocks(firstRow, count), {values.data(), count, m_cols});
    }

    bool isDecodedAsWhole() const override { return m_isTransposed; }

    QuantizedWeightPtr weight() const override
    {
        if (isPlain(m_type) || m_tensor.shape.size() != 2) {
            return nullptr;
        }
        return std::make_shared<GgmlWeight>(m_type, m_tensor.shape[0], m_tensor.shape[1],
                                            blocks(0, m_tensor.shape[0]));
    }

private:
    static std::vector<std::int64_t> shapeOf(const io::GgufTensor &tensor, bool isTransposed)
    {
        return isTransposed ? std::vector<std::int64_t>(tensor.shape.rbegin(), tensor.shape.rend())
                            : tensor.shape;
    }

    static io::Dtype valueType(GgmlType type)
    {
        return type == GgmlType::F16 ? io::Dtype::F16
            : type == GgmlType::BF16 ? io::Dtype::BF16
                                     : io::Dtype::F32;
    }

    /// Columns of the stored matrix from `first` on, each as a row of `values`.
    void readColumns(std::int64_t first, std::span<float> values) const
    {
        const std::int64_t rows = m_tensor.shape[0];
        const std::int64_t count = std::ssize(values) / rows;
        std::vector<float> row(static_cast<std::size_t>(m_cols));
        for (std::int64_t r = 0; r < rows; ++r) {
            decodeGgml(m_type, blocks(r, 1), {row.data(), 1, m_cols});
            for (std::int64_t c = 0; c < count; ++c) {
                values[static_cast<std::size_t>(c * rows + r)]
                    = row[static_cast<std::size_t>(first + c)];
            }
        }
    }

    std::vector<std::byte> blocks(std::int64_t firstRow, std::int64_t count) const
    {
        const auto rowBytes = static_cast<std::size_t>(ggmlRowBytes(m_type, m_cols));
        std::vector<std::byte> bytes(static_cast<std::size_t>(count) * rowBytes);
        if (m_headSize == 0) {
            m_source->read(m_tensor, bytes, static_cast<std::uint64_t>(firstRow) * rowBytes);
            return bytes;
        }
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t row = interleavedRow(firstRow + i, m_headSize);
            m_source->read(
                m_tensor,
                std::span(bytes).subspan(static_cast<std::size_t>(i) * rowBytes, rowBytes),
                static_cast<std::uint64_t>(row) * rowBytes);
        }
        return bytes;
    }

    std::shared_ptr<const io::GgufFile> m_source;
    io::GgufTensor m_tensor;
    GgmlType m_type;
    std::int64_t m_headSize;
    bool m_isTransposed;
    std::int64_t m_cols; ///< 1 in a bias with one value for each interleaved row
};

} // namespace

std::unique_ptr<const io::CodedTensor> ggufTensorReader(std::shared_ptr<const io::GgufFile> source,
                                                        const io::GgufTensor &tensor, GgmlType type,
                                                        GgufPlacement placement)
{
    return std::make_unique<const GgufTensorReader>(std::move(source), tensor, type,
                                                    std::move(placement));
}

} // namespace bitprism
