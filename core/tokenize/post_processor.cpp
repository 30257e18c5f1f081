// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/post_processor.h"

#include "core/tokenize/vocabulary.h"

#include <nlohmann/json.hpp>

namespace bitprism::tokenize {

namespace {

constexpr std::size_t maxSpecials = 1024;

TokenId readId(const JsonNode &node) { return static_cast<TokenId>(node.integer(0, maxTokenId)); }

/// ["token", id]
TokenId readTokenPair(const JsonNode &node)
{
    const std::vector<JsonNode> pair = node.elements();
    if (pair.size() != 2) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be [\"TOKEN\", ID]."),
                    node.where());
    }
    return readId(pair[1]);
}

SpecialFrame readTemplate(const JsonNode &node)
{
    SpecialFrame frame;
    int textCount = 0;
    for (const JsonNode &item : node.elements("single")) {
        if (const std::optional<JsonNode> sequence = item.find("Sequence")) {
            textCount += sequence->text("id") == "A" ? 1 : 2;
            continue;
        }
        const std::string name = item.at("SpecialToken").text("id");
        const JsonNode ids = node.at("special_tokens").at(name).at("ids");
        for (const JsonNode &id : ids.elements()) {
            (textCount == 0 ? frame.before : frame.after).push_back(readId(id));
        }
    }
    if (textCount != 1) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 must hold the sequence A exactly once."),
                    node.at("single").where());
    }
    return frame;
}

SpecialFrame readFrameSequence(const JsonNode &node)
{
    SpecialFrame frame;
    for (const JsonNode &stage : node.elements("processors")) {
        const SpecialFrame outer = readPostProcessor(stage);
        frame.before.insert(frame.before.begin(), outer.before.begin(), outer.before.end());
        frame.after.insert(frame.after.end(), outer.after.begin(), outer.after.end());
    }
    return frame;
}

SpecialFrame readAnyKind(const JsonNode &node)
{
    const std::string type = node.text("type");
    if (type == "TemplateProcessing") {
        return readTemplate(node);
    }
    if (type == "BertProcessing" || type == "RobertaProcessing") {
        return {{readTokenPair(node.at("cls"))}, {readTokenPair(node.at("sep"))}};
    }
    if (type == "ByteLevel") {
        return {};
    }
    if (type == "Sequence") {
        return readFrameSequence(node);
    }
    node.failNotSupported(type);
}

} // namespace

SpecialFrame readPostProcessor(const JsonNode &node)
{
    SpecialFrame frame = readAnyKind(node);
    if (frame.before.size() + frame.after.size() > maxSpecials) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 adds more than %2 tokens to every text."),
                    node.where(), maxSpecials);
    }
    return frame;
}

} // namespace bitprism::tokenize
