// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitprism::train {

/// BERT's WordPiece (Devlin et al. 2019) over lower-cased ASCII text: words and single marks of
/// punctuation; inside a word the longest known piece comes first, later ones begin with "##".
class WordPiece
{
public:
    static constexpr std::int32_t padToken = 0;
    static constexpr std::int32_t unknownToken = 1;
    static constexpr std::int32_t startToken = 2; // [CLS]
    static constexpr std::int32_t endToken = 3; // [SEP]
    static constexpr std::int32_t maskToken = 4;
    static constexpr std::int32_t specialCount = 5;

    explicit WordPiece(std::vector<std::string> pieces);

    /// Learns pieces from `text` by joining the most frequent pair until `vocabularySize` pieces
    /// exist or no pair occurs twice.
    static WordPiece learn(std::string_view text, int vocabularySize);

    /// Without specials.
    std::vector<std::int32_t> encode(std::string_view text) const;
    int vocabularySize() const { return int(m_pieces.size()); }

    /// tokenizer.json as Hugging Face's tokenizers writes it for BERT, [CLS] ... [SEP] included.
    std::string toTokenizerJson() const;
    std::string toVocabularyText() const; // vocab.txt

private:
    std::vector<std::string> m_pieces;
    std::unordered_map<std::string, std::int32_t> m_ids;
};

} // namespace bitprism::train
