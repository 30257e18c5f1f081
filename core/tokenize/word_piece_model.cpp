// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.h"
#include "core/tokenize/token_model.h"

namespace bitprism::tokenize {

namespace {

/// WordPiece (Wu et al., arXiv 1609.08144; as in BERT): the longest known beginning of a word, then
/// the longest known continuation, and so on; a word that cannot be spelled so is unknown as a
/// whole. O(n^2) in a word's length, which is limited.
class WordPieceModel final : public TokenModel
{
public:
    explicit WordPieceModel(const JsonNode &node)
        : m_vocabulary(node.at("vocab"))
        , m_prefix(node.text("continuing_subword_prefix", "##"))
        , m_where(node.where())
        , m_unknownName(node.text("unk_token", "[UNK]"))
        , m_unknown(m_vocabulary.idOf(m_unknownName))
    {
        constexpr std::int64_t mostCharacters = 1 << 16;
        const std::optional<JsonNode> longest = node.find("max_input_chars_per_word");
        m_longest = static_cast<std::size_t>(longest ? longest->integer(1, mostCharacters) : 100);
    }

    void encode(std::string_view piece, std::vector<TokenId> &ids) const override
    {
        const std::size_t first = ids.size();
        if (characterCount(piece) > m_longest || !appendPieces(piece, ids)) {
            ids.resize(first);
            ids.push_back(unknown());
        }
    }

    const Vocabulary &vocabulary() const override { return m_vocabulary; }
    std::string kind() const override { return "WordPiece"; }

private:
    static std::size_t characterCount(std::string_view text)
    {
        std::size_t count = 0;
        for (std::size_t i = 0; i < text.size(); ++count) {
            nextCodePoint(text, i);
        }
        return count;
    }

    bool appendPieces(std::string_view word, std::vector<TokenId> &ids) const
    {
        std::string spelling;
        for (std::size_t begin = 0; begin < word.size();) {
            const std::size_t affix = begin == 0 ? 0 : m_prefix.size();
            spelling.assign(begin == 0 ? "" : m_prefix).append(word.substr(begin));
            std::optional<TokenId> id;
            while (spelling.size() > affix && !(id = m_vocabulary.idOf(spelling))) {
                dropLastCharacter(spelling);
            }
            if (!id || spelling.size() <= affix) {
                return false;
            }
            ids.push_back(*id);
            begin += spelling.size() - affix;
        }
        return true;
    }

    static void dropLastCharacter(std::string &text)
    {
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) {
            text.pop_back();
        }
        text.pop_back();
    }

    TokenId unknown() const
    {
        if (!m_unknown) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1 needs \"%2\" for this text, but it is no token."),
                        m_where, m_unknownName);
        }
        return *m_unknown;
    }

    Vocabulary m_vocabulary;
    std::string m_prefix;
    std::string m_where;
    std::string m_unknownName;
    std::optional<TokenId> m_unknown;
    std::size_t m_longest = 100;
};

} // namespace

TokenModelPtr readWordPieceModel(const JsonNode &node)
{
    return std::make_unique<WordPieceModel>(node);
}

} // namespace bitprism::tokenize
