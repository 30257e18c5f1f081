// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/file.h"
#include "core/io/gguf.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::io {

/// Goes through the header of a file, checking every length before it is trusted.
class GgufHeaderReader
{
public:
    static constexpr std::uint64_t mostBytes = std::uint64_t{512} << 20;
    /// Of memory for arrays, whose elements are wider there than in the file. The largest known
    /// vocabularies take a tenth of it.
    static constexpr std::uint64_t mostArrayBytes = std::uint64_t{256} << 20;

    explicit GgufHeaderReader(const File &file)
        : m_file(file)
        , m_limit(std::min(file.size(), mostBytes))
    {
    }

    std::uint64_t position() const { return m_position - (m_buffer.size() - m_next); }
    std::uint64_t left() const { return m_limit - position(); }

    void take(std::span<std::byte> bytes, std::string_view what);
    template <typename T> T number(std::string_view what)
    {
        T value{};
        take(std::as_writable_bytes(std::span(&value, 1)), what);
        return value;
    }
    std::string text(std::string_view what, std::uint64_t most);
    /// A metadata value of GGUF type `type`.
    GgufValue value(std::uint32_t type, const std::string &key);

    /// `what` was to be read.
    [[noreturn]] void fail(std::string_view what) const;

private:
    void fill();
    void spend(std::uint64_t bytes, std::string_view what);
    std::int64_t integerElement(std::uint32_t type, std::string_view key);
    GgufArray array(const std::string &key);
    template <std::size_t index = 0>
    GgufValue valueFrom(std::uint32_t type, const std::string &key);

    const File &m_file;
    std::uint64_t m_limit;
    std::uint64_t m_position = 0; ///< behind the buffer
    std::vector<std::byte> m_buffer;
    std::size_t m_next = 0;
    std::uint64_t m_arrayBytes = 0; ///< of memory that arrays took so far
};

} // namespace bitprism::io
