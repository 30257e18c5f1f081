// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace bitprism::io {

/// SHA-256 of a whole file, 64 hexadecimal digits; about a second for a gigabyte. Ends early, as
/// cancelled, with the thread's CancellationScope.
std::string fileSha256(const std::filesystem::path &file);

} // namespace bitprism::io
