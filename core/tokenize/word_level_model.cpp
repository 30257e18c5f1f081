// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/token_model.h"

namespace bitprism::tokenize {

namespace {

/// Every piece is one token.
class WordLevelModel final : public TokenModel
{
public:
    explicit WordLevelModel(const JsonNode &node)
        : m_where(node.where())
        , m_vocabulary(node.at("vocab"))
        , m_unknownId(m_vocabulary.idOf(node.text("unk_token", "<unk>")))
    {
    }

    void encode(std::string_view piece, std::vector<TokenId> &ids) const override
    {
        const std::optional<TokenId> id = m_vocabulary.idOf(piece);
        if (!id && !m_unknownId) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1 has no token for \"%2\", and none for unknown words."),
                m_where, piece);
        }
        ids.push_back(id ? *id : *m_unknownId);
    }

    const Vocabulary &vocabulary() const override { return m_vocabulary; }
    std::string kind() const override { return "word-level"; }

private:
    std::string m_where;
    Vocabulary m_vocabulary;
    std::optional<TokenId> m_unknownId;
};

} // namespace

TokenModelPtr readWordLevelModel(const JsonNode &node)
{
    return std::make_unique<WordLevelModel>(node);
}

} // namespace bitprism::tokenize
