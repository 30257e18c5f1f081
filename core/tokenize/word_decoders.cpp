// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/word_decoders.h"

#include "core/base/utf8.h"
#include "core/tokenize/pattern.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace bitprism::tokenize {

namespace {

/// The byte of a token "<0x41>".
std::optional<char> byteOf(std::string_view token)
{
    if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with('>')) {
        return std::nullopt;
    }
    unsigned value = 0;
    const char *end = token.data() + 5;
    const auto [stop, problem] = std::from_chars(token.data() + 3, end, value, 16);
    return problem == std::errc() && stop == end ? std::optional(static_cast<char>(value))
                                                 : std::nullopt;
}

void flushBytes(std::string &bytes, std::vector<std::string> &result)
{
    if (invalidUtf8Position(bytes)) {
        result.insert(result.end(), bytes.size(), "\xEF\xBF\xBD");
    } else if (!bytes.empty()) {
        result.push_back(bytes);
    }
    bytes.clear();
}

std::string cleanedUp(std::string text)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 11> rules{
        {{" .", "."},
         {" ?", "?"},
         {" !", "!"},
         {" ,", ","},
         {" ' ", "'"},
         {" n't", "n't"},
         {" 'm", "'m"},
         {" do not", " don't"},
         {" 's", "'s"},
         {" 've", "'ve"},
         {" 're", "'re"}}};
    for (const auto &[from, to] : rules) {
        text = replaced(text, literalPattern(std::string(from)), to);
    }
    return text;
}

} // namespace

void decodeByteFallback(std::vector<std::string> &tokens)
{
    std::vector<std::string> result;
    std::string bytes;
    for (std::string &token : tokens) {
        if (const std::optional<char> byte = byteOf(token)) {
            bytes += *byte;
        } else {
            flushBytes(bytes, result);
            result.push_back(std::move(token));
        }
    }
    flushBytes(bytes, result);
    tokens = std::move(result);
}

Decoder wordPieceDecoder(std::string prefix, bool cleansUp)
{
    return [prefix = std::move(prefix), cleansUp](std::vector<std::string> &tokens) {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (i != 0 && tokens[i].starts_with(prefix)) {
                tokens[i].erase(0, prefix.size());
            } else if (i != 0) {
                tokens[i].insert(tokens[i].begin(), ' ');
            }
            if (cleansUp) {
                tokens[i] = cleanedUp(std::move(tokens[i]));
            }
        }
    };
}

Decoder wordSuffixDecoder(std::string suffix)
{
    return [pattern = literalPattern(std::move(suffix))](std::vector<std::string> &tokens) {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            tokens[i] = replaced(tokens[i], pattern, i + 1 == tokens.size() ? "" : " ");
        }
    };
}

} // namespace bitprism::tokenize
