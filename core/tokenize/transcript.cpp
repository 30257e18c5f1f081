// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/transcript.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/companion_files.h"
#include "core/io/folder.h"
#include "core/io/json_reader.h"
#include "core/tokenize/british_spellings.h"
#include "core/tokenize/number_words.h"
#include "core/tokenize/rewrite.h"

#include <nlohmann/json.hpp>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace bitprism::tokenize {

namespace {

/// Contractions, titles and perfects, in the order of edge-asr.md 4.1.
const std::vector<Rewrite> &spelledOut()
{
    static const std::vector<Rewrite> list = [] {
        std::vector<Rewrite> rules;
        const auto word = [&rules](const std::string &pattern, const std::string &text) {
            rules.emplace_back("\\b" + pattern + "\\b", text);
        };
        const std::pair<const char *, const char *> words[]
            = {{"won't", "will not"},      {"can't", "can not"},     {"let's", "let us"},
               {"ain't", "aint"},          {"y'all", "you all"},     {"wanna", "want to"},
               {"gotta", "got to"},        {"gonna", "going to"},    {"i'ma", "i am going to"},
               {"imma", "i am going to"},  {"woulda", "would have"}, {"coulda", "could have"},
               {"shoulda", "should have"}, {"ma'am", "madam"}};
        for (const auto &[from, to] : words) {
            word(from, to);
        }
        const std::pair<const char *, const char *> titles[]
            = {{"mr", "mister"},       {"mrs", "missus"},         {"st", "saint"},
               {"dr", "doctor"},       {"prof", "professor"},     {"capt", "captain"},
               {"gov", "governor"},    {"ald", "alderman"},       {"gen", "general"},
               {"sen", "senator"},     {"rep", "representative"}, {"pres", "president"},
               {"rev", "reverend"},    {"hon", "honorable"},      {"asst", "assistant"},
               {"assoc", "associate"}, {"lt", "lieutenant"},      {"col", "colonel"},
               {"jr", "junior"},       {"sr", "senior"},          {"esq", "esquire"}};
        for (const auto &[from, to] : titles) {
            word(from, std::string(to) + " ");
        }
        const std::pair<const char *, const char *> endings[] = {{"'d been", " had been"},
                                                                 {"'s been", " has been"},
                                                                 {"'d gone", " had gone"},
                                                                 {"'s gone", " has gone"},
                                                                 {"'d done", " had done"},
                                                                 {"'s got", " has got"},
                                                                 {"n't", " not"},
                                                                 {"'re", " are"},
                                                                 {"'s", " is"},
                                                                 {"'d", " would"},
                                                                 {"'ll", " will"},
                                                                 {"'t", " not"},
                                                                 {"'ve", " have"},
                                                                 {"'m", " am"}};
        for (const auto &[from, to] : endings) {
            rules.emplace_back(std::string(from) + "\\b", to);
        }
        return rules;
    }();
    return list;
}

std::string lowerCase(std::string_view text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        appendUtf8(result,
                   static_cast<char32_t>(
                       utf8proc_tolower(static_cast<utf8proc_int32_t>(nextCodePoint(text, at)))));
    }
    return result;
}

std::string decomposed(const std::string &text)
{
    utf8proc_uint8_t *mapped = nullptr;
    const auto size
        = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t *>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                       static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE));
    BITPRISM_ASSERT(size >= 0, "the text was checked to be UTF-8");
    std::string result(reinterpret_cast<const char *>(mapped), static_cast<std::size_t>(size));
    std::free(mapped);
    return result;
}

/// Letters that no decomposition makes plain.
const char *plainLetter(char32_t letter)
{
    switch (letter) {
    case U'œ':
        return "oe";
    case U'ø':
        return "o";
    case U'æ':
        return "ae";
    case U'ß':
        return "ss";
    case U'đ':
    case U'ð':
        return "d";
    case U'þ':
        return "th";
    case U'ł':
        return "l";
    default:
        return nullptr;
    }
}

/// Marks vanish, symbols and punctuation become spaces, but for those that
/// numbers need.
std::string withoutSymbols(const std::string &text)
{
    constexpr std::u32string_view kept = U".%$¢€£";
    const std::string parts = decomposed(text);
    std::string result;
    for (std::size_t at = 0; at < parts.size();) {
        const char32_t letter = nextCodePoint(parts, at);
        if (kept.find(letter) != std::u32string_view::npos) {
            appendUtf8(result, letter);
            continue;
        }
        if (const char *plain = plainLetter(letter)) {
            result += plain;
            continue;
        }
        const auto code = static_cast<utf8proc_int32_t>(letter);
        const char *category = utf8proc_category_string(code);
        const std::string_view first(category, 1);
        if (utf8proc_category(code) == UTF8PROC_CATEGORY_MN) {
            continue;
        }
        if (first == "M" || first == "S" || first == "P") {
            result += ' ';
        } else {
            appendUtf8(result, letter);
        }
    }
    return result;
}

