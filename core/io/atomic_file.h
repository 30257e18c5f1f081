// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/byte_sink.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace bitprism::io {

/// A file that appears under its name complete or not at all: written under a temporary name in the
/// same folder, flushed to disk, then renamed over whatever stood there. Abandoned (destroyed
/// without commit), it leaves nothing. A full disk or a missing permission is an Error (Io).
class AtomicFile final : public ByteSink
{
public:
    /// Throws BadInput when the folder does not exist or `path` is a folder.
    explicit AtomicFile(const std::filesystem::path &path);
    ~AtomicFile() override;
    AtomicFile(const AtomicFile &) = delete;
    AtomicFile &operator=(const AtomicFile &) = delete;

    using ByteSink::write;
    void write(std::span<const std::byte> bytes) override;
    /// Bytes written so far.
    std::uint64_t size() const { return m_size; }
    const std::filesystem::path &path() const { return m_path; }

    /// Flushes, renames, and flushes the folder; nothing can be written afterwards.
    void commit();

private:
    void flushBuffer();

    std::filesystem::path m_path;
    std::filesystem::path m_temporary;
    int m_descriptor = -1;
    std::uint64_t m_size = 0;
    std::vector<std::byte> m_buffer;
};

/// A folder that appears complete or not at all: built under a temporary name beside it, then
/// renamed. Abandoned, everything in it is removed.
class AtomicFolder
{
public:
    /// Throws BadInput when `path` exists and is not an empty folder, or its parent is missing.
    explicit AtomicFolder(const std::filesystem::path &path);
    ~AtomicFolder();
    AtomicFolder(const AtomicFolder &) = delete;
    AtomicFolder &operator=(const AtomicFolder &) = delete;

    /// Where to put the files until commit().
    const std::filesystem::path &workPath() const { return m_temporary; }
    const std::filesystem::path &path() const { return m_path; }

    /// Flushes every file and folder inside, then renames.
    void commit();

private:
    std::filesystem::path m_path;
    std::filesystem::path m_temporary;
    bool m_isCommitted = false;
};

/// Flushes a folder's entries to disk (after a rename or unlink).
void syncFolder(const std::filesystem::path &folder);

/// Throws BadInput where a file stands that holds anything: what nobody said may be replaced.
void requireNoFile(const std::filesystem::path &path);

/// Writes `text` atomically.
void writeFileAtomically(const std::filesystem::path &path, std::string_view text);

} // namespace bitprism::io
