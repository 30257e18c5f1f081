// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/pattern.h"

#include "core/base/utf8.h"

namespace bitprism::tokenize {

Pattern literalPattern(std::string literal)
{
    return [literal = std::move(literal)](std::string_view text, std::vector<Range> &matches) {
        for (std::size_t at = text.find(literal); at != std::string_view::npos && !literal.empty();
             at = text.find(literal, at + literal.size())) {
            matches.push_back({at, at + literal.size()});
        }
    };
}

Pattern characterPattern(bool (*isMember)(char32_t))
{
    return [isMember](std::string_view text, std::vector<Range> &matches) {
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t begin = i;
            if (isMember(nextCodePoint(text, i))) {
                matches.push_back({begin, i});
            }
        }
    };
}

Pattern runPattern(int (*classOf)(char32_t))
{
    return [classOf](std::string_view text, std::vector<Range> &matches) {
        int runClass = 0;
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t begin = i;
            const int characterClass = classOf(nextCodePoint(text, i));
            if (characterClass != 0 && characterClass == runClass) {
                matches.back().end = i;
            } else if (characterClass != 0) {
                matches.push_back({begin, i});
            }
            runClass = characterClass;
        }
    };
}

std::string replaced(std::string_view text, const Pattern &pattern, std::string_view content)
{
    std::vector<Range> matches;
    pattern(text, matches);
    std::string result;
    result.reserve(text.size());
    std::size_t position = 0;
    for (const Range &match : matches) {
        result.append(text.substr(position, match.begin - position)).append(content);
        position = match.end;
    }
    return result.append(text.substr(position));
}

} // namespace bitprism::tokenize
