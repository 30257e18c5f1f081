// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/text_data.h"
#include "core/tokenize/tokenizer.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

using namespace bitprism;
using namespace bitprism::tokenize;
using nlohmann::json;
using test::Complaint;
using test::complaintOf;

namespace {

std::string contents(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::stringstream stream;
    stream << file.rdbuf();
    return stream.str();
}

/// The string array `key` of a GGUF file (format version 3).
std::vector<std::string> ggufStrings(const std::string &path, const std::string &key)
{
    const std::string bytes = contents(path);
    const auto number = [&](std::size_t at, int size) {
        std::uint64_t value = 0;
        for (int i = 0; i < size; ++i) {
            value |= std::uint64_t{static_cast<unsigned char>(bytes.at(at + i))} << (8 * i);
        }
        return value;
    };
    const std::size_t found = bytes.find(key);
    std::vector<std::string> strings;
    if (found == std::string::npos) {
        return strings;
    }
    std::size_t at = found + key.size() + 8; // the types: array, of strings
    const std::uint64_t count = number(at, 8);
    at += 8;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t size = number(at, 8);
        strings.push_back(bytes.substr(at + 8, size));
        at += 8 + size;
    }
    return strings;
}

/// llama.cpp spells a word's beginning with U+2581 and leaves continuations bare.
std::string vocabularyText(const std::vector<std::string> &tokens)
{
    const std::string mark = "\u2581";
    std::string text;
    for (const std::string &token : tokens) {
        if (token.starts_with(mark)) {
            text += token.substr(mark.size());
        } else {
            text += (token.starts_with('[') && token.ends_with(']') ? "" : "##") + token;
        }
        text += '\n';
    }
    return text;
}

std::vector<std::pair<std::string, std::vector<TokenId>>> goldenCases(const std::string &path)
{
    const std::string separator = "\n__ggml_vocab_test__\n";
    const std::string inputs = contents(path + ".inp");
    std::istringstream lines(contents(path + ".out"));
    std::vector<std::pair<std::string, std::vector<TokenId>>> cases;
    std::string line;
    for (std::size_t begin = 0; begin < inputs.size() && std::getline(lines, line);) {
        const std::size_t end = std::min(inputs.find(separator, begin), inputs.size());
        std::vector<TokenId> ids;
        std::istringstream numbers(line);
        for (TokenId id = 0; numbers >> id;) {
            ids.push_back(id);
        }
        cases.emplace_back(inputs.substr(begin, end - begin), std::move(ids));
        begin = end + separator.size();
    }
    return cases;
}

/// Every kind of character, among them some that no vocabulary spells as one token.
const char *const mixedText
    = "Zażółć gęślą jaźń, 你好 мир 🙂🙃 e\u0301 \t x\n\n  y\u200B \u0800";

} // namespace

class TstLegacyFiles : public QObject
{
    Q_OBJECT

private:
    std::filesystem::path write(const char *name, const std::string &text)
    {
        const std::filesystem::path file = m_folder.path().toStdString() + "/" + name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }
    QTemporaryDir m_folder;

private Q_SLOTS:
    void wordPieceSpellsByTheLongestBeginnings()
    {
        write("wp/vocab.txt",
              "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\n##a\nwant\n,\n");
        const auto tokenizer = Tokenizer::open(m_folder.path().toStdString() + "/wp");
        QCOMPARE(tokenizer->description(), std::string("WordPiece, 11 tokens"));
        const Encoding encoding = tokenizer->encode("Unaffable, WANTED [MASK]");
        QCOMPARE(encoding.pieces,
                 (std::vector<std::string>{"[CLS]", "un", "##aff", "##able", ",", "[UNK]", "[MASK]",
                                           "[SEP]"}));
        QVERIFY(tokenizer->isSpecial(4));
        QVERIFY(!tokenizer->isSpecial(5));
        QCOMPARE(tokenizer->decode(encoding.ids), std::string("unaffable,"));
        write("cased/vocab.txt", "[UNK]\nWant\nwant\n");
        const auto cased = Tokenizer::open(m_folder.path().toStdString() + "/cased");
        QCOMPARE(cased->encodeIds("Want want"), (std::vector<TokenId>{1, 2}));
    }

