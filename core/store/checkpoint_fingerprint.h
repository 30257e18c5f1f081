// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace bitprism::store {

/// Identity of a checkpoint by content, 64 hexadecimal digits: names, sizes and bytes of its
/// config, weights and tokenizer files. Of files above 64 MiB, 256 pieces of 64 KiB spread evenly
/// and the first and last MiB stand for the whole, so that a 7B model takes milliseconds.
std::string checkpointFingerprint(const std::filesystem::path &checkpoint);

} // namespace bitprism::store
