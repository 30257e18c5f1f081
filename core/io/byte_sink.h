// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace bitprism::io {

/// Where reporters and writers put their bytes, in order.
class ByteSink
{
public:
    virtual ~ByteSink() = default;
    virtual void write(std::span<const std::byte> bytes) = 0;
    void write(std::string_view text) { write(std::as_bytes(std::span(text))); }
};

/// Collects everything in memory.
class StringSink final : public ByteSink
{
public:
    using ByteSink::write;
    void write(std::span<const std::byte> bytes) override
    {
        m_text.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    }
    const std::string &text() const { return m_text; }

private:
    std::string m_text;
};

} // namespace bitprism::io