std::string applied(std::initializer_list<const Rewrite *> rules, std::string text)
{
    for (const Rewrite *rule : rules) {
        text = rule->apply(text);
    }
    return text;
}

} // namespace

TranscriptNormalizer TranscriptNormalizer::open(const std::filesystem::path &folder)
{
    const std::filesystem::path path = folder / io::companions::spellings;
    if (!io::exists(path)) {
        return TranscriptNormalizer(britishSpellings());
    }
    std::map<std::string, std::string> spellings;
    const Json json = io::readJsonFile(path, {.maxBytes = std::size_t{16} << 20, .maxDepth = 4});
    for (const auto &[british, american] : json.items()) {
        if (!json.is_object() || !american.is_string()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: must map British spellings to American ones; mend or "
                                    "remove it."),
                        path);
        }
        spellings[british] = american.get<std::string>();
    }
    TranscriptNormalizer normalizer(std::move(spellings));
    normalizer.m_isFromCheckpoint = true;
    return normalizer;
}

std::string TranscriptNormalizer::normalize(std::string_view text) const
{
    static const Rewrite brackets(R"([<\[][^>\]]*[>\]])", "");
    static const Rewrite parentheses(R"(\(([^)]+?)\))", "");
    static const Rewrite fillers(R"(\b(hmm|mm|mhm|mmm|uh|um)\b)", "");
    static const Rewrite loneApostrophe(R"(\s+')", "'");
    static const Rewrite digitComma(R"((\d),(\d))", "$1$2");
    static const Rewrite stop(R"(\.([^0-9]|$))", " $1");
    static const Rewrite sign(R"([.$¢€£]([^0-9]))", " $1");
    static const Rewrite percent(R"(([^0-9])%)", "$1 ");
    std::string result = applied({&brackets, &parentheses, &fillers, &loneApostrophe},
                                 lowerCase(sanitizedUtf8(text)));
    for (const Rewrite &rule : spelledOut()) {
        result = rule.apply(result);
    }
    result = numberWordsToDigits(withoutSymbols(applied({&digitComma, &stop}, result)));
    std::string spelled;
    for (const std::string &word : wordsOf(result)) {
        const auto found = m_spellings.find(word);
        spelled
            += (spelled.empty() ? "" : " ") + (found == m_spellings.end() ? word : found->second);
    }
    std::string joined;
    for (const std::string &word : wordsOf(applied({&sign, &percent}, spelled))) {
        joined += (joined.empty() ? "" : " ") + word;
    }
    return joined;
}

std::vector<std::string> wordsOf(std::string_view text)
{
    std::istringstream stream{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
        words.push_back(std::move(word));
    }
    return words;
}

WordAlignment alignWords(const std::vector<std::string> &reference,
                         const std::vector<std::string> &hypothesis)
{
    const std::size_t rows = reference.size() + 1;
    const std::size_t cols = hypothesis.size() + 1;
    std::vector<char> moves(rows * cols); // the last step of the best path to each place
    std::vector<std::int64_t> above(cols);
    std::vector<std::int64_t> here(cols);
    for (std::size_t j = 0; j < cols; ++j) {
        above[j] = static_cast<std::int64_t>(j);
        moves[j] = 'I';
    }
    for (std::size_t i = 1; i < rows; ++i) {
        here[0] = static_cast<std::int64_t>(i);
        moves[i * cols] = 'D';
        for (std::size_t j = 1; j < cols; ++j) {
            const bool isEqual = reference[i - 1] == hypothesis[j - 1];
            const std::int64_t diagonal = above[j - 1] + (isEqual ? 0 : 1);
            const std::int64_t best = std::min({diagonal, above[j] + 1, here[j - 1] + 1});
            here[j] = best;
            moves[i * cols + j] = best == diagonal ? (isEqual ? 'C' : 'S')
                : best == above[j] + 1             ? 'D'
                                                   : 'I';
        }
        above.swap(here);
    }
    WordAlignment result;
    result.referenceWords = static_cast<std::int64_t>(reference.size());
    for (std::size_t i = reference.size(), j = hypothesis.size(); i > 0 || j > 0;) {
        const char move = moves[i * cols + j];
        result.steps += move;
        result.substitutions += move == 'S' ? 1 : 0;
        result.deletions += move == 'D' ? 1 : 0;
        result.insertions += move == 'I' ? 1 : 0;
        i -= move == 'I' ? 0 : 1;
        j -= move == 'D' ? 0 : 1;
    }
    std::reverse(result.steps.begin(), result.steps.end());
    return result;
}

} // namespace bitprism::tokenize
