// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace bitprism::store {

/// Writes large data of a run (codes, hidden states) into its folder: under a temporary name,
/// flushed to the disk, renamed, the folder flushed. Call it before the commit that mentions it.
/// `name` is a plain file name. Throws Io.
void writeSideFile(const std::filesystem::path &runFolder, std::string_view name,
                   std::span<const std::byte> bytes);

/// Reads a side file back; BadInput if it is not there.
std::string readSideFile(const std::filesystem::path &runFolder, std::string_view name);

/// Identity of a checkpoint by content, 64 hexadecimal digits: names, sizes and bytes of its
/// config, weights and tokenizer files. Of files above 64 MiB, 256 pieces of 64 KiB spread evenly
/// and the first and last MiB stand for the whole, so that a 7B model takes milliseconds.
std::string checkpointFingerprint(const std::filesystem::path &checkpoint);

} // namespace bitprism::store
