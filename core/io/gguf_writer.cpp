// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/gguf.h"

#include <array>
#include <cstring>
#include <set>

namespace bitprism::io {

namespace {

constexpr std::uint64_t alignment = 32;
constexpr std::uint32_t version = 3;
constexpr std::size_t maxWrittenName = 63;

std::uint64_t aligned(std::uint64_t bytes)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

template <typename T> void put(std::string &out, T value)
{
    std::array<char, sizeof(T)> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    out.append(bytes.data(), bytes.size());
}

void putText(std::string &out, std::string_view text)
{
    put(out, static_cast<std::uint64_t>(text.size()));
    out.append(text);
}

void putInteger(std::string &out, std::uint32_t type, std::int64_t value)
{
    switch (type) {
    case 0:
    case 1:
    case 7:
        return put(out, static_cast<std::int8_t>(value));
    case 2:
    case 3:
        return put(out, static_cast<std::int16_t>(value));
    case 4:
    case 5:
        return put(out, static_cast<std::int32_t>(value));
    default:
        return put(out, value);
    }
}

void putArray(std::string &out, const GgufArray &array)
{
    put(out, array.elementType);
    put(out, static_cast<std::uint64_t>(array.size()));
    for (const std::string &text : array.texts) {
        putText(out, text);
    }
    for (const std::int64_t value : array.integers) {
        putInteger(out, array.elementType, value);
    }
    for (const double value : array.reals) {
        if (array.elementType == 6) {
            put(out, static_cast<float>(value));
        } else {
            put(out, value);
        }
    }
}

void putValue(std::string &out, const GgufValue &value)
{
    put(out, static_cast<std::uint32_t>(value.index()));
    std::visit(
        [&](const auto &held) {
            using Value = std::decay_t<decltype(held)>;
            if constexpr (std::is_same_v<Value, std::string>) {
                putText(out, held);
            } else if constexpr (std::is_same_v<Value, GgufArray>) {
                putArray(out, held);
            } else {
                put(out, held);
            }
        },
        value);
}

void checkNames(const std::vector<GgufDeclaration> &tensors, const std::filesystem::path &path)
{
    std::set<std::string_view> names;
    for (const GgufDeclaration &tensor : tensors) {
        if (tensor.name.empty() || tensor.name.size() > maxWrittenName) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: GGUF allows names of 63 bytes, and \"%2\" is longer; "
                                    "export to safetensors instead."),
                        path, tensor.name);
        }
        BITPRISM_ASSERT(names.insert(tensor.name).second, "tensor names are unique");
    }
}

} // namespace

std::uint64_t ggufDataBytes(const GgufDeclaration &tensor)
{
    const GgufBlockType *type = ggufBlockType(tensor.type);
    BITPRISM_ASSERT(type != nullptr && !tensor.shape.empty()
                        && tensor.shape.back() % type->blockWeights == 0,
                    "rows are whole blocks of a known type");
    std::uint64_t elements = 1;
    for (const std::int64_t size : tensor.shape) {
        elements *= static_cast<std::uint64_t>(size);
    }
    return elements / type->blockWeights * type->blockBytes;
}

std::string ggufHeader(const GgufMetadata &metadata, const std::vector<GgufDeclaration> &tensors)
{
    std::string out = "GGUF";
    put(out, version);
    put(out, static_cast<std::uint64_t>(tensors.size()));
    put(out, static_cast<std::uint64_t>(metadata.size()));
    for (const auto &[key, value] : metadata) {
        putText(out, key);
        putValue(out, value);
    }
    std::uint64_t offset = 0;
    for (const GgufDeclaration &tensor : tensors) {
        putText(out, tensor.name);
        put(out, static_cast<std::uint32_t>(tensor.shape.size()));
        for (auto size = tensor.shape.rbegin(); size != tensor.shape.rend(); ++size) {
            put(out, static_cast<std::uint64_t>(*size));
        }
        put(out, tensor.type);
        put(out, offset);
        offset += aligned(ggufDataBytes(tensor));
    }
    out.resize(aligned(out.size()), '\0');
    return out;
}

std::uint64_t ggufFileBytes(const GgufMetadata &metadata,
                            const std::vector<GgufDeclaration> &tensors)
{
    std::uint64_t bytes = ggufHeader(metadata, tensors).size();
    for (const GgufDeclaration &tensor : tensors) {
        bytes += aligned(ggufDataBytes(tensor));
    }
    return bytes;
}

GgufWriter::GgufWriter(std::filesystem::path path, const GgufMetadata &metadata,
                       const std::vector<GgufDeclaration> &tensors)
    : m_file(std::move(path))
{
    checkNames(tensors, m_file.path());
    const std::string header = ggufHeader(metadata, tensors);
    m_fileBytes = header.size();
    for (const GgufDeclaration &tensor : tensors) {
        m_bytes.push_back(ggufDataBytes(tensor));
        m_fileBytes += aligned(m_bytes.back());
    }
    m_file.write(header);
}

void GgufWriter::write(std::span<const std::byte> bytes)
{
    BITPRISM_ASSERT(m_current < m_bytes.size() && bytes.size() <= m_bytes[m_current] - m_written,
                    "no more data than declared");
    m_file.write(bytes);
    m_written += bytes.size();
    if (m_written == m_bytes[m_current]) {
        padCurrent();
    }
}

void GgufWriter::padCurrent()
{
    const std::uint64_t padding = aligned(m_bytes[m_current]) - m_bytes[m_current];
    m_file.write(std::string_view(std::string(static_cast<std::size_t>(padding), '\0')));
    ++m_current;
    m_written = 0;
}

void GgufWriter::commit()
{
    BITPRISM_ASSERT(m_current == m_bytes.size() && m_file.size() == m_fileBytes,
                    "every declared tensor was written");
    m_file.commit();
}

} // namespace bitprism::io
