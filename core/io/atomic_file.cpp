// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"

#include "core/base/error.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace bitprism::io {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t bufferBytes = std::size_t{1} << 20;

/// "/a/.name.1234-0.part" for "/a/name": unique among processes of a machine and calls of one.
fs::path temporaryName(const fs::path &path)
{
    static std::atomic<unsigned> counter{0};
    const std::string suffix
        = std::to_string(::getpid()) + "-" + std::to_string(counter.fetch_add(1));
    return path.parent_path() / ("." + path.filename().string() + "." + suffix + ".part");
}

void requireFolder(const fs::path &path)
{
    std::error_code ignored;
    if (!path.has_filename()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "\"%1\" names no file; give a path with a file name."),
                    path);
    }
    if (!fs::is_directory(path.parent_path(), ignored)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the folder %2 does not exist; create it first."),
                    path, path.parent_path());
    }
}

fs::path absoluteWithoutSlash(const fs::path &path)
{
    const fs::path absolute = fs::absolute(path).lexically_normal();
    return absolute.has_filename() ? absolute : absolute.parent_path();
}

void syncPath(const fs::path &path, int flags)
{
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) {
        throwSystemError(errno, "open", path);
    }
    const int result = ::fsync(descriptor);
    const int errorNumber = errno;
    ::close(descriptor);
    // Some network file systems cannot flush a folder and say EINVAL; there is nothing more to do.
    if (result != 0 && errorNumber != EINVAL) {
        throwSystemError(errorNumber, "flush", path);
    }
}

} // namespace

AtomicFile::AtomicFile(const fs::path &path)
{
    if (path.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "A file to write has an empty name; name one."));
    }
    m_path = fs::absolute(path);
    requireFolder(m_path);
    std::error_code ignored;
    if (fs::is_symlink(m_path, ignored) && fs::exists(m_path, ignored)) {
        m_path = fs::canonical(m_path, ignored); // the file is written, not the link replaced
    }
    if (fs::is_directory(m_path, ignored)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: is a folder; give a path with a file name."), m_path);
    }
    if (fs::exists(m_path, ignored) && !fs::is_regular_file(m_path, ignored)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: is a device or pipe, which cannot be replaced; name "
                                "a file."),
                    m_path);
    }
    m_temporary = temporaryName(m_path);
    m_descriptor = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (m_descriptor < 0) {
        throwSystemError(errno, "write", m_path);
    }
    m_buffer.reserve(bufferBytes);
}

AtomicFile::~AtomicFile()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
        ::unlink(m_temporary.c_str());
    }
}

void AtomicFile::write(std::span<const std::byte> bytes)
{
    BITPRISM_ASSERT(m_descriptor >= 0, "nothing is written after commit");
    m_size += bytes.size();
    while (!bytes.empty()) {
        const std::size_t count = std::min(bytes.size(), bufferBytes - m_buffer.size());
        m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.begin() + count);
        bytes = bytes.subspan(count);
        if (m_buffer.size() == bufferBytes) {
            flushBuffer();
        }
    }
}

void AtomicFile::flushBuffer()
{
    std::span<const std::byte> rest(m_buffer);
    while (!rest.empty()) {
        const ssize_t count = ::write(m_descriptor, rest.data(), rest.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            throwSystemError(errno, "write", m_path);
        }
        rest = rest.subspan(static_cast<std::size_t>(count));
    }
    m_buffer.clear();
}

void AtomicFile::commit()
{
    BITPRISM_ASSERT(m_descriptor >= 0, "committed once");
    flushBuffer();
    if (::fsync(m_descriptor) != 0) {
        throwSystemError(errno, "flush", m_path);
    }
    if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) {
        throwSystemError(errno, "write", m_path);
    }
    ::close(m_descriptor);
    m_descriptor = -1;
    syncFolder(m_path.parent_path());
}

AtomicFolder::AtomicFolder(const fs::path &path)
    : m_path(absoluteWithoutSlash(path))
{
    requireFolder(m_path);
    std::error_code ignored;
    if (fs::exists(m_path, ignored)
        && !(fs::is_directory(m_path, ignored) && fs::is_empty(m_path, ignored))) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: exists already; choose another folder or remove it."),
                    m_path);
    }
    m_temporary = temporaryName(m_path);
    if (::mkdir(m_temporary.c_str(), 0777) != 0) {
        throwSystemError(errno, "create", m_path);
    }
}

AtomicFolder::~AtomicFolder()
{
    if (!m_isCommitted) {
        std::error_code ignored;
        fs::remove_all(m_temporary, ignored);
    }
}

void AtomicFolder::commit()
{
    std::error_code error;
    for (fs::recursive_directory_iterator entry(m_temporary, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->is_symlink(error) || error) {
            continue;
        }
        syncPath(entry->path(), entry->is_directory(error) ? O_RDONLY | O_DIRECTORY : O_RDONLY);
    }
    if (error) {
        throwSystemError(error.value(), "read", m_temporary);
    }
    syncFolder(m_temporary);
    if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) {
        throwSystemError(errno, "create", m_path);
    }
    m_isCommitted = true;
    syncFolder(m_path.parent_path());
}

void syncFolder(const fs::path &folder) { syncPath(folder, O_RDONLY | O_DIRECTORY); }

void requireNoFile(const fs::path &path)
{
    std::error_code problem;
    if (fs::is_regular_file(path, problem) && fs::file_size(path, problem) > 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 exists already; choose another name, or remove it first (what "
                                "writes one file replaces it with --overwrite)."),
                    path);
    }
}

void writeFileAtomically(const fs::path &path, std::string_view text)
{
    AtomicFile file(path);
    file.write(text);
    file.commit();
}

} // namespace bitprism::io
