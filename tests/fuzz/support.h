// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

/// What the fuzz targets share. A target passes when a reader accepts its input, or refuses it with
/// an Error other than Internal; anything else that is thrown ends the process.
namespace bitprism::fuzz {

/// The input as text; libFuzzer's bytes.
std::string_view asText(const std::uint8_t *data, std::size_t size);

/// Calls `read`; lets every Error but Internal pass.
void expectErrorOrSuccess(const std::function<void()> &read);

/// A folder of this process, in memory where the system has such a place; emptied at the end.
const std::filesystem::path &workFolder();

/// Writes (over) a file there.
std::filesystem::path writeFile(std::string_view name, std::string_view bytes);

} // namespace bitprism::fuzz
