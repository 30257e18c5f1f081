// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/word_piece.h"

#include "app/train/pair_learning.h"
#include "app/train/sample_files.h"

#include <algorithm>
#include <set>

namespace bitprism::train {

namespace {

const char *const specials[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
constexpr std::string_view continuation = "##";

bool isLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// Lower-cased words and marks of punctuation.
std::vector<std::string> wordsOfLine(std::string_view text)
{
    std::vector<std::string> words;
    bool isInWord = false;
    for (const char raw : text) {
        const char c = raw >= 'A' && raw <= 'Z' ? char(raw - 'A' + 'a') : raw;
        if (isLetterOrDigit(c)) {
            if (!isInWord) {
                words.emplace_back();
            }
            words.back() += c;
            isInWord = true;
            continue;
        }
        isInWord = false;
        if (c > ' ') {
            words.emplace_back(1, c);
        }
    }
    return words;
}

std::vector<CountedWord> countedWords(std::string_view text)
{
    return countWords(wordsOfLine(text), [](const std::string &word) {
        std::vector<std::string> pieces;
        for (std::size_t i = 0; i < word.size(); ++i) {
            pieces.push_back((i == 0 ? "" : std::string(continuation)) + word[i]);
        }
        return pieces;
    });
}

} // namespace

WordPiece::WordPiece(std::vector<std::string> pieces)
    : m_pieces(std::move(pieces))
{
    for (std::size_t id = 0; id < m_pieces.size(); ++id) {
        m_ids.emplace(m_pieces[id], std::int32_t(id));
    }
}

WordPiece WordPiece::learn(std::string_view text, int vocabularySize)
{
    std::vector<CountedWord> words = countedWords(text);
    std::vector<std::string> pieces(std::begin(specials), std::end(specials));
    std::set<std::string> letters;
    for (const CountedWord &word : words) {
        letters.insert(word.pieces.begin(), word.pieces.end());
    }
    pieces.insert(pieces.end(), letters.begin(), letters.end());
    std::set<std::string> known(pieces.begin(), pieces.end());
    while (std::int64_t(pieces.size()) < vocabularySize) {
        const auto [pair, count] = mostFrequentPair(words);
        if (count < 2) {
            break;
        }
        const std::string joined = pair.first + pair.second.substr(continuation.size());
        joinPair(words, pair, joined);
        if (known.insert(joined).second) {
            pieces.push_back(joined);
        }
    }
    return WordPiece(std::move(pieces));
}

std::vector<std::int32_t> WordPiece::encode(std::string_view text) const
{
    std::vector<std::int32_t> ids;
    for (const std::string &word : wordsOfLine(text)) {
        const std::size_t before = ids.size();
        for (std::size_t first = 0; first < word.size();) {
            std::size_t length = word.size() - first;
            auto found = m_ids.end();
            for (; length > 0 && found == m_ids.end(); --length) {
                found = m_ids.find((first == 0 ? "" : std::string(continuation))
                                   + word.substr(first, length));
            }
            if (found == m_ids.end()) { // no piece fits: the whole word is unknown
                ids.resize(before);
                ids.push_back(unknownToken);
                break;
            }
            ids.push_back(found->second);
            first += length + 1;
        }
    }
    return ids;
}

std::string WordPiece::toVocabularyText() const
{
    std::string text;
    for (const std::string &piece : m_pieces) {
        text += piece + "\n";
    }
    return text;
}

std::string WordPiece::toTokenizerJson() const
{
    OrderedJson vocabulary = OrderedJson::object();
    for (std::size_t id = 0; id < m_pieces.size(); ++id) {
        vocabulary[m_pieces[id]] = id;
    }
    OrderedJson added = OrderedJson::array();
    for (std::int32_t id = 0; id < specialCount; ++id) {
        added.push_back(specialToken(id, specials[id]));
    }
    const auto special = [](const char *name) {
        return OrderedJson{{"SpecialToken", {{"id", name}, {"type_id", 0}}}};
    };
    const auto sequence = [](const char *name, int type) {
        return OrderedJson{{"Sequence", {{"id", name}, {"type_id", type}}}};
    };
    const auto described = [](const char *name, std::int32_t id) {
        return OrderedJson{{"id", name},
                           {"ids", OrderedJson::array({id})},
                           {"tokens", OrderedJson::array({name})}};
    };
    const OrderedJson tokenizer = {
        {"version", "1.0"},
        {"truncation", nullptr},
        {"padding", nullptr},
        {"added_tokens", added},
        {"normalizer",
         {{"type", "BertNormalizer"},
          {"clean_text", true},
          {"handle_chinese_chars", true},
          {"strip_accents", nullptr},
          {"lowercase", true}}},
        {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
        {"post_processor",
         {{"type", "TemplateProcessing"},
          {"single", OrderedJson::array({special("[CLS]"), sequence("A", 0), special("[SEP]")})},
          {"pair",
           OrderedJson::array({special("[CLS]"), sequence("A", 0), special("[SEP]"),
                               sequence("B", 1), special("[SEP]")})},
          {"special_tokens",
           {{"[CLS]", described("[CLS]", startToken)}, {"[SEP]", described("[SEP]", endToken)}}}}},
        {"decoder", {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}},
        {"model",
         {{"type", "WordPiece"},
          {"unk_token", "[UNK]"},
          {"continuing_subword_prefix", "##"},
          {"max_input_chars_per_word", 100},
          {"vocab", vocabulary}}}};
    return tokenizer.dump(2) + "\n";
}

} // namespace bitprism::train
