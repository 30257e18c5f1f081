// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/safetensors.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace bitprism::io {

namespace {

constexpr std::uint64_t dataAlignment = 8;

std::uint64_t dataBytes(const TensorDeclaration &tensor)
{
    std::uint64_t bytes = dtypeBytes(tensor.dtype);
    for (const std::int64_t dimension : tensor.shape) {
        BITPRISM_ASSERT(dimension >= 0, "dimensions are counts");
        bytes *= static_cast<std::uint64_t>(dimension);
    }
    return bytes;
}

} // namespace

std::string safetensorsHeader(const std::vector<TensorDeclaration> &tensors,
                              std::map<std::string, std::string> metadata)
{
    metadata.emplace("format", "pt");
    nlohmann::ordered_json header = {{"__metadata__", metadata}};
    std::uint64_t begin = 0;
    for (const TensorDeclaration &tensor : tensors) {
        const std::uint64_t end = begin + dataBytes(tensor);
        BITPRISM_ASSERT(!header.contains(tensor.name), "tensor names are unique");
        header[tensor.name] = {{"dtype", dtypeName(tensor.dtype)},
                               {"shape", tensor.shape},
                               {"data_offsets", {begin, end}}};
        begin = end;
    }
    std::string json = header.dump();
    json.resize((json.size() + dataAlignment - 1) / dataAlignment * dataAlignment, ' ');
    const std::uint64_t length = json.size();
    std::string text(sizeof length, '\0');
    std::memcpy(text.data(), &length, sizeof length);
    return text + json;
}

SafetensorsWriter::SafetensorsWriter(std::filesystem::path path,
                                     std::vector<TensorDeclaration> tensors,
                                     std::map<std::string, std::string> metadata)
    : m_file(std::move(path))
    , m_tensors(std::move(tensors))
{
    for (const TensorDeclaration &tensor : m_tensors) {
        m_dataBytes += dataBytes(tensor);
        m_ends.push_back(m_dataBytes);
    }
    const std::string header = safetensorsHeader(m_tensors, std::move(metadata));
    m_headerBytes = header.size();
    m_file.write(header);
}

void SafetensorsWriter::write(std::span<const std::byte> bytes)
{
    BITPRISM_ASSERT(bytes.size() <= m_dataBytes - m_written, "no more data than declared");
    m_file.write(bytes);
    m_written += bytes.size();
    while (m_current < m_ends.size() && m_written >= m_ends[m_current]) {
        ++m_current;
    }
}

void SafetensorsWriter::writeFloats(std::span<const float> values)
{
    if (values.empty()) {
        return;
    }
    BITPRISM_ASSERT(m_current < m_tensors.size(), "no more data than declared");
    const Dtype dtype = m_tensors[m_current].dtype;
    BITPRISM_ASSERT(values.size() * dtypeBytes(dtype) <= m_ends[m_current] - m_written,
                    "values stay inside the current tensor");
    std::array<std::byte, 65536> buffer;
    while (!values.empty()) {
        const std::size_t count = std::min(values.size(), buffer.size() / dtypeBytes(dtype));
        const std::span<std::byte> encoded = std::span(buffer).first(count * dtypeBytes(dtype));
        narrow(dtype, values.first(count), encoded);
        write(encoded);
        values = values.subspan(count);
    }
}

void SafetensorsWriter::commit()
{
    BITPRISM_ASSERT(m_written == m_dataBytes, "every declared tensor was written");
    m_file.commit();
}

} // namespace bitprism::io
