// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace bitprism::io {

/// What untrusted JSON may ask of us.
struct JsonLimits
{
    std::size_t maxBytes = std::size_t{256} << 20;
    int maxDepth = 64;
};

/// Parses untrusted JSON. Trailing text, duplicate keys, invalid UTF-8, and more bytes or deeper
/// nesting than `limits` allows are BadInput errors that name `where` (a file) and line and column.
Json parseJson(std::string_view text, std::string_view where, const JsonLimits &limits = {});

/// Reads and parses a file; the size is checked before anything is allocated.
Json readJsonFile(const std::filesystem::path &path, const JsonLimits &limits = {});

} // namespace bitprism::io
