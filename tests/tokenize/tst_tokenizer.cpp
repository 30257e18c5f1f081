// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/utf8.h"
#include "tests/support/test_main.h"
#include "tests/tokenize/toy_tokenizer.h"

#include <fstream>
#include <random>
#include <thread>

using namespace bitprism;
using namespace bitprism::tokenize;

namespace {

std::string randomText(std::mt19937 &random)
{
    constexpr std::uint_fast32_t mark = 0x2581; // decoded as a space, whatever it was
    std::string text;
    for (unsigned i = 0; i < random() % 80; ++i) {
        const std::uint_fast32_t kind = random() % 8;
        const std::uint_fast32_t c = kind < 4 ? 0x20 + random() % 0x5F
            : kind < 5                        ? random() % 0x20
            : kind < 7                        ? 0xA0 + random() % 0x3000
                                              : 0x1F300 + random() % 0x400;
        appendUtf8(text, c == mark ? U' ' : static_cast<char32_t>(c));
        text += kind == 3 ? " the ll" : "";
    }
    return text;
}

std::string pieces(const Json &json, const std::string &text)
{
    return test::joined(test::open(json)->encode(text).pieces);
}

} // namespace

class TstTokenizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsPaddingFromAnotherModel_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<int>("rows");
        QTest::addColumn<bool>("fits");
        QTest::newRow("equal") << 633 << 633 << true;
        QTest::newRow("unknown") << 633 << 0 << true; // a model without its embedding
        QTest::newRow("phi-2") << 50295 << 51200 << true;
        QTest::newRow("deepseek-llm") << 100015 << 102400 << true;
        QTest::newRow("a multiple of 8") << 2049 << 2056 << true;
        QTest::newRow("a multiple of 128") << 258 << 384 << true;
        QTest::newRow("nine tenths") << 50295 << 55888 << false;
        QTest::newRow("more than 128") << 258 << 392 << false;
        QTest::newRow("no multiple") << 503 << 633 << false;
        QTest::newRow("tiny-clip's for tiny-opt") << 633 << 2048 << false;
        QTest::newRow("too many") << 2048 << 633 << false;
    }

    void tellsPaddingFromAnotherModel()
    {
        QFETCH(int, tokens);
        QFETCH(int, rows);
        QFETCH(bool, fits);
        Json words = Json::object();
        for (int id = 0; id < tokens; ++id) {
            words["w" + std::to_string(id)] = id;
        }
        const Json model{{"type", "WordLevel"}, {"vocab", words}, {"unk_token", "w0"}};
        const auto tokenizer = test::open(test::document(model));
        QCOMPARE(tokenizer->vocabularySize(), std::int64_t(tokens));
        ModelInfo info;
        info.path = "model";
        info.vocabularySize = rows;
        if (fits) {
            QCOMPARE(&require(tokenizer.get(), info), tokenizer.get());
        } else {
            QVERIFY_THROWS_EXCEPTION(Error, require(tokenizer.get(), info));
        }
    }

    void restoresAnyText_data()
    {
        QTest::addColumn<QString>("json");
        QTest::newRow("byte level") << QString::fromStdString(test::byteLevelDocument().dump());
        QTest::newRow("byte fallback")
            << QString::fromStdString(test::byteFallbackDocument().dump());
    }

    void restoresAnyText()
    {
        QFETCH(QString, json);
        const auto tokenizer = Tokenizer::fromJson(json.toStdString());
        std::mt19937 random(5);
        for (int i = 0; i < 300; ++i) {
            const std::string text = randomText(random);
            QCOMPARE(tokenizer->decode(tokenizer->encodeIds(text)), text);
        }
    }

    void givesEqualIdsFromManyThreads()
    {
        const auto tokenizer = test::open(test::byteLevelDocument());
        std::mt19937 random(6);
        std::string text;
        for (int i = 0; i < 200; ++i) {
            text += randomText(random);
        }
        const std::vector<TokenId> expected = tokenizer->encodeIds(text);
        std::vector<std::vector<TokenId>> results(4);
        std::vector<std::thread> threads;
        for (std::vector<TokenId> &result : results) {
            threads.emplace_back([&] { result = tokenizer->encodeIds(text); });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        for (const std::vector<TokenId> &result : results) {
            QCOMPARE(result, expected);
        }
    }

    void putsSpecialsAround()
    {
        const auto tokenizer = test::open(test::byteFallbackDocument());
        QCOMPARE(test::joined(tokenizer->encode("the all").pieces), std::string("<s>|▁the|▁|a|ll"));
        QCOMPARE(test::joined(tokenizer->encode("the", false).pieces), std::string("▁the"));
        QCOMPARE(test::joined(tokenizer->encode("").pieces), std::string("<s>"));
        const std::vector<TokenId> ids = tokenizer->encodeIds("a</s>");
        QCOMPARE(tokenizer->decode(ids, false), std::string("<s> a</s>"));
        QCOMPARE(tokenizer->decode(ids, true), std::string("a"));
    }

    void readsEveryPostProcessor_data()
    {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<QString>("expected");
        const QString pair = R"("cls":["<s>",1],"sep":["</s>",2])";
        QTest::newRow("bert") << R"({"type":"BertProcessing",)" + pair + "}"
                              << "<s>|▁|a|</s>";
        QTest::newRow("roberta") << R"({"type":"RobertaProcessing","trim_offsets":true,)" + pair
                + "}"
                                 << "<s>|▁|a|</s>";
        QTest::newRow("byte level") << R"({"type":"ByteLevel","trim_offsets":true})"
                                    << "▁|a";
        QTest::newRow("sequence") << R"({"type":"Sequence","processors":[{"type":"ByteLevel"},
                {"type":"BertProcessing",)"
                + pair + "}]}"
                                  << "<s>|▁|a|</s>";
        QTest::newRow("none") << "null"
                              << "▁|a";
    }

    void readsEveryPostProcessor()
    {
        QFETCH(QString, stage);
        QFETCH(QString, expected);
        Json json = test::byteFallbackDocument();
        json["post_processor"] = Json::parse(stage.toStdString());
        QCOMPARE(QString::fromStdString(pieces(json, "a")), expected);
    }

    void findsAddedTokens_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row
            = [](const char *name, const char *flags, const char *text, const char *expected) {
                  QTest::newRow(name) << QString(flags) << QString(text) << QString(expected);
              };
        row("anywhere", "{}", "abababa", "ab|ab|ab|a");
        row("the longest", "{}", "ababc", "ab|abc");
        row("single words", R"({"single_word": true})", "ab abb ab", "ab| |a|b|b| |ab");
        row("stripping left", R"({"lstrip": true})", "b  ab a", "b|ab| |a");
        row("stripping right", R"({"rstrip": true})", "b ab  a", "b| |ab|a");
        row("not normalized", "{}", "AB ab", "a|b| |ab");
        row("normalized", R"({"normalized": true})", "AB ab", "ab| |ab");
    }

    void findsAddedTokens()
    {
        QFETCH(QString, flags);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        Json json = test::document(test::bpeModel({"a", "b", "c", " "}, {}));
        json["normalizer"] = {{"type", "Lowercase"}};
        json["added_tokens"] = {test::addedToken("ab", 4), test::addedToken("abc", 5)};
        json["added_tokens"][0].update(Json::parse(flags.toStdString()));
        QCOMPARE(QString::fromStdString(pieces(json, text.toStdString())), expected);
    }

    void endsOnTokensThatAreBlanksThemselves() // quadratic stripping would take hours
    {
        Json json = test::document(test::bpeModel({"a"}, {}));
        json["added_tokens"] = {test::addedToken(" ", 1), test::addedToken("\t", 2)};
        json["added_tokens"][0]["rstrip"] = true;
        std::string text;
        for (int i = 0; i < 300000; ++i) {
            text += " \t";
        }
        const std::vector<TokenId> ids = test::open(json)->encodeIds(text + "a");
        QCOMPARE(ids.size(), std::size_t{600001});
        QCOMPARE(ids.back(), 0);
    }

    void prependsAtTheBeginningOnly()
    {
        Json json = test::document(test::bpeModel({"▁", "a"}, {}));
        json["added_tokens"] = {test::addedToken("<x>", 2)};
        json["pre_tokenizer"]
            = {{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "first"}};
        QCOMPARE(pieces(json, "a<x>a"), std::string("▁|a|<x>|a"));
        QCOMPARE(pieces(json, "<x>a"), std::string("<x>|a"));
        json["pre_tokenizer"]["prepend_scheme"] = "always";
        QCOMPARE(pieces(json, "a<x>a"), std::string("▁|a|<x>|▁|a"));
    }

    void knowsWordsAsAWhole()
    {
        const Json model = {{"type", "WordLevel"},
                            {"vocab", test::numbered({"[UNK]", "red", "fox"})},
                            {"unk_token", "[UNK]"}};
        Json json = test::document(model);
        json["pre_tokenizer"] = {{"type", "WhitespaceSplit"}};
        QCOMPARE(pieces(json, "red wolf fox"), std::string("red|[UNK]|fox"));
        QCOMPARE(test::open(json)->decode(std::vector<TokenId>{1, 2}), std::string("red fox"));
        QCOMPARE(test::open(json)->description(), std::string("word-level, 3 tokens"));
    }

    void tellsItsVocabulary()
    {
        const auto tokenizer = test::open(test::byteLevelDocument());
        QCOMPARE(tokenizer->vocabularySize(), std::int64_t{262});
        QCOMPARE(tokenizer->description(), std::string("byte-level BPE, 262 tokens"));
        QCOMPARE(tokenizer->tokenToId("<|end|>"), std::optional<TokenId>(261));
        QCOMPARE(tokenizer->idToToken(261), std::optional<std::string>("<|end|>"));
        QVERIFY(tokenizer->isSpecial(261));
        QVERIFY(!tokenizer->isSpecial(0));
        QVERIFY(!tokenizer->tokenToId("no such token"));
        QVERIFY(!tokenizer->idToToken(262));
        QVERIFY(!tokenizer->idToToken(-1));
        QCOMPARE(test::open(test::byteFallbackDocument())->description(),
                 std::string("BPE with byte fallback, 272 tokens"));
    }

    void findsWhatTextsBeginAndEndWith_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("content");
        QTest::addColumn<int>("bos");
        QTest::addColumn<int>("eos");
        QTest::newRow("template and names") << ""
                                            << "" << 1 << 2;
        QTest::newRow("tokenizer configuration")
            << "tokenizer_config.json"
            << R"({"bos_token": {"content": "</s>"}, "eos_token": "<unk>"})" << 2 << 0;
        QTest::newRow("configuration")
            << "config.json"
            << R"({"bos_token_id": 2, "eos_token_id": [0, 2]})" << 1 << 0;
        QTest::newRow("generation") << "generation_config.json"
                                    << R"({"eos_token_id": 0})" << 1 << 0;
        QTest::newRow("out of range") << "config.json"
                                      << R"({"eos_token_id": 9999999999})" << 1 << 2;
    }

    void findsWhatTextsBeginAndEndWith()
    {
        QFETCH(QString, file);
        QFETCH(QString, content);
        QFETCH(int, bos);
        QFETCH(int, eos);
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        std::ofstream(path / "tokenizer.json") << test::byteFallbackDocument();
        if (!file.isEmpty()) {
            std::ofstream(path / file.toStdString()) << content.toStdString();
        }
        const auto tokenizer = Tokenizer::open(path);
        QCOMPARE(tokenizer->bosId(), std::optional<TokenId>(bos));
        QCOMPARE(tokenizer->eosId(), std::optional<TokenId>(eos));
    }

    void refusesTextThatIsNotUtf8()
    {
        try {
            test::open(test::byteLevelDocument())->encode("ab\xC3(");
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains("byte 2"), error.what());
        }
    }

    void refusesIdsOutsideTheVocabulary()
    {
        const auto tokenizer = test::open(test::byteLevelDocument());
        for (const TokenId id : {-1, 262, std::numeric_limits<TokenId>::max()}) {
            QVERIFY_EXCEPTION_THROWN(tokenizer->decode(std::vector<TokenId>{id}), Error);
        }
    }
};

BITPRISM_TEST(TstTokenizer);
#include "tst_tokenizer.moc"
