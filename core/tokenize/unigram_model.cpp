// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.h"
#include "core/tokenize/token_model.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace bitprism::tokenize {

namespace {

/// How much less likely than the least likely token an unknown character is, as in SentencePiece.
constexpr double unknownPenalty = 10;

/// Unigram language model (Kudo, arXiv 1804.10959): the segmentation of largest summed score, by
/// Viterbi. Of equal ones that with the longer last token wins.
class UnigramModel final : public TokenModel
{
public:
    explicit UnigramModel(const JsonNode &node)
        : m_where(node.where())
        , m_fallsBackToBytes(node.flag("byte_fallback", false))
    {
        const std::vector<JsonNode> entries = node.elements("vocab");
        double least = 0;
        for (const JsonNode &entry : entries) {
            least = std::min(least, addToken(entry));
        }
        if (m_scores.empty()) {
            throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 holds no tokens."),
                        node.at("vocab").where());
        }
        if (const std::optional<JsonNode> unknown = node.find("unk_id")) {
            m_unknown = static_cast<TokenId>(
                unknown->integer(0, static_cast<std::int64_t>(m_scores.size()) - 1));
        }
        m_unknownScore = least - unknownPenalty;
        findBytes();
    }

    void encode(std::string_view piece, std::vector<TokenId> &ids) const override
    {
        const std::vector<Step> steps = bestPath(piece);
        std::vector<std::size_t> ends;
        for (std::size_t end = piece.size(); end > 0; end = steps[end].begin) {
            ends.push_back(end);
        }
        bool afterUnknown = false;
        for (auto end = ends.rbegin(); end != ends.rend(); ++end) {
            const Step &step = steps[*end];
            if (step.id >= 0) {
                ids.push_back(step.id);
                afterUnknown = false;
            } else if (!appendBytes(piece.substr(step.begin, *end - step.begin), ids)) {
                if (!afterUnknown) { // a run of unknown characters is one token
                    ids.push_back(unknown());
                }
                afterUnknown = true;
            }
        }
    }

    const Vocabulary &vocabulary() const override { return m_vocabulary; }
    std::string kind() const override { return "Unigram"; }

private:
    struct Step
    {
        double score = -std::numeric_limits<double>::infinity();
        std::size_t begin = 0;
        TokenId id = -1; ///< -1: an unknown character
    };

    double addToken(const JsonNode &node)
    {
        const nlohmann::json &entry = node.value();
        if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string()
            || !entry[1].is_number()) {
            throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be [\"TOKEN\", SCORE]."),
                        node.where());
        }
        const std::string token = entry[0].get<std::string>();
        const auto id = static_cast<TokenId>(m_scores.size());
        m_scores.push_back(entry[1].get<double>());
        m_vocabulary.add(token, id); // a token that stands twice keeps its first id
        m_longest = std::max(m_longest, token.size());
        return m_scores.back();
    }

    void findBytes()
    {
        constexpr std::string_view digits = "0123456789ABCDEF";
        for (std::size_t byte = 0; byte < m_bytes.size(); ++byte) {
            m_bytes[byte] = m_vocabulary.idOf(std::string("<0x") + digits[byte >> 4]
                                              + digits[byte & 15] + ">");
        }
    }

    std::vector<Step> bestPath(std::string_view piece) const
    {
        std::vector<Step> steps(piece.size() + 1);
        steps[0].score = 0;
        for (std::size_t begin = 0; begin < piece.size();) {
            std::size_t next = begin;
            nextCodePoint(piece, next);
            bool hasCharacter = false;
            const std::size_t most = std::min(piece.size(), begin + m_longest);
            for (std::size_t end = next; end <= most;) {
                if (const auto id = m_vocabulary.idOf(piece.substr(begin, end - begin))) {
                    hasCharacter = hasCharacter || end == next;
                    consider(steps, begin, end, m_scores[static_cast<std::size_t>(*id)], *id);
                }
                if (end == piece.size()) {
                    break;
                }
                nextCodePoint(piece, end);
            }
            if (!hasCharacter) {
                consider(steps, begin, next, m_unknownScore, -1);
            }
            begin = next;
        }
        return steps;
    }

    static void consider(std::vector<Step> &steps, std::size_t begin, std::size_t end, double score,
                         TokenId id)
    {
        const double total = steps[begin].score + score;
        if (total > steps[end].score) {
            steps[end] = {total, begin, id};
        }
    }

    bool appendBytes(std::string_view character, std::vector<TokenId> &ids) const
    {
        const std::size_t first = ids.size();
        for (const char byte : character) {
            const std::optional<TokenId> id = m_bytes[static_cast<unsigned char>(byte)];
            if (!m_fallsBackToBytes || !id) {
                ids.resize(first);
                return false;
            }
            ids.push_back(*id);
        }
        return true;
    }

    TokenId unknown() const
    {
        if (!m_unknown) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 has no token for this text, and none for unknown "
                                    "characters (\"unk_id\")."),
                        m_where);
        }
        return *m_unknown;
    }

    std::string m_where;
    bool m_fallsBackToBytes;
    Vocabulary m_vocabulary;
    std::vector<double> m_scores; ///< by id
    std::size_t m_longest = 0; ///< token, in bytes
    std::array<std::optional<TokenId>, 256> m_bytes;
    std::optional<TokenId> m_unknown;
    double m_unknownScore = 0;
};

} // namespace

TokenModelPtr readUnigramModel(const JsonNode &node)
{
    return std::make_unique<UnigramModel>(node);
}

} // namespace bitprism::tokenize
