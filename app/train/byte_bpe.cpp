// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/byte_bpe.h"

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace bitprism::train {

namespace {

constexpr int specialCount = 1;

std::string utf8Of(int code)
{
    if (code < 0x80) {
        return {char(code)};
    }
    return {char(0xc0 | code >> 6), char(0x80 | (code & 0x3f))};
}

bool isPrintable(int byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

// Bytes in the order of their ids: the printable ones stand for themselves, the others for the code
// points from 256 on, and Hugging Face's trainer sorts by code point.
std::array<int, 256> makeByteOrder()
{
    std::array<int, 256> order{};
    std::size_t next = 0;
    for (const bool printable : {true, false}) {
        for (int byte = 0; byte < 256; ++byte) {
            if (isPrintable(byte) == printable) {
                order[next++] = byte;
            }
        }
    }
    return order;
}

const std::array<int, 256> byteOrder = makeByteOrder();

std::array<int, 256> makeByteIds()
{
    std::array<int, 256> ids{};
    for (int i = 0; i < 256; ++i) {
        ids[std::size_t(byteOrder[std::size_t(i)])] = specialCount + i;
    }
    return ids;
}

std::string printable(std::string_view bytes)
{
    std::string text;
    for (const char c : bytes) {
        const int byte = static_cast<unsigned char>(c);
        int code = byte;
        if (!isPrintable(byte)) {
            const auto place = std::find(byteOrder.begin(), byteOrder.end(), byte);
            const auto printableCount = 256
                - std::count_if(byteOrder.begin(), byteOrder.end(),
                                [](int b) { return !isPrintable(b); });
            code = 256 + int(place - byteOrder.begin() - printableCount);
        }
        text += utf8Of(code);
    }
    return text;
}

std::vector<std::int32_t> bytesOf(std::string_view word)
{
    static const std::array<int, 256> ids = makeByteIds();
    std::vector<std::int32_t> symbols;
    for (const char c : word) {
        symbols.push_back(ids[static_cast<unsigned char>(c)]);
    }
    return symbols;
}

void mergeIn(std::vector<std::int32_t> &symbols, ByteBpe::Pair pair, int id)
{
    std::size_t to = 0;
    for (std::size_t from = 0; from < symbols.size(); ++to) {
        const bool matches = from + 1 < symbols.size() && symbols[from] == pair.first
            && symbols[from + 1] == pair.second;
        symbols[to] = matches ? id : symbols[from];
        from += matches ? 2 : 1;
    }
    symbols.resize(to);
}

struct CountedWord
{
    std::vector<std::int32_t> symbols;
    std::int64_t count = 0;
};

// The most frequent adjacent pair, or a count of 0. `counts` is [size, size], zero before and
// after.
std::pair<ByteBpe::Pair, std::int64_t> mostFrequentPair(const std::vector<CountedWord> &words,
                                                        std::vector<std::int64_t> &counts,
                                                        std::size_t size)
{
    std::vector<std::size_t> touched;
    for (const CountedWord &word : words) {
        for (std::size_t i = 0; i + 1 < word.symbols.size(); ++i) {
            const std::size_t cell
                = std::size_t(word.symbols[i]) * size + std::size_t(word.symbols[i + 1]);
            if (counts[cell] == 0) {
                touched.push_back(cell);
            }
            counts[cell] += word.count;
        }
    }
    std::size_t best = 0;
    std::int64_t bestCount = 0;
    for (const std::size_t cell : touched) {
        if (counts[cell] > bestCount || (counts[cell] == bestCount && cell < best)) {
            best = cell;
            bestCount = counts[cell];
        }
        counts[cell] = 0;
    }
    return {{int(best / size), int(best % size)}, bestCount};
}

} // namespace

ByteBpe::ByteBpe(std::vector<Pair> merges)
    : m_merges(std::move(merges))
{
    m_tokens.emplace_back(endOfText);
    for (const int byte : byteOrder) {
        m_tokens.emplace_back(1, char(byte));
    }
    for (const Pair &pair : m_merges) {
        m_ranks.emplace(pair, int(m_tokens.size()));
        m_tokens.push_back(m_tokens.at(std::size_t(pair.first))
                           + m_tokens.at(std::size_t(pair.second)));
    }
}

ByteBpe ByteBpe::learn(std::string_view text, int vocabularySize)
{
    std::map<std::string_view, std::int64_t> counted;
    for (const std::string_view word : splitWords(text)) {
        ++counted[word];
    }
    std::vector<CountedWord> words;
    for (const auto &[word, count] : counted) {
        words.push_back({bytesOf(word), count});
    }
    const std::size_t size = std::size_t(vocabularySize);
    std::vector<std::int64_t> counts(size * size, 0);
    std::vector<Pair> merges;
    for (int id = specialCount + 256; id < vocabularySize; ++id) {
        const auto [pair, count] = mostFrequentPair(words, counts, size);
        if (count < 2) {
            break;
        }
        merges.push_back(pair);
        for (CountedWord &word : words) {
            mergeIn(word.symbols, pair, id);
        }
    }
    return ByteBpe(std::move(merges));
}

std::vector<std::int32_t> ByteBpe::encodeWord(std::string_view word) const
{
    std::vector<std::int32_t> symbols = bytesOf(word);
    while (symbols.size() > 1) {
        auto best = m_ranks.end();
        for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
            const auto found = m_ranks.find({symbols[i], symbols[i + 1]});
            if (found != m_ranks.end() && (best == m_ranks.end() || found->second < best->second)) {
                best = found;
            }
        }
        if (best == m_ranks.end()) {
            break;
        }
        mergeIn(symbols, best->first, best->second);
    }
    return symbols;
}

std::vector<std::int32_t> ByteBpe::encode(std::string_view text) const
{
    std::unordered_map<std::string_view, std::vector<std::int32_t>> known;
    std::vector<std::int32_t> ids;
    for (const std::string_view word : splitWords(text)) {
        auto found = known.find(word);
        if (found == known.end()) {
            found = known.emplace(word, encodeWord(word)).first;
        }
        ids.insert(ids.end(), found->second.begin(), found->second.end());
    }
    return ids;
}

std::string ByteBpe::decode(const std::vector<std::int32_t> &ids) const
{
    std::string text;
    for (const std::int32_t id : ids) {
        text += m_tokens.at(std::size_t(id));
    }
    return text;
}

std::string ByteBpe::toTokenizerJson() const
{
    using OrderedJson = nlohmann::ordered_json;
    OrderedJson vocabulary = OrderedJson::object();
    vocabulary[endOfText] = 0;
    for (std::size_t id = specialCount; id < m_tokens.size(); ++id) {
        vocabulary[printable(m_tokens[id])] = id;
    }
    OrderedJson merges = OrderedJson::array();
    for (const Pair &pair : m_merges) {
        merges.push_back(printable(m_tokens[std::size_t(pair.first)]) + " "
                         + printable(m_tokens[std::size_t(pair.second)]));
    }
    const OrderedJson byteLevel = {{"type", "ByteLevel"},
                                   {"add_prefix_space", false},
                                   {"trim_offsets", true},
                                   {"use_regex", true}};
    const OrderedJson special
        = {{"id", 0},         {"content", endOfText}, {"single_word", false}, {"lstrip", false},
           {"rstrip", false}, {"normalized", false},  {"special", true}};
    const OrderedJson tokenizer = {{"version", "1.0"},
                                   {"truncation", nullptr},
                                   {"padding", nullptr},
                                   {"added_tokens", OrderedJson::array({special})},
                                   {"normalizer", nullptr},
                                   {"pre_tokenizer", byteLevel},
                                   {"post_processor", nullptr},
                                   {"decoder", byteLevel},
                                   {"model",
                                    {{"type", "BPE"},
                                     {"dropout", nullptr},
                                     {"unk_token", nullptr},
                                     {"continuing_subword_prefix", nullptr},
                                     {"end_of_word_suffix", nullptr},
                                     {"fuse_unk", false},
                                     {"byte_fallback", false},
                                     {"vocab", vocabulary},
                                     {"merges", merges}}}};
    return tokenizer.dump(2) + "\n";
}

std::vector<std::string_view> splitWords(std::string_view text)
{
    static const char *pattern
        = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
    int errorCode = 0;
    PCRE2_SIZE errorOffset = 0;
    const std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> code(
        pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern), PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_UCP, &errorCode, &errorOffset, nullptr),
        pcre2_code_free);
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
    const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> match(
        pcre2_match_data_create(1, nullptr), pcre2_match_data_free);
    std::vector<std::string_view> words;
    for (std::size_t offset = 0; offset < text.size();) {
        const std::uint32_t checked = offset == 0 ? 0 : PCRE2_NO_UTF_CHECK;
        const int result = pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()),
                                       text.size(), offset, checked, match.get(), nullptr);
        if (result < 0) {
            throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "The text is not valid UTF-8."));
        }
        const std::size_t end = pcre2_get_ovector_pointer(match.get())[1];
        words.push_back(text.substr(offset, end - offset));
        offset = end;
    }
    return words;
}

} // namespace bitprism::train
