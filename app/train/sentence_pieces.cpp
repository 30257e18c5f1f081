// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/sentence_pieces.h"

#include "app/train/sample_files.h"

#include <cstdio>
#include <sstream>

namespace bitprism::train {

namespace {

constexpr const char *space = "\xe2\x96\x81";

std::vector<std::string> wordsOfText(const std::string &text)
{
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
        words.push_back(word);
    }
    return words;
}

std::vector<std::string> lettersOfPieces(const std::string &word)
{
    std::vector<std::string> letters{space};
    for (const char c : word) {
        letters.emplace_back(1, c);
    }
    return letters;
}

} // namespace

SentencePieces::SentencePieces(const std::vector<std::string> &sentences, std::size_t most)
{
    std::vector<std::string> words;
    for (const std::string &sentence : sentences) {
        const std::vector<std::string> more = wordsOfText(sentence);
        words.insert(words.end(), more.begin(), more.end());
    }
    std::vector<std::string> letters{space};
    for (char c = 'a'; c <= 'z'; ++c) {
        letters.emplace_back(1, c);
    }
    m_merges = learnMerges(countWords(words, lettersOfPieces), most - 3 - 256 - letters.size());
    for (const char *special : {"<unk>", "<s>", "</s>"}) {
        add(special);
    }
    for (int byte = 0; byte < 256; ++byte) {
        char name[8];
        std::snprintf(name, sizeof name, "<0x%02X>", byte);
        add(name);
    }
    for (const PiecePair &merge : m_merges) {
        add(merge.first + merge.second);
    }
    for (const std::string &letter : letters) {
        add(letter);
    }
}

void SentencePieces::add(const std::string &piece)
{
    m_ids.emplace(piece, std::int64_t(m_pieces.size()));
    m_pieces.push_back(piece);
}

std::vector<std::int64_t> SentencePieces::encode(const std::string &text) const
{
    std::vector<std::int64_t> ids;
    for (const std::string &word : wordsOfText(text)) {
        for (const std::string &piece : mergePieces(lettersOfPieces(word), m_merges)) {
            ids.push_back(m_ids.at(piece));
        }
    }
    return ids;
}

void SentencePieces::write(const std::filesystem::path &folder, int positions) const
{
    OrderedJson vocabulary = OrderedJson::object();
    for (std::size_t id = 0; id < m_pieces.size(); ++id) {
        vocabulary[m_pieces[id]] = id;
    }
    OrderedJson merges = OrderedJson::array();
    for (const PiecePair &merge : m_merges) {
        merges.push_back(merge.first + " " + merge.second);
    }
    OrderedJson added = OrderedJson::array();
    for (std::int64_t id = 0; id < 3; ++id) {
        added.push_back(specialToken(id, m_pieces[std::size_t(id)]));
    }
    const OrderedJson prepend = {{"type", "Prepend"}, {"prepend", space}};
    const OrderedJson toSpace
        = {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", space}};
    const OrderedJson fromSpace
        = {{"type", "Replace"}, {"pattern", {{"String", space}}}, {"content", " "}};
    const OrderedJson tokenizer
        = {{"version", "1.0"},
           {"truncation", nullptr},
           {"padding", nullptr},
           {"added_tokens", added},
           {"normalizer",
            {{"type", "Sequence"}, {"normalizers", OrderedJson::array({prepend, toSpace})}}},
           {"pre_tokenizer", nullptr},
           {"post_processor",
            {{"type", "TemplateProcessing"},
             {"single",
              OrderedJson::array({{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}},
                                  {{"Sequence", {{"id", "A"}, {"type_id", 0}}}}})},
             {"pair",
              OrderedJson::array({{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}},
                                  {{"Sequence", {{"id", "A"}, {"type_id", 0}}}},
                                  {{"Sequence", {{"id", "B"}, {"type_id", 1}}}}})},
             {"special_tokens",
              {{"<s>",
                {{"id", "<s>"},
                 {"ids", OrderedJson::array({1})},
                 {"tokens", OrderedJson::array({"<s>"})}}}}}}},
           {"decoder",
            {{"type", "Sequence"},
             {"decoders",
              OrderedJson::array(
                  {fromSpace,
                   {{"type", "ByteFallback"}},
                   {{"type", "Fuse"}},
                   {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}})}}},
           {"model",
            {{"type", "BPE"},
             {"dropout", nullptr},
             {"unk_token", "<unk>"},
             {"continuing_subword_prefix", nullptr},
             {"end_of_word_suffix", nullptr},
             {"fuse_unk", true},
             {"byte_fallback", true},
             {"vocab", vocabulary},
             {"merges", merges}}}};
    writeJson(folder / "tokenizer.json", tokenizer);
    writeJson(folder / "tokenizer_config.json",
              {{"bos_token", "<s>"},
               {"eos_token", "</s>"},
               {"unk_token", "<unk>"},
               {"model_max_length", positions},
               {"tokenizer_class", "PreTrainedTokenizerFast"}});
}

} // namespace bitprism::train
