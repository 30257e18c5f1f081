// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/file_system.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sys/vfs.h>

namespace bitprism::store {

bool isNetworkFileSystem(std::int64_t type)
{
    constexpr std::array<std::uint32_t, 13> types{
        0x6969, // NFS
        0x517B, // SMB
        0xFE534D42, // SMB2
        0xFF534D42, // CIFS
        0x01021997, // 9P
        0x65735546, // FUSE: sshfs and others
        0x5346414F, // AFS
        0x73757245, // Coda
        0x00C36400, // Ceph
        0x0BD00BD0, // Lustre
        0x47504653, // GPFS
        0x19830326, // BeeGFS
        0x01161970, // GFS2
    };
    return std::find(types.begin(), types.end(), static_cast<std::uint32_t>(type)) != types.end();
}

bool liesOnNetwork(const std::filesystem::path &path)
{
    struct statfs status
    {
    };
    if (::statfs(path.c_str(), &status) == 0) {
        return isNetworkFileSystem(status.f_type);
    }
    const std::filesystem::path folder = path.parent_path();
    return ::statfs(folder.empty() ? "." : folder.c_str(), &status) == 0
        && isNetworkFileSystem(status.f_type);
}

std::filesystem::path realPath(const std::filesystem::path &path)
{
    constexpr int mostLinks = 40; // as the kernel's
    std::error_code error;
    std::filesystem::path real = std::filesystem::absolute(path);
    for (int i = 0; i < mostLinks; ++i) {
        const std::filesystem::path folder
            = std::filesystem::weakly_canonical(real.parent_path(), error);
        if (error) {
            break;
        }
        real = folder / real.filename();
        const std::filesystem::path target = std::filesystem::read_symlink(real, error);
        if (error) { // no link
            return real;
        }
        real = folder / target;
    }
    return std::filesystem::absolute(path).lexically_normal();
}

std::filesystem::path defaultStorePath()
{
    const char *data = std::getenv("XDG_DATA_HOME");
    const char *home = std::getenv("HOME");
    const std::filesystem::path folder = data != nullptr && *data == '/'
        ? std::filesystem::path(data)
        : std::filesystem::path(home != nullptr ? home : "/") / ".local" / "share";
    return folder / "bitprism" / "store.bitprism";
}

void makeStoreFolder(const std::filesystem::path &store)
{
    if (store != defaultStorePath()) {
        return;
    }
    std::error_code error;
    std::filesystem::create_directories(store.parent_path(), error);
    if (error) {
        throwSystemError(error.value(), "make the folder", store.parent_path());
    }
}

} // namespace bitprism::store
