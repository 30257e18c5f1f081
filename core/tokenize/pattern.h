// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::tokenize {

/// Bytes [begin, end) of a text.
struct Range
{
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// What a splitting or replacing stage looks for: appends the matches in `text` to `matches`, in
/// order, without overlap. Safe to call from any thread.
using Pattern = std::function<void(std::string_view text, std::vector<Range> &matches)>;

Pattern literalPattern(std::string literal);
/// One match for each character of the class.
Pattern characterPattern(bool (*isMember)(char32_t));
/// Matches are maximal runs of characters of equal class; those of class 0 match nothing.
Pattern runPattern(int (*classOf)(char32_t));
/// A regular expression of a tokenizer.json (Oniguruma's syntax), compiled by PCRE2 with Unicode
/// classes. `where` names it in errors: BadInput for one that cannot be compiled, or that exceeds
/// the limits on matching effort on some text.
Pattern regexPattern(std::string_view expression, std::string where);

/// `expression` in PCRE2's syntax, where `\s`, `\w` and `\h` mean something else than in
/// Oniguruma's. Throws BadInput for class intersections and nested classes.
std::string pcreSyntax(std::string_view expression, std::string_view where);

/// `text` with each match of `pattern` replaced.
std::string replaced(std::string_view text, const Pattern &pattern, std::string_view content);

} // namespace bitprism::tokenize