    void bertCasedKeepsCase()
    {
        const std::string file = test::sharedData("tokenizers/bert-cased/vocab.txt");
        if (file.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = Tokenizer::open(file);
        QCOMPARE(tokenizer->vocabularySize(), std::int64_t{28'996});
        QCOMPARE(tokenizer->encode("Hello unaffable World!").pieces,
                 (std::vector<std::string>{"[CLS]", "Hello", "un", "##af", "##fa", "##ble", "World",
                                           "!", "[SEP]"}));
        QCOMPARE(tokenizer->decode(tokenizer->encodeIds("Hello unaffable World!")),
                 std::string("Hello unaffable World!"));
    }

    void bgeGivesTheGoldenIds()
    {
        const std::string folder = test::sharedData("tokenizers/gguf");
        if (folder.empty()) {
            QSKIP("no shared data");
        }
        const std::string model = folder + "/ggml-vocab-bert-bge.gguf";
        const std::vector<std::string> tokens = ggufStrings(model, "tokenizer.ggml.tokens");
        QCOMPARE(tokens.size(), std::size_t{30'522});
        write("bge/tokenizer_config.json", R"({"do_lower_case": true})");
        write("bge/vocab.txt", vocabularyText(tokens));
        const auto tokenizer = Tokenizer::open(m_folder.path().toStdString() + "/bge");
        const auto cases = goldenCases(model);
        QVERIFY(cases.size() > 40);
        int wrong = 0;
        for (const auto &[text, ids] : cases) {
            if (tokenizer->encodeIds(text, false) != ids) {
                qWarning("%s", text.c_str());
                ++wrong;
            }
        }
        QCOMPARE(wrong, 0);
    }

    void gpt2FilesGiveTheGoldenIds()
    {
        const std::string folder = test::sharedData("tokenizers/gpt2");
        const std::string golden = test::sharedData("tokenizers/gguf");
        if (folder.empty() || golden.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = Tokenizer::open(folder);
        QCOMPARE(tokenizer->description(), std::string("byte-level BPE, 50257 tokens"));
        for (const auto &[text, ids] : goldenCases(golden + "/ggml-vocab-gpt-2.gguf")) {
            QVERIFY2(tokenizer->encodeIds(text, false) == ids, text.c_str());
            QCOMPARE(tokenizer->decode(ids), text);
        }
        QCOMPARE(tokenizer->decode(tokenizer->encodeIds(mixedText)), std::string(mixedText));
    }

    /// Whisper's English ranks are GPT-2's, so its ids must be too.
    void tiktokenRanksGiveTheIdsOfTheirMerges()
    {
        const std::string whisper = test::sharedData("tokenizers/whisper");
        const std::string golden = test::sharedData("tokenizers/gguf");
        if (whisper.empty() || golden.empty()) {
            QSKIP("no shared data");
        }
        const auto english = Tokenizer::open(whisper + "/gpt2.tiktoken");
        for (const auto &[text, ids] : goldenCases(golden + "/ggml-vocab-gpt-2.gguf")) {
            QVERIFY2(english->encodeIds(text, false) == ids, text.c_str());
        }
        const auto ranks = Tokenizer::open(whisper + "/multilingual.tiktoken");
        const auto whole = Tokenizer::open(whisper + "/tokenizer.json");
        for (const char *text : {" And so, my fellow Americans", "Grüße aus Köln", mixedText}) {
            QCOMPARE(ranks->encodeIds(text, false), whole->encodeIds(text, false));
        }
    }

    void sentencePieceComesBack()
    {
        const std::string file
            = test::sharedData("tokenizers/sentencepiece/en.wiki.bpe.vs100000.model");
        if (file.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = Tokenizer::open(file);
        QCOMPARE(tokenizer->vocabularySize(), std::int64_t{100'000});
        const std::string text = "the quick brown fox jumps over the lazy dog";
        const Encoding encoding = tokenizer->encode(text, false);
        QCOMPARE(encoding.pieces.front(), std::string("\u2581the"));
        QCOMPARE(tokenizer->decode(encoding.ids), text);
    }

    void charactersStandBetweenBeginAndEnd()
    {
        write("names/vocab.json", R"({"<end>": 0, "a": 1, "b": 2, "ß": 3})");
        write("names/config.json", R"({"bos_token_id": 0, "eos_token_id": 0})");
        const auto tokenizer = Tokenizer::open(m_folder.path().toStdString() + "/names");
        QCOMPARE(tokenizer->encodeIds("abß"), (std::vector<TokenId>{0, 1, 2, 3, 0}));
        QCOMPARE(tokenizer->decode(std::vector<TokenId>{0, 3, 1, 0}), std::string("ßa"));
        QCOMPARE(tokenizer->specialsAfter(), std::size_t{1});
        QCOMPARE(tokenizer->encodeIds("ab\nb"), (std::vector<TokenId>{0, 1, 2, 0, 2, 0}));
        QVERIFY(complaintOf([&] { tokenizer->encodeIds("abc"); }).isBadInputNaming("\"c\""));
    }

    /// LLaMA's files have no pre-tokenizer: a long text is one word, which is merged in parts.
    void longTextsGiveTheIdsOfTheirWhole()
    {
        const std::string file = test::sharedData("tokenizers/phi-3/tokenizer.json");
        const std::string wiki = test::sharedData("text/wikitext-2-raw-valid.txt");
        if (file.empty() || wiki.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = Tokenizer::open(file);
        const std::string text = readTextFile(wiki).substr(0, 20'000) + mixedText;
        const std::vector<TokenId> ids = tokenizer->encodeIds(text, false);
        QCOMPARE(tokenizer->decode(ids), text);
    }

    void unigramTakesTheLikeliestSegmentation()
    {
        const json vocabulary = json::parse(
            R"([["<unk>", 0], ["a", -2], ["b", -2], ["ab", -3], ["aba", -7], ["ba", -3.5]])");
        const json document
            = {{"model", {{"type", "Unigram"}, {"unk_id", 0}, {"vocab", vocabulary}}}};
        const auto tokenizer = Tokenizer::fromJson(document.dump());
        // ab + a = -5 beats aba (-7), a + ba (-5.5) and a + b + a (-6).
        QCOMPARE(tokenizer->encodeIds("aba"), (std::vector<TokenId>{3, 1}));
        QCOMPARE(tokenizer->encodeIds("xyab"), (std::vector<TokenId>{0, 3}));
        QCOMPARE(tokenizer->encodeIds("xa\u00e9"), (std::vector<TokenId>{0, 1, 0}));
    }

    /// A vocabulary like CLIP's whose mark of a text's end is missing has nothing to frame texts
    /// by.
    void marksThatAreMissingFrameNothing()
    {
        write("clip/merges.txt", "#version: 0.2\n");
        const auto file = write("clip/vocab.json", R"({"a": 0, "a</w>": 1, "<|startoftext|>": 2})");
        const auto tokenizer = Tokenizer::open(file);
        QCOMPARE(tokenizer->encodeIds("a"), (std::vector<TokenId>{1}));
    }

    void damagedFilesAreNamed_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("words");
        // A piece that begins with a zero byte, which the library's trie throws for.
        QTest::newRow("piece of a zero byte")
            << "d5/tokenizer.model"
            << QByteArray("\x0a\x0e\x0a\x05\x3c\x75\x6e\x6b\x3e\x15\x00\x00\x80\xbf\x18\x02\x0a\x0c"
                          "\x0a\x03"
                          "\x3c\x73\x3e\x15\x00\x00\x80\xbf\x18\x03\x0a\x0d\x0a\x04\x3c\x2f\x73\x3e"
                          "\x15\x00"
                          "\x00\x80\xbf\x18\x03\x0a\x0c\x0a\x03\xe2\x96\x81\x15\x00\x00\x80\xbf\x18"
                          "\x01\x0a"
                          "\x0a\x0a\x01\x48\x15\x00\x00\x80\xbf\x18\x01\x0a\x0a\x0a\x01\x00\x65\x80"
                          "\x15\x00"
                          "\xbf\x18\x01",
                          83)
            << "tokenizer.model";
        QTest::newRow("model") << "d1/tokenizer.model" << QByteArray("not a model")
                               << "tokenizer.model";
        QTest::newRow("ranks") << "d2/x.tiktoken" << QByteArray("IQ== 0\nbroken\n")
                               << "x.tiktoken:2";
        QTest::newRow("vocabulary") << "d3/vocab.json" << QByteArray("[1]") << "vocab.json";
        QTest::newRow("empty") << "d4/vocab.txt" << QByteArray(" \n") << "vocab.txt";
    }

    void damagedFilesAreNamed()
    {
        QFETCH(QString, file);
        QFETCH(QByteArray, text);
        QFETCH(QString, words);
        const auto path = write(file.toUtf8().constData(), text.toStdString());
        const Complaint complaint = complaintOf([&] { Tokenizer::open(path); });
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
    }

    /// A control and a word of one text: found by the fuzzer, as an id without a piece.
    void aPieceThatStandsTwiceIsNamed()
    {
        const QByteArray model
            = QByteArray::fromBase64("Cg4KBS91bmsuFQAAgL8YAgoMCgMylT4VAACAvxgBCg0KBOKWgUgVAACAvxgDg"
                                     "L8YAQoNCgTiloFIFQAAgL8YAQ==");
        const auto path = write("d6/tokenizer.model", model.toStdString());
        const Complaint complaint = complaintOf([&] { Tokenizer::open(path); });
        QVERIFY2(complaint.isBadInputNaming("twice"), complaint.text.c_str());
    }
};

BITPRISM_TEST(TstLegacyFiles);
#include "tst_legacy_files.moc"
