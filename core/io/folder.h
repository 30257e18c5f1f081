// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <vector>

/// Folders by functions whose errors are sentences that name the path: Error of throwSystemError().
/// std::filesystem's own exceptions would reach the user as a bug of ours.
namespace bitprism::io {

/// False also where that cannot be told (no permission to look).
bool exists(const std::filesystem::path &path);
bool isFolder(const std::filesystem::path &path);

/// What the symbolic link `path` points to, if nothing is there; nothing for all else.
std::optional<std::filesystem::path> brokenLink(const std::filesystem::path &path);
/// Throws BadInput for such a link: what it points to was moved, or never arrived.
void refuseBrokenLink(const std::filesystem::path &path);

/// What lies in `folder`, by name. "." and ".." are left out.
std::vector<std::filesystem::path> entriesOf(const std::filesystem::path &folder);

/// Regular files in `folder` and all folders below it, by name; links to files count, links to
/// folders are not followed. Ends early with `most` + 1 of them.
std::vector<std::filesystem::path> filesBelow(const std::filesystem::path &folder,
                                              std::size_t most
                                              = std::numeric_limits<std::size_t>::max() - 1);

/// Removes a file, or a folder with all it holds; one that is not there is no error.
void removeAll(const std::filesystem::path &path);

} // namespace bitprism::io
