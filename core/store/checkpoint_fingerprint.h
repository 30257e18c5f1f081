// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace bitprism::store {

/// Identity of a checkpoint by content, 64 hexadecimal digits: names, sizes and bytes of its
/// config, weights and whatever else of it a reader opens (io::readFilesOf). Files above 64 MiB are
/// sampled: the first 16 MiB, which hold the header, the last MiB, and 256 pieces of 64 KiB spread
/// evenly between stand for the whole, so that a 7B model takes a second. An edit that lies between
/// the pieces wholly is not seen; files' times are left out, so that a copy is the same checkpoint.
std::string checkpointFingerprint(const std::filesystem::path &checkpoint);

} // namespace bitprism::store
