// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/decoder.h"

#include "core/tokenize/byte_level.h"
#include "core/tokenize/characters.h"
#include "core/tokenize/growth_limit.h"
#include "core/tokenize/json_pattern.h"
#include "core/tokenize/prepend_scheme.h"
#include "core/tokenize/word_decoders.h"

#include <numeric>

namespace bitprism::tokenize {

namespace {

std::size_t totalBytes(const std::vector<std::string> &tokens)
{
    return std::accumulate(tokens.begin(), tokens.end(), std::size_t{0},
                           [](std::size_t sum, const std::string &t) { return sum + t.size(); });
}

/// All bytes at once: a character's bytes may lie in several tokens.
void decodeByteLevel(std::vector<std::string> &tokens)
{
    std::string bytes;
    for (const std::string &token : tokens) {
        bytes += bytesOfSpelling(token).value_or(token);
    }
    tokens = {repairedUtf8(bytes)};
}

void fuse(std::vector<std::string> &tokens)
{
    tokens = {std::accumulate(tokens.begin(), tokens.end(), std::string())};
}

Decoder readStripDecoder(const JsonNode &node)
{
    constexpr std::int64_t anyCount = std::int64_t{1} << 30;
    const std::string content = node.character("content");
    const std::int64_t start = node.at("start").integer(0, anyCount);
    const std::int64_t stop = node.at("stop").integer(0, anyCount);
    return [=](std::vector<std::string> &tokens) {
        for (std::string &token : tokens) {
            std::string_view rest = token;
            for (std::int64_t i = 0; i < start && rest.starts_with(content); ++i) {
                rest.remove_prefix(content.size());
            }
            for (std::int64_t i = 0; i < stop && rest.ends_with(content); ++i) {
                rest.remove_suffix(content.size());
            }
            token = std::string(rest);
        }
    };
}

Decoder readReplaceDecoder(const JsonNode &node)
{
    return [pattern = readPattern(node.at("pattern")),
            content = readInsertedText(node.at("content"))](std::vector<std::string> &tokens) {
        for (std::string &token : tokens) {
            token = replaced(token, pattern, content);
        }
    };
}

Decoder readMetaspaceDecoder(const JsonNode &node)
{
    const Pattern mark = literalPattern(node.character("replacement"));
    const bool dropsFirst = readPrependScheme(node) != PrependScheme::Never;
    return [=](std::vector<std::string> &tokens) {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            tokens[i] = replaced(tokens[i], mark, dropsFirst && i == 0 ? "" : " ");
        }
    };
}

Decoder readSequenceDecoder(const JsonNode &node)
{
    std::vector<Decoder> stages;
    for (const JsonNode &stage : node.elements("decoders")) {
        stages.push_back(readDecoder(stage));
    }
    return [stages, where = node.where()](std::vector<std::string> &tokens) {
        const std::size_t before = totalBytes(tokens);
        for (const Decoder &stage : stages) {
            stage(tokens);
            checkGrowth(before, totalBytes(tokens), where);
        }
    };
}

} // namespace

Decoder readDecoder(const JsonNode &node)
{
    const std::string type = node.text("type");
    if (type == "Sequence") {
        return readSequenceDecoder(node);
    }
    if (type == "ByteLevel") {
        return decodeByteLevel;
    }
    if (type == "ByteFallback") {
        return decodeByteFallback;
    }
    if (type == "Fuse") {
        return fuse;
    }
    if (type == "Strip") {
        return readStripDecoder(node);
    }
    if (type == "Replace") {
        return readReplaceDecoder(node);
    }
    if (type == "Metaspace") {
        return readMetaspaceDecoder(node);
    }
    if (type == "WordPiece") {
        return wordPieceDecoder(node.text("prefix", "##"), node.flag("cleanup", true));
    }
    if (type == "BPEDecoder") {
        return wordSuffixDecoder(node.text("suffix", "</w>"));
    }
    node.failNotSupported(type);
}

} // namespace bitprism::tokenize
