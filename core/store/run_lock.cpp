// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/run_lock.h"

#include "core/base/error.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace bitprism::store {

namespace {

constexpr const char *lockName = "lock";

struct flock wholeFile()
{
    struct flock lock
    {
    };
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

} // namespace

std::optional<RunLock> RunLock::acquire(const std::filesystem::path &folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        throwSystemError(error.value(), "make the folder", folder);
    }
    const std::filesystem::path file = folder / lockName;
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        throwSystemError(errno, "write", file);
    }
    RunLock lock(descriptor);
    struct flock request = wholeFile();
    if (::fcntl(descriptor, F_OFD_SETLK, &request) == 0) {
        return lock;
    }
    if (errno == EAGAIN || errno == EACCES) {
        return std::nullopt;
    }
    throwSystemError(errno, "lock", file);
}

bool RunLock::isHeld(const std::filesystem::path &folder)
{
    const int descriptor = ::open((folder / lockName).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    struct flock request = wholeFile();
    const bool known = ::fcntl(descriptor, F_OFD_GETLK, &request) == 0;
    ::close(descriptor);
    return known && request.l_type != F_UNLCK;
}

RunLock::RunLock(RunLock &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

RunLock &RunLock::operator=(RunLock &&other) noexcept
{
    if (this != &other) {
        release();
        m_descriptor = std::exchange(other.m_descriptor, -1);
    }
    return *this;
}

RunLock::~RunLock() { release(); }

void RunLock::release()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
        m_descriptor = -1;
    }
}

} // namespace bitprism::store
