// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/text_data.h"
#include "tests/support/test_main.h"
#include "tests/tokenize/toy_tokenizer.h"

#include <fstream>
#include <sstream>

using namespace bitprism;
using namespace bitprism::tokenize;

namespace {

/// Inputs and ids that llama.cpp keeps for a vocabulary.
struct GoldenCase
{
    std::string text;
    std::vector<TokenId> ids;
};

std::string contents(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::stringstream stream;
    stream << file.rdbuf();
    return stream.str();
}

std::vector<GoldenCase> goldenCases(const std::string &path)
{
    const std::string separator = "\n__ggml_vocab_test__\n";
    const std::string inputs = contents(path + ".inp");
    std::istringstream lines(contents(path + ".out"));
    std::vector<GoldenCase> cases;
    std::string line;
    for (std::size_t begin = 0; begin < inputs.size() && std::getline(lines, line);) {
        const std::size_t end = std::min(inputs.find(separator, begin), inputs.size());
        GoldenCase golden{inputs.substr(begin, end - begin), {}};
        std::istringstream numbers(line);
        for (TokenId id = 0; numbers >> id;) {
            golden.ids.push_back(id);
        }
        cases.push_back(std::move(golden));
        begin = end + separator.size();
    }
    return cases;
}

/// GPT-2's own vocab.json and merges.txt as a tokenizer.json.
Json gpt2Document(const std::string &folder)
{
    Json merges = Json::array();
    std::istringstream lines(contents(folder + "/merges.txt"));
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty()) {
            merges.push_back(line);
        }
    }
    Json json = test::byteLevelDocument();
    json["model"] = {{"type", "BPE"},
                     {"vocab", Json::parse(contents(folder + "/vocab.json"))},
                     {"merges", merges}};
    json["added_tokens"] = {test::addedToken("<|endoftext|>", 50256)};
    return json;
}

void compareWithGolden(const Tokenizer &tokenizer, const std::string &path)
{
    const std::vector<GoldenCase> cases = goldenCases(path);
    QVERIFY(cases.size() > 40);
    for (const GoldenCase &golden : cases) {
        QVERIFY2(tokenizer.encodeIds(golden.text, false) == golden.ids, golden.text.c_str());
    }
}

} // namespace

class TstRealTokenizers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gpt2GivesTheGoldenIds()
    {
        const std::string folder = test::sharedData("tokenizers/gpt2");
        const std::string golden = test::sharedData("tokenizers/gguf");
        if (folder.empty() || golden.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = test::open(gpt2Document(folder));
        QCOMPARE(tokenizer->description(), std::string("byte-level BPE, 50257 tokens"));
        QCOMPARE(tokenizer->bosId(), std::optional<TokenId>(50256));
        compareWithGolden(*tokenizer, golden + "/ggml-vocab-gpt-2.gguf");
    }

    void phi3GivesTheGoldenIds()
    {
        const std::string file = test::sharedData("tokenizers/phi-3/tokenizer.json");
        const std::string golden = test::sharedData("tokenizers/gguf");
        if (file.empty() || golden.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = Tokenizer::open(file);
        compareWithGolden(*tokenizer, golden + "/ggml-vocab-phi-3.gguf");
    }

    void storiesBeginWithBosAndComeBack()
    {
        const std::string folder = test::sharedData("stories260k");
        const std::string file = test::sharedData("text/tinystories-sample.txt");
        if (folder.empty() || file.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = Tokenizer::open(folder);
        QCOMPARE(tokenizer->bosId(), std::optional<TokenId>(1));
        QCOMPARE(tokenizer->eosId(), std::optional<TokenId>(2));
        const std::string text = readTextFile(file);
        const std::vector<std::string_view> documents = splitDocuments(text, "<|endoftext|>");
        QCOMPARE(documents.size(), std::size_t{1737});
        std::size_t scored = 0;
        for (std::size_t i = 0; i < 100; ++i) { // the README counts their tokens, cut at 512
            const std::vector<TokenId> ids = tokenizer->encodeIds(documents[i]);
            QCOMPARE(ids.front(), 1);
            QCOMPARE(tokenizer->decode(ids), std::string(documents[i]));
            scored += std::min<std::size_t>(ids.size(), 512) - 1;
        }
        QCOMPARE(scored, std::size_t{37'072});
    }

    void reactionsHaveNoUnknownToken()
    {
        const std::string folder = test::sharedData("rxnmapper-albert");
        if (folder.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = Tokenizer::open(folder);
        std::istringstream lines(contents(folder + "/reactions.txt"));
        std::size_t count = 0;
        std::size_t reactions = 0;
        for (std::string line; std::getline(lines, line); ++reactions) {
            const std::vector<TokenId> ids = tokenizer->encodeIds(line);
            QCOMPARE(ids.front(), 12);
            QCOMPARE(ids.back(), 13);
            QVERIFY(std::find(ids.begin(), ids.end(), 11) == ids.end());
            count += ids.size();
        }
        QCOMPARE(reactions, std::size_t{500});
        QCOMPARE(count, std::size_t{59'629});
    }

    /// Ids by Hugging Face's `tokenizers` 0.22.
    void clipAndWhisperGiveTheReferenceIds_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<int>>("ids");
        QTest::addColumn<QString>("decoded");
        QTest::newRow("clip")
            << "tokenizers/clip/tokenizer.json"
            << "A photo  of a CAT, isn't it? 12"
            << QList<int>{49406, 320, 1125, 539, 320, 2368, 267,
                          2923,  713, 585,  286, 272, 273,  49407}
            << "a</w>photo</w>of</w>a</w>cat</w>,</w>isn</w>'t</w>it</w>?</w>1</w>2</w>";
        QTest::newRow("whisper") << "tokenizers/whisper/tokenizer.json"
                                 << " And so, my fellow Americans: ½ ü"
                                 << QList<int>{50258, 50363, 400, 370,   11,   452,
                                               7177,  6280,  25,  32653, 3304, 50257}
                                 << " And so, my fellow Americans: ½ ü";
    }

    void clipAndWhisperGiveTheReferenceIds()
    {
        QFETCH(QString, file);
        QFETCH(QString, text);
        QFETCH(QList<int>, ids);
        QFETCH(QString, decoded);
        const std::string path = test::sharedData(file.toStdString());
        if (path.empty()) {
            QSKIP("no shared data");
        }
        const auto tokenizer = Tokenizer::open(path);
        const std::vector<TokenId> found = tokenizer->encodeIds(text.toStdString());
        QCOMPARE(QList<int>(found.begin(), found.end()), ids);
        QCOMPARE(QString::fromStdString(tokenizer->decode(found)), decoded);
    }
};

BITPRISM_TEST(TstRealTokenizers);
#include "tst_real_tokenizers.moc"
