// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/gguf_tokenizer.h"
#include "core/tokenize/tokenizer.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace bitprism;
using namespace bitprism::tokenize;
using test::complaintOf;

namespace fs = std::filesystem;

namespace {

std::string ggufContents(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::stringstream stream;
    stream << file.rdbuf();
    return stream.str();
}

} // namespace

class TstGgufTokenizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    /// Tokenizers made of GGUF's arrays alone give the ids that llama.cpp keeps for them.
    void realFilesGiveTheGoldenIds_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("byte-level BPE") << "ggml-vocab-gpt-2.gguf";
        QTest::newRow("BPE by scores") << "ggml-vocab-phi-3.gguf";
    }

    void realFilesGiveTheGoldenIds()
    {
        QFETCH(QString, name);
        const std::string folder = test::sharedData("tokenizers/gguf");
        if (folder.empty()) {
            QSKIP("no shared data");
        }
        const std::string file = folder + "/" + name.toStdString();
        QVERIFY(Tokenizer::existsIn(file));
        const auto tokenizer = Tokenizer::open(file);
        const std::string separator = "\n__ggml_vocab_test__\n";
        const std::string inputs = ggufContents(file + ".inp");
        std::istringstream lines(ggufContents(file + ".out"));
        std::string line;
        int cases = 0;
        for (std::size_t begin = 0; begin < inputs.size() && std::getline(lines, line); ++cases) {
            const std::size_t end = std::min(inputs.find(separator, begin), inputs.size());
            const std::string text = inputs.substr(begin, end - begin);
            std::istringstream numbers(line);
            std::vector<TokenId> expected;
            for (TokenId id = 0; numbers >> id;) {
                expected.push_back(id);
            }
            const std::vector<TokenId> found = tokenizer->encodeIds(text, /*addSpecials=*/false);
            QVERIFY2(found == expected, text.c_str());
            begin = end + separator.size();
        }
        QVERIFY(cases > 40);
    }

    void whatIsWrittenReadsBack_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::newRow("stories260k") << "stories260k";
        QTest::newRow("phi-3") << "tokenizers/phi-3";
    }

    void whatIsWrittenReadsBack()
    {
        QFETCH(QString, folder);
        const std::string source = test::sharedData(folder.toStdString());
        if (source.empty()) {
            QSKIP("no shared data");
        }
        const auto original = Tokenizer::open(source);
        io::GgufMetadata metadata = ggufTokenizerMetadata(source, 0, "");
        std::erase_if(metadata, [](const auto &entry) {
            return entry.first == "tokenizer.huggingface.json"; // the arrays alone
        });
        const auto imported = Tokenizer::open(written(metadata));
        for (const char *text :
             {"Once upon a time, there was a little girl.", " two  spaces\n\nand lines",
              "\u00e4\u4e2d", "1234 + 56", "a", ""}) {
            QVERIFY2(imported->encodeIds(text, false) == original->encodeIds(text, false), text);
        }
        QCOMPARE(imported->vocabularySize(), original->vocabularySize());
    }

    void theWholeTokenizerTravelsAlong()
    {
        const std::string source = test::sourceDir() + "/resources/samples/tiny-llama";
        const io::GgufMetadata metadata = ggufTokenizerMetadata(source, 2060, "");
        const fs::path file = written(metadata);
        QCOMPARE(*ggufTokenizerJson(file), ggufContents(source + "/tokenizer.json"));
        const io::GgufFile opened(file);
        QCOMPARE(opened.text("tokenizer.ggml.pre"), std::optional<std::string>("gpt-2"));
        const io::GgufArray *tokens = opened.array("tokenizer.ggml.tokens");
        QCOMPARE(tokens->texts.size(), std::size_t(2060));
        QCOMPARE(tokens->texts.back(), std::string("[PAD2059]"));
        QCOMPARE(opened.array("tokenizer.ggml.token_type")->integers.back(), std::int64_t(5));
        QCOMPARE(opened.array("tokenizer.ggml.token_type")->integers.front(), std::int64_t(3));
        QCOMPARE(opened.integer("tokenizer.ggml.bos_token_id"), std::optional<std::int64_t>(0));
    }

    void unknownRulesAreNamed()
    {
        io::GgufMetadata metadata{{"tokenizer.ggml.model", std::string("gpt2")},
                                  {"tokenizer.ggml.pre", std::string("of-tomorrow")},
                                  {"tokenizer.ggml.tokens", io::GgufArray::ofTexts({"a", "b"})},
                                  {"tokenizer.ggml.merges", io::GgufArray::ofTexts({})}};
        const fs::path file = written(metadata);
        QVERIFY(complaintOf([&] { Tokenizer::open(file); }).isBadInputNaming("of-tomorrow"));
        metadata[1].second = std::string("gpt-2");
        metadata.pop_back();
        QVERIFY(complaintOf([&] {
                    Tokenizer::open(written(metadata));
                }).isBadInputNaming("tokenizer.ggml.merges"));
        metadata[0].second = std::string("llama");
        QVERIFY(complaintOf([&] {
                    Tokenizer::open(written(metadata));
                }).isBadInputNaming("tokenizer.ggml.scores"));
        metadata[0].second = std::string("bert");
        QVERIFY(complaintOf([&] { Tokenizer::open(written(metadata)); }).isBadInputNaming("bert"));
        const io::GgufMetadata nameless(metadata.begin() + 1, metadata.end());
        QVERIFY(complaintOf([&] {
                    Tokenizer::open(written(nameless));
                }).isBadInputNaming("tokenizer.ggml.model"));
        metadata.emplace_back("tokenizer.ggml.token_type", io::GgufArray::ofInt32({1}));
        QVERIFY(complaintOf([&] {
                    Tokenizer::open(written(metadata));
                }).isBadInputNaming("token_type"));
    }

    /// An export reads tokenizer.json without opening the tokenizer: types may be any.
    void wrongTypesAreNamed_data()
    {
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *place, const char *value) {
            QTest::addRow("%s is %s", place, value) << place << value;
        };
        row("/model/type", "7");
        row("/model/byte_fallback", R"("yes")");
        row("/model/vocab", R"({"a": "zero"})");
        row("/model/merges", R"([["a", 1]])");
        row("/model/merges", R"({})");
        row("/added_tokens", R"(["a"])");
        row("/added_tokens/0/id", "-1");
        row("/added_tokens/0/id", R"("0")");
        row("/added_tokens/0/content", "[]");
        row("/added_tokens/0/special", "1");
        row("/pre_tokenizer/type", "false");
        row("/pre_tokenizer/add_prefix_space", "0");
        row("/post_processor", "[]");
        row("/post_processor/single", R"([{"SpecialToken": 3}])");
        row("/post_processor/single", R"([{"SpecialToken": {"id": 3}}])");
    }

    void wrongTypesAreNamed()
    {
        QFETCH(QString, place);
        QFETCH(QString, value);
        const fs::path folder = m_folder->path().toStdString();
        nlohmann::json document
            = {{"added_tokens", {{{"id", 1}, {"content", "<s>"}, {"special", true}}}},
               {"pre_tokenizer",
                {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
               {"post_processor", {{"single", {{{"SpecialToken", {{"id", "<s>"}}}}}}}},
               {"model", {{"type", "BPE"}, {"vocab", {{"a", 0}}}, {"merges", {"a b"}}}}};
        std::ofstream(folder / "tokenizer_config.json") << R"({"bos_token": "<s>"})";
        std::ofstream(folder / "tokenizer.json") << document.dump();
        QVERIFY(!ggufTokenizerMetadata(folder, 0, "").empty());
        document[nlohmann::json::json_pointer(place.toStdString())]
            = nlohmann::json::parse(value.toStdString());
        std::ofstream(folder / "tokenizer.json") << document.dump();
        const test::Complaint complaint
            = complaintOf([&] { ggufTokenizerMetadata(folder, 0, ""); });
        QVERIFY2(complaint.isBadInputNaming(folder.string()), complaint.text.c_str());
    }

private:
    fs::path written(const io::GgufMetadata &metadata) const
    {
        const fs::path file = fs::path(m_folder->path().toStdString()) / "vocab.gguf";
        io::GgufWriter(file, metadata, {}).commit();
        return file;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstGgufTokenizer);
#include "tst_gguf_tokenizer.moc"
