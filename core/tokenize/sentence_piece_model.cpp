// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/sentence_piece_library.h"
#include "core/tokenize/token_model.h"

#include <nlohmann/json.hpp>

namespace bitprism::tokenize {

namespace {

/// A tokenizer.model, by its own library: normalization, escaping of spaces and model in one.
class SentencePieceModel final : public TokenModel
{
public:
    SentencePieceModel(const std::string &bytes, const std::string &where)
        : m_where(where)
    {
        std::string problem;
        m_reader = openSentencePiece(bytes, problem);
        if (m_reader == nullptr) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1 is damaged or no SentencePiece model (%2)."),
                        where, problem);
        }
        for (int id = 0; id < m_reader->size(); ++id) {
            // Its library knows controls apart from words, and so lets one text be both.
            if (const std::string piece = m_reader->piece(id); !m_vocabulary.add(piece, id)) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "%1: the piece \"%2\" stands in the vocabulary twice; the "
                                        "file is damaged, fetch it again."),
                            where, piece);
            }
        }
    }

    void encode(std::string_view piece, std::vector<TokenId> &ids) const override
    {
        std::vector<int> found;
        const std::string problem = m_reader->encode(piece, found);
        if (!problem.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: the text cannot be tokenized (%2)."), m_where,
                        problem);
        }
        ids.insert(ids.end(), found.begin(), found.end());
    }

    const Vocabulary &vocabulary() const override { return m_vocabulary; }
    std::string kind() const override { return "SentencePiece"; }

private:
    std::string m_where;
    std::unique_ptr<SentencePieceReader> m_reader;
    Vocabulary m_vocabulary;
};

} // namespace

TokenModelPtr readSentencePieceModel(const JsonNode &node)
{
    const nlohmann::json &bytes = node.at("bytes").value();
    if (!bytes.is_binary()) {
        node.failNotSupported("SentencePiece"); // only our own reader of tokenizer.model makes one
    }
    const auto &binary = bytes.get_binary();
    return std::make_unique<SentencePieceModel>(std::string(binary.begin(), binary.end()),
                                                node.where());
}

nlohmann::json sentencePieceSpecials(const std::string &bytes)
{
    nlohmann::json added = nlohmann::json::array();
    std::string problem;
    const std::unique_ptr<SentencePieceReader> reader = openSentencePiece(bytes, problem);
    if (reader == nullptr) {
        return added; // the model's own reader says what is wrong
    }
    for (int id = 0; id < reader->size(); ++id) {
        if (reader->isSpecial(id)) {
            added.push_back({{"id", id},
                             {"content", reader->piece(id)},
                             {"special", true},
                             {"normalized", false},
                             {"single_word", false},
                             {"lstrip", false},
                             {"rstrip", false}});
        }
    }
    return added;
}

} // namespace bitprism::tokenize
