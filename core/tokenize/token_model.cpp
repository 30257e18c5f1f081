// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/token_model.h"

namespace bitprism::tokenize {

TokenModelPtr readTokenModel(const JsonNode &node)
{
    const std::string type = node.text("type", node.find("merges") ? "BPE" : "");
    if (type == "BPE") {
        return readBpeModel(node);
    }
    if (type == "WordLevel") {
        return readWordLevelModel(node);
    }
    if (type == "WordPiece") {
        return readWordPieceModel(node);
    }
    if (type == "Unigram") {
        return readUnigramModel(node);
    }
    if (type == "SentencePiece") {
        return readSentencePieceModel(node);
    }
    node.failNotSupported(type);
}

} // namespace bitprism::tokenize
