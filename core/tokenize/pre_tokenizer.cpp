// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/pre_tokenizer.h"

#include "core/tokenize/byte_level.h"
#include "core/tokenize/characters.h"
#include "core/tokenize/growth_limit.h"
#include "core/tokenize/json_pattern.h"
#include "core/tokenize/prepend_scheme.h"

#include <array>
#include <utility>

namespace bitprism::tokenize {

namespace {

/// GPT-2's pattern.
constexpr std::string_view byteLevelExpression
    = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

/// Rewrites every piece: `append(text, piece, index)` adds its new spelling.
template <typename Append> void respell(PieceList &list, const Append &append)
{
    std::string text;
    text.reserve(list.text.size() + list.text.size() / 2);
    for (std::size_t i = 0; i < list.pieces.size(); ++i) {
        const std::size_t begin = text.size();
        append(text, list.view(list.pieces[i]), i);
        list.pieces[i] = {begin, text.size()};
    }
    list.text = std::move(text);
}

SplitBehavior readBehavior(const JsonNode &node)
{
    constexpr std::array<std::pair<std::string_view, SplitBehavior>, 5> names{{
        {"Removed", SplitBehavior::Removed},
        {"Isolated", SplitBehavior::Isolated},
        {"MergedWithPrevious", SplitBehavior::MergedWithPrevious},
        {"MergedWithNext", SplitBehavior::MergedWithNext},
        {"Contiguous", SplitBehavior::Contiguous},
    }};
    const std::string name = node.text();
    for (const auto &[known, behavior] : names) {
        if (name == known) {
            return behavior;
        }
    }
    throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 is no split behavior: \"%2\"."),
                node.where(), name);
}

PreTokenizer readByteLevel(const JsonNode &node)
{
    const bool prefixes = node.flag("add_prefix_space", true);
    Pattern pattern;
    if (node.flag("use_regex", true)) {
        pattern = regexPattern(byteLevelExpression, node.where());
    }
    return [=](PieceList &list) {
        if (prefixes) {
            respell(list, [](std::string &text, std::string_view piece, std::size_t) {
                text.append(piece.starts_with(' ') ? "" : " ").append(piece);
            });
        }
        if (pattern) {
            splitPieces(list, pattern, SplitBehavior::Isolated);
        }
        respell(list, [](std::string &text, std::string_view piece, std::size_t) {
            appendByteLevel(text, piece);
        });
    };
}

PreTokenizer readMetaspacePreTokenizer(const JsonNode &node)
{
    const std::string mark = node.character("replacement");
    const PrependScheme scheme = readPrependScheme(node);
    const bool splits = node.flag("split", true);
    return [=, space = literalPattern(" "), markPattern = literalPattern(mark)](PieceList &list) {
        respell(list, [&](std::string &text, std::string_view piece, std::size_t index) {
            const bool isMarked = piece.starts_with(' ') || piece.starts_with(mark);
            const bool mayPrepend = scheme == PrependScheme::Always
                || (scheme == PrependScheme::First && index == 0 && list.beginsInput);
            text.append(mayPrepend && !isMarked ? mark : "").append(replaced(piece, space, mark));
        });
        if (splits) {
            splitPieces(list, markPattern, SplitBehavior::MergedWithNext);
        }
    };
}

PreTokenizer readSplit(const JsonNode &node)
{
    return [pattern = readPattern(node.at("pattern")), behavior = readBehavior(node.at("behavior")),
            inverts = node.flag("invert", false)](PieceList &list) {
        splitPieces(list, pattern, behavior, inverts);
    };
}

PreTokenizer readSequencePreTokenizer(const JsonNode &node)
{
    std::vector<PreTokenizer> stages;
    for (const JsonNode &stage : node.elements("pretokenizers")) {
        stages.push_back(readPreTokenizer(stage));
    }
    return [stages, where = node.where()](PieceList &list) {
        const std::size_t before = list.text.size();
        for (const PreTokenizer &stage : stages) {
            stage(list);
            checkGrowth(before, list.text.size(), where);
        }
    };
}

PreTokenizer splitAt(Pattern pattern, SplitBehavior behavior, bool inverts = false)
{
    return [pattern = std::move(pattern), behavior, inverts](PieceList &list) {
        splitPieces(list, pattern, behavior, inverts);
    };
}

/// Words and runs of symbols: \w+|[^\w\s]+
int whitespaceClass(char32_t c) { return isWordCharacter(c) ? 1 : isWhitespace(c) ? 0 : 2; }

PreTokenizer bertPreTokenizer()
{
    return [](PieceList &list) {
        splitPieces(list, characterPattern(isWhitespace), SplitBehavior::Removed);
        splitPieces(list, characterPattern(isPunctuation), SplitBehavior::Isolated);
    };
}

PreTokenizer readDigits(const JsonNode &node)
{
    const bool individually = node.flag("individual_digits", false);
    return splitAt(characterPattern(isNumeric),
                   individually ? SplitBehavior::Isolated : SplitBehavior::Contiguous);
}

} // namespace

PreTokenizer readPreTokenizer(const JsonNode &node)
{
    const std::string type = node.text("type");
    if (type == "Sequence") {
        return readSequencePreTokenizer(node);
    }
    if (type == "ByteLevel") {
        return readByteLevel(node);
    }
    if (type == "Split") {
        return readSplit(node);
    }
    if (type == "Metaspace") {
        return readMetaspacePreTokenizer(node);
    }
    if (type == "Whitespace") {
        return splitAt(runPattern(whitespaceClass), SplitBehavior::Removed, true);
    }
    if (type == "WhitespaceSplit") {
        return splitAt(characterPattern(isWhitespace), SplitBehavior::Removed);
    }
    if (type == "Punctuation") {
        const std::optional<JsonNode> behavior = node.find("behavior");
        return splitAt(characterPattern(isPunctuation),
                       behavior ? readBehavior(*behavior) : SplitBehavior::Isolated);
    }
    if (type == "Digits") {
        return readDigits(node);
    }
    if (type == "BertPreTokenizer") {
        return bertPreTokenizer();
    }
    if (type == "CharDelimiterSplit") {
        return splitAt(literalPattern(node.character("delimiter")), SplitBehavior::Removed);
    }
    node.failNotSupported(type);
}

} // namespace bitprism::tokenize
