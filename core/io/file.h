// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace bitprism::io {

/// A regular file open for reading at any offset, from any number of threads. Everything is read
/// with pread: a file that shrinks meanwhile is an Error, never a SIGBUS.
class File
{
public:
    /// Throws BadInput for what is missing, unreadable, or not a regular file (symbolic links are
    /// followed).
    explicit File(std::filesystem::path path);
    ~File();
    File(File &&other) noexcept;
    File &operator=(File &&other) noexcept;

    const std::filesystem::path &path() const { return m_path; }
    /// In bytes, when it was opened.
    std::uint64_t size() const { return m_size; }

    /// Fills `bytes` from `offset`; BadInput when the file ends before, Io when the disk fails.
    void readAt(std::uint64_t offset, std::span<std::byte> bytes) const;
    /// Tells the system that these bytes will be read soon; returns at once.
    void announce(std::uint64_t offset, std::uint64_t bytes) const;

private:
    std::filesystem::path m_path;
    int m_descriptor = -1;
    std::uint64_t m_size = 0;
};

/// The whole file; BadInput when it holds more than `maxBytes`.
std::string readWholeFile(const std::filesystem::path &path, std::uint64_t maxBytes);

} // namespace bitprism::io
