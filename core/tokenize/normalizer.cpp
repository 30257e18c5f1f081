// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/normalizer.h"

#include "core/base/utf8.h"
#include "core/tokenize/byte_level.h"
#include "core/tokenize/characters.h"
#include "core/tokenize/growth_limit.h"
#include "core/tokenize/json_pattern.h"

#include <nlohmann/json.hpp>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace bitprism::tokenize {

namespace {

bool isAscii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// One of Unicode's four normal forms; `options` are utf8proc's.
void toNormalForm(std::string &text, unsigned options)
{
    if (isAscii(text)) {
        return;
    }
    utf8proc_uint8_t *mapped = nullptr;
    const utf8proc_ssize_t size
        = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t *>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                       static_cast<utf8proc_option_t>(UTF8PROC_STABLE | options));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
    if (size < 0) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "The text cannot be normalized: %1."),
                    utf8proc_errmsg(size));
    }
    text.assign(reinterpret_cast<const char *>(mapped), static_cast<std::size_t>(size));
}

/// `text` with each character replaced by what `append(result, character)` makes of it.
template <typename Append> void mapCharacters(std::string &text, const Append &append)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        append(result, nextCodePoint(text, i));
    }
    text = std::move(result);
}

void removeCharacters(std::string &text, bool (*isUnwanted)(char32_t))
{
    mapCharacters(text, [isUnwanted](std::string &result, char32_t c) {
        if (!isUnwanted(c)) {
            appendUtf8(result, c);
        }
    });
}

void strip(std::string &text, bool left, bool right)
{
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t start = i;
        if (!isWhitespace(nextCodePoint(text, i))) {
            begin = std::min(begin, start);
            end = i;
        }
    }
    end = right ? end : text.size();
    begin = left ? std::min(begin, end) : 0;
    text = text.substr(begin, end - begin);
}

void cleanForBert(std::string &text)
{
    mapCharacters(text, [](std::string &result, char32_t c) {
        if (c != 0 && c != 0xFFFD && !isControl(c)) {
            appendUtf8(result, isWhitespace(c) ? U' ' : c);
        }
    });
}

void spaceIdeographs(std::string &text)
{
    mapCharacters(text, [](std::string &result, char32_t c) {
        const bool spaced = isCjkIdeograph(c);
        result += spaced ? " " : "";
        appendUtf8(result, c);
        result += spaced ? " " : "";
    });
}

Normalizer readBert(const JsonNode &node)
{
    const bool cleans = node.flag("clean_text", true);
    const bool spacesIdeographs = node.flag("handle_chinese_chars", true);
    const bool lowers = node.flag("lowercase", true);
    const bool stripsAccents = node.flag("strip_accents", lowers);
    return [=](std::string &text) {
        if (cleans) {
            cleanForBert(text);
        }
        if (spacesIdeographs) {
            spaceIdeographs(text);
        }
        if (stripsAccents) {
            toNormalForm(text, UTF8PROC_DECOMPOSE);
            removeCharacters(text, isNonspacingMark);
        }
        if (lowers) {
            mapCharacters(text, appendLowercase);
        }
    };
}

Normalizer readSequenceNormalizer(const JsonNode &node)
{
    std::vector<Normalizer> stages;
    for (const JsonNode &stage : node.elements("normalizers")) {
        stages.push_back(readNormalizer(stage));
    }
    return [stages, where = node.where()](std::string &text) {
        const std::size_t before = text.size();
        for (const Normalizer &stage : stages) {
            stage(text);
            checkGrowth(before, text.size(), where);
        }
    };
}

Normalizer readPrepend(const JsonNode &node)
{
    return [prefix = readInsertedText(node.at("prepend"))](std::string &text) {
        if (!text.empty()) {
            text.insert(0, prefix);
        }
    };
}

Normalizer readReplaceNormalizer(const JsonNode &node)
{
    return [pattern = readPattern(node.at("pattern")),
            content = readInsertedText(node.at("content"))](std::string &text) {
        text = replaced(text, pattern, content);
    };
}

Normalizer readStripNormalizer(const JsonNode &node)
{
    const bool left = node.flag("strip_left", true);
    const bool right = node.flag("strip_right", true);
    return [left, right](std::string &text) { strip(text, left, right); };
}

Normalizer normalForm(unsigned direction, bool isCompatible)
{
    const unsigned options = direction | (isCompatible ? unsigned{UTF8PROC_COMPAT} : 0U);
    return [options](std::string &text) { toNormalForm(text, options); };
}

} // namespace

Normalizer readNormalizer(const JsonNode &node)
{
    const std::string type = node.text("type");
    if (type == "Sequence") {
        return readSequenceNormalizer(node);
    }
    if (type == "Prepend") {
        return readPrepend(node);
    }
    if (type == "Replace") {
        return readReplaceNormalizer(node);
    }
    if (type == "NFC" || type == "NFKC") {
        return normalForm(UTF8PROC_COMPOSE, type == "NFKC");
    }
    if (type == "NFD" || type == "NFKD") {
        return normalForm(UTF8PROC_DECOMPOSE, type == "NFKD");
    }
    if (type == "Lowercase") {
        return [](std::string &text) { mapCharacters(text, appendLowercase); };
    }
    if (type == "Strip") {
        return readStripNormalizer(node);
    }
    if (type == "StripAccents") {
        return [](std::string &text) { removeCharacters(text, isMark); };
    }
    if (type == "BertNormalizer") {
        return readBert(node);
    }
    if (type == "ByteLevel") {
        return [](std::string &text) {
            std::string spelling;
            appendByteLevel(spelling, text);
            text = std::move(spelling);
        };
    }
    node.failNotSupported(type);
}

} // namespace bitprism::tokenize
