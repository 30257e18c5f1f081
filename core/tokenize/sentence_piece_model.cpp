// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/token_model.h"

#include <nlohmann/json.hpp>

#include <sentencepiece_processor.h>

namespace bitprism::tokenize {

namespace {

/// A tokenizer.model, by its own library: normalization, escaping of spaces and model in one.
class SentencePieceModel final : public TokenModel
{
public:
    SentencePieceModel(const std::string &bytes, const std::string &where)
        : m_where(where)
    {
        const auto status = m_processor.LoadFromSerializedProto(bytes);
        if (!status.ok()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1 is damaged or no SentencePiece model (%2)."),
                        where, std::string(status.message()));
        }
        for (int id = 0; id < m_processor.GetPieceSize(); ++id) {
            m_vocabulary.add(m_processor.IdToPiece(id), id);
        }
    }

    void encode(std::string_view piece, std::vector<TokenId> &ids) const override
    {
        std::vector<int> found;
        const auto status = m_processor.Encode({piece.data(), piece.size()}, &found);
        if (!status.ok()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: the text cannot be tokenized (%2)."), m_where,
                        std::string(status.message()));
        }
        ids.insert(ids.end(), found.begin(), found.end());
    }

    const Vocabulary &vocabulary() const override { return m_vocabulary; }
    std::string kind() const override { return "SentencePiece"; }

private:
    std::string m_where;
    sentencepiece::SentencePieceProcessor m_processor;
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
    sentencepiece::SentencePieceProcessor processor;
    nlohmann::json added = nlohmann::json::array();
    if (!processor.LoadFromSerializedProto(bytes).ok()) {
        return added; // the model's own reader says what is wrong
    }
    for (int id = 0; id < processor.GetPieceSize(); ++id) {
        if (processor.IsControl(id) || processor.IsUnknown(id)) {
            added.push_back({{"id", id},
                             {"content", processor.IdToPiece(id)},
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
