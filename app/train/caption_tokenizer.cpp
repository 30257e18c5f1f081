// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/caption_tokenizer.h"

#include "app/train/sample_files.h"
#include "core/io/atomic_file.h"

#include <cctype>

namespace bitprism::train {

namespace {

constexpr std::size_t mostMerges = 512; // the words of all captions need fewer

std::vector<std::string> wordsOf(const std::string &caption)
{
    std::vector<std::string> words;
    for (std::size_t i = 0; i < caption.size(); ++i) {
        const char c = caption[i];
        if (c == ' ') {
            continue;
        }
        const bool continues = i > 0 && std::isalpha(caption[i - 1]) != 0 && std::isalpha(c) != 0;
        if (!continues) {
            words.emplace_back();
        }
        words.back() += c;
    }
    return words;
}

std::vector<std::string> lettersOf(const std::string &word)
{
    std::vector<std::string> letters;
    for (const char c : word) {
        letters.emplace_back(1, c);
    }
    letters.back() += "</w>";
    return letters;
}

/// Bytes as GPT-2's printable stand-ins, in the order of their code points.
std::vector<std::string> byteLetters()
{
    std::vector<std::string> letters;
    const auto utf8 = [](int code) {
        return code < 0x80 ? std::string(1, char(code))
                           : std::string{char(0xc0 | code >> 6), char(0x80 | (code & 0x3f))};
    };
    for (int byte = 0; byte < 256; ++byte) {
        if ((byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174) {
            letters.push_back(utf8(byte));
        }
    }
    const int others = 256 - int(letters.size());
    for (int i = 0; i < others; ++i) {
        letters.push_back(utf8(256 + i));
    }
    return letters;
}

} // namespace

CaptionTokenizer::CaptionTokenizer(const std::vector<std::string> &captions)
{
    std::vector<std::string> words;
    for (const std::string &caption : captions) {
        const std::vector<std::string> more = wordsOf(caption);
        words.insert(words.end(), more.begin(), more.end());
    }
    m_merges = learnMerges(countWords(words, lettersOf), mostMerges);
    for (const char *end : {"", "</w>"}) {
        for (const std::string &letter : byteLetters()) {
            add(letter + end);
        }
    }
    for (const PiecePair &merge : m_merges) {
        add(merge.first + merge.second);
    }
    add("<|startoftext|>");
    add("<|endoftext|>");
}

void CaptionTokenizer::add(const std::string &piece)
{
    m_ids.emplace(piece, std::int64_t(m_pieces.size()));
    m_pieces.push_back(piece);
}

std::vector<std::int64_t> CaptionTokenizer::encode(const std::string &caption) const
{
    std::vector<std::int64_t> ids{startToken()};
    for (const std::string &word : wordsOf(caption)) {
        for (const std::string &piece : mergePieces(lettersOf(word), m_merges)) {
            ids.push_back(m_ids.at(piece));
        }
    }
    ids.push_back(endToken());
    return ids;
}

void CaptionTokenizer::write(const std::filesystem::path &folder, int positions) const
{
    OrderedJson vocabulary = OrderedJson::object();
    for (std::size_t id = 0; id < m_pieces.size(); ++id) {
        vocabulary[m_pieces[id]] = id;
    }
    std::string merges = "#version: 0.2\n";
    OrderedJson mergeList = OrderedJson::array();
    for (const PiecePair &merge : m_merges) {
        merges += merge.first + " " + merge.second + "\n";
        mergeList.push_back(merge.first + " " + merge.second);
    }
    io::writeFileAtomically(folder / "vocab.json", vocabulary.dump() + "\n");
    io::writeFileAtomically(folder / "merges.txt", merges);
    OrderedJson added = OrderedJson::array();
    for (const std::int64_t id : {startToken(), endToken()}) {
        added.push_back(specialToken(id, m_pieces[std::size_t(id)]));
    }
    const OrderedJson tokenizer
        = {{"version", "1.0"},
           {"truncation", nullptr},
           {"padding", nullptr},
           {"added_tokens", added},
           {"normalizer",
            {{"type", "Sequence"},
             {"normalizers",
              OrderedJson::array(
                  {{{"type", "NFC"}},
                   {{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}},
                   {{"type", "Lowercase"}}})}}},
           {"pre_tokenizer",
            {{"type", "Sequence"},
             {"pretokenizers",
              OrderedJson::array(
                  {{{"type", "Split"},
                    {"pattern",
                     {{"Regex", R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)"}}},
                    {"behavior", "Removed"},
                    {"invert", true}},
                   {{"type", "ByteLevel"},
                    {"add_prefix_space", false},
                    {"trim_offsets", true},
                    {"use_regex", true}}})}}},
           {"post_processor",
            {{"type", "RobertaProcessing"},
             {"sep", OrderedJson::array({"<|endoftext|>", endToken()})},
             {"cls", OrderedJson::array({"<|startoftext|>", startToken()})},
             {"trim_offsets", false},
             {"add_prefix_space", false}}},
           {"decoder",
            {{"type", "ByteLevel"},
             {"add_prefix_space", true},
             {"trim_offsets", true},
             {"use_regex", true}}},
           {"model",
            {{"type", "BPE"},
             {"dropout", nullptr},
             {"unk_token", "<|endoftext|>"},
             {"continuing_subword_prefix", ""},
             {"end_of_word_suffix", "</w>"},
             {"fuse_unk", false},
             {"byte_fallback", false},
             {"vocab", vocabulary},
             {"merges", mergeList}}}};
    writeJson(folder / "tokenizer.json", tokenizer);
    const OrderedJson config
        = {{"bos_token", "<|startoftext|>"}, {"eos_token", "<|endoftext|>"},
           {"pad_token", "<|endoftext|>"},   {"unk_token", "<|endoftext|>"},
           {"model_max_length", positions},  {"tokenizer_class", "CLIPTokenizer"}};
    writeJson(folder / "tokenizer_config.json", config);
}

} // namespace bitprism::train
