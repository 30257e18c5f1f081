// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/growth_limit.h"

namespace bitprism::tokenize {

namespace {

constexpr std::size_t maxGrowth = 64;
constexpr std::size_t alwaysAllowedBytes = std::size_t{1} << 20;
constexpr std::size_t maxInsertedBytes = 256;

} // namespace

void checkGrowth(std::size_t before, std::size_t after, std::string_view where)
{
    if (after > alwaysAllowedBytes && after / maxGrowth > before) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 makes %2 bytes of text into %3: a damaged tokenizer."),
                    where, before, after);
    }
}

std::string readInsertedText(const JsonNode &node)
{
    std::string text = node.text();
    if (text.size() > maxInsertedBytes) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is longer than %2 bytes: a damaged tokenizer."),
                    node.where(), maxInsertedBytes);
    }
    return text;
}

} // namespace bitprism::tokenize
