// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

namespace bitprism::store {

/// Whether statfs's type is one whose shared memory does not reach all writers, so that SQLite's
/// write-ahead log would break there: NFS, SMB, 9P, cluster and user-space file systems.
bool isNetworkFileSystem(std::int64_t type);

/// The same of the file system that holds `path`, or its folder while it does not exist.
bool liesOnNetwork(const std::filesystem::path &path);

/// The absolute path of the file that `path` means once every symbolic link on the way is followed,
/// also where nothing is yet: what belongs to a store lies beside this file, by whatever name it
/// was opened. Links that go round in circles stay as they are.
std::filesystem::path realPath(const std::filesystem::path &path);

/// The store used where none is named: bitprism/store.bitprism in the user's data directory
/// (XDG_DATA_HOME, else ~/.local/share). Looks at no disk.
std::filesystem::path defaultStorePath();

/// Before something is written to `store`: makes the folder of the default store, and of no other.
/// Throws Io if it cannot.
void makeStoreFolder(const std::filesystem::path &store);

} // namespace bitprism::store
