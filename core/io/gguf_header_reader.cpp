// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf_header_reader.h"

#include "core/base/error.h"

#include <array>
#include <cstring>
#include <type_traits>
#include <variant>

namespace bitprism::io {

namespace {

constexpr std::uint32_t textType = 8;

/// Bytes of a metadata value; 0 for those of no fixed size, and for an unknown type.
std::uint64_t valueBytes(std::uint32_t type)
{
    constexpr std::array<std::uint64_t, 13> sizes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return type < sizes.size() ? sizes[type] : 0;
}

} // namespace

void GgufHeaderReader::take(std::span<std::byte> bytes, std::string_view what)
{
    if (bytes.size() > left()) {
        fail(what);
    }
    while (!bytes.empty()) {
        if (m_next == m_buffer.size()) {
            fill();
        }
        const std::size_t count = std::min(bytes.size(), m_buffer.size() - m_next);
        std::memcpy(bytes.data(), m_buffer.data() + m_next, count);
        m_next += count;
        bytes = bytes.subspan(count);
    }
}

std::string GgufHeaderReader::text(std::string_view what, std::uint64_t most)
{
    const auto length = number<std::uint64_t>(what);
    if (length > most || length > left()) {
        fail(what);
    }
    std::string value(static_cast<std::size_t>(length), '\0');
    take(std::as_writable_bytes(std::span(value)), what);
    return value;
}

void GgufHeaderReader::fail(std::string_view what) const
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: the GGUF header is damaged or cut off at byte %2 (%3); copy "
                            "the file again."),
                m_file.path(), position(), what);
}

void GgufHeaderReader::fill()
{
    constexpr std::uint64_t bufferBytes = 1 << 16;
    m_buffer.resize(static_cast<std::size_t>(std::min(bufferBytes, m_limit - m_position)));
    m_file.readAt(m_position, m_buffer);
    m_position += m_buffer.size();
    m_next = 0;
}

void GgufHeaderReader::spend(std::uint64_t bytes, std::string_view what)
{
    if (bytes > mostArrayBytes - m_arrayBytes) {
        fail(what);
    }
    m_arrayBytes += bytes;
}

std::int64_t GgufHeaderReader::integerElement(std::uint32_t type, std::string_view key)
{
    switch (type) {
    case 0:
    case 7:
        return number<std::uint8_t>(key);
    case 1:
        return number<std::int8_t>(key);
    case 2:
        return number<std::uint16_t>(key);
    case 3:
        return number<std::int16_t>(key);
    case 4:
        return number<std::uint32_t>(key);
    case 5:
        return number<std::int32_t>(key);
    default:
        return number<std::int64_t>(key);
    }
}

GgufArray GgufHeaderReader::array(const std::string &key)
{
    GgufArray result;
    result.elementType = number<std::uint32_t>(key);
    const auto count = number<std::uint64_t>(key);
    const bool isText = result.elementType == textType;
    const std::uint64_t size = isText ? 8 : valueBytes(result.elementType);
    if (size == 0 || count > left() / size) {
        fail(key);
    }
    const bool isReal = result.elementType == 6 || result.elementType == 12;
    spend(count * (isText ? sizeof(std::string) : sizeof(std::int64_t)), key);
    const auto elements = static_cast<std::size_t>(count);
    result.texts.reserve(isText ? elements : 0);
    result.reals.reserve(isReal ? elements : 0);
    result.integers.reserve(isText || isReal ? 0 : elements);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (isText) {
            result.texts.push_back(text(key, mostBytes));
            spend(result.texts.back().size(), key);
        } else if (isReal) {
            result.reals.push_back(result.elementType == 6 ? static_cast<double>(number<float>(key))
                                                           : number<double>(key));
        } else {
            result.integers.push_back(integerElement(result.elementType, key));
        }
    }
    return result;
}

template <std::size_t index>
GgufValue GgufHeaderReader::valueFrom(std::uint32_t type, const std::string &key)
{
    if constexpr (index < std::variant_size_v<GgufValue>) {
        if (type != index) {
            return valueFrom<index + 1>(type, key);
        }
        using Value = std::variant_alternative_t<index, GgufValue>;
        if constexpr (std::is_same_v<Value, std::string>) {
            return text(key, mostBytes);
        } else if constexpr (std::is_same_v<Value, GgufArray>) {
            return array(key);
        } else if constexpr (std::is_same_v<Value, bool>) {
            const auto byte = number<std::uint8_t>(key);
            if (byte > 1) {
                fail(key);
            }
            return byte == 1;
        } else {
            return number<Value>(key);
        }
    } else {
        fail(key);
    }
}

GgufValue GgufHeaderReader::value(std::uint32_t type, const std::string &key)
{
    return valueFrom(type, key);
}

} // namespace bitprism::io
