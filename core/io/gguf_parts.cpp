// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/gguf.h"

#include <array>
#include <cstdio>

namespace bitprism::io {

namespace fs = std::filesystem;

std::vector<fs::path> ggufParts(const fs::path &path)
{
    const std::string name = path.filename().string();
    // NAME-00001-of-00003.gguf
    constexpr std::string_view pattern = "-00001-of-00003.gguf";
    int part = 0;
    int count = 0;
    char end = 0;
    const bool isLong = name.size() > pattern.size();
    const std::string tail = isLong ? name.substr(name.size() - pattern.size()) : std::string();
    const bool isPart = isLong
        && std::sscanf(tail.c_str(), "-%5d-of-%5d.ggu%c", &part, &count, &end) == 3 && end == 'f'
        && count > 1 && part >= 1 && part <= count;
    if (!isPart) {
        return {path};
    }
    std::vector<fs::path> parts;
    for (int i = 1; i <= count; ++i) {
        std::array<char, 40> text{};
        std::snprintf(text.data(), text.size(), "-%05d-of-%05d.gguf", i, count);
        parts.push_back(path.parent_path()
                        / (name.substr(0, name.size() - pattern.size()) + text.data()));
        std::error_code ignored;
        if (!fs::is_regular_file(parts.back(), ignored)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: part %2 of %3 is missing; copy all parts."),
                        parts.back(), i, count);
        }
    }
    if (part != 1) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "%1: a later part of a split model; open its first part, %2."),
            path, parts.front());
    }
    return parts;
}

} // namespace bitprism::io
