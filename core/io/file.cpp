// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/file.h"

#include "core/base/error.h"
#include "core/io/folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace bitprism::io {

namespace {

[[noreturn]] void failOpening(int errorNumber, const std::filesystem::path &path)
{
    refuseBrokenLink(path);
    if (errorNumber == ENOENT || errorNumber == ENOTDIR) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: no such file; check the path."),
                    path);
    }
    throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: cannot be opened: %2."), path,
                std::string_view(std::strerror(errorNumber)));
}

} // namespace

File::File(std::filesystem::path path)
    : m_path(std::move(path))
{
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    m_descriptor = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (m_descriptor < 0) {
        failOpening(errno, m_path);
    }
    struct stat status = {};
    const bool isKnown = ::fstat(m_descriptor, &status) == 0;
    if (!isKnown || !S_ISREG(status.st_mode)) {
        ::close(m_descriptor);
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: not a regular file; give the path of a file."),
                    m_path);
    }
    m_size = static_cast<std::uint64_t>(status.st_size);
}

File::~File()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

File::File(File &&other) noexcept
    : m_path(std::move(other.m_path))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_size(other.m_size)
{
}

File &File::operator=(File &&other) noexcept
{
    std::swap(m_path, other.m_path);
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_size, other.m_size);
    return *this;
}

void File::readAt(std::uint64_t offset, std::span<std::byte> bytes) const
{
    constexpr std::size_t maxRead = std::size_t{1} << 30; // below what one pread call may return
    while (!bytes.empty()) {
        const ssize_t count = ::pread(m_descriptor, bytes.data(), std::min(bytes.size(), maxRead),
                                      static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            throwSystemError(errno, "read", m_path);
        }
        if (count == 0) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: ends at byte %2, earlier than it should; it is "
                                    "truncated or was changed while in use."),
                        m_path, offset);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
}

void File::announce(std::uint64_t offset, std::uint64_t bytes) const
{
    // Only advice: a file system that ignores it costs speed, nothing else.
    static_cast<void>(::posix_fadvise(m_descriptor, static_cast<off_t>(offset),
                                      static_cast<off_t>(bytes), POSIX_FADV_WILLNEED));
}

std::string readWholeFile(const std::filesystem::path &path, std::uint64_t maxBytes)
{
    const File file(path);
    if (file.size() > maxBytes) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: %2 bytes exceed the limit of %3 for such a file."),
                    path, file.size(), maxBytes);
    }
    std::string text(file.size(), '\0');
    file.readAt(0, std::as_writable_bytes(std::span(text)));
    return text;
}

} // namespace bitprism::io
