// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/random.h"
#include "core/tokenize/bpe_word.h"
#include "tests/support/test_main.h"
#include "tests/tokenize/toy_tokenizer.h"

#include <random>

using namespace bitprism;
using namespace bitprism::tokenize;

namespace {

/// The definition: as long as some pair has a rank, merge the leftmost of the lowest.
std::vector<TokenId> mergedNaively(const MergeTable &merges, std::vector<TokenId> ids)
{
    for (;;) {
        std::size_t best = 0;
        std::uint32_t bestRank = MergeTable::noRank;
        for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
            const std::uint32_t rank = merges.rankOf(ids[i], ids[i + 1]);
            if (rank < bestRank) {
                best = i;
                bestRank = rank;
            }
        }
        if (bestRank == MergeTable::noRank) {
            return ids;
        }
        ids[best] = merges.mergedBy(bestRank);
        ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
}

std::string piecesOf(const Json &model, const std::string &text)
{
    return test::joined(test::open(test::document(model))->encode(text).pieces);
}

} // namespace

class TstBpe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsTheDefinitionOnRandomWords()
    {
        std::mt19937 random(11);
        for (int round = 0; round < 200; ++round) {
            MergeTable merges(40);
            TokenId tokens = 4;
            while (tokens < 40) { // every merge makes a token of its own
                const TokenId left = static_cast<TokenId>(random() % static_cast<unsigned>(tokens));
                const TokenId right
                    = static_cast<TokenId>(random() % static_cast<unsigned>(tokens));
                if (merges.rankOf(left, right) == MergeTable::noRank) {
                    merges.add(left, right, tokens++);
                }
            }
            std::vector<TokenId> word;
            for (unsigned i = 0; i < 1 + random() % 60; ++i) {
                word.push_back(static_cast<TokenId>(random() % 4));
            }
            std::vector<TokenId> merged = word;
            mergeNeighbours(merges, merged, 0);
            QCOMPARE(merged, mergedNaively(merges, word));
        }
    }

    void mergesOnlyFromTheGivenPosition()
    {
        MergeTable merges(1);
        merges.add(1, 1, 2);
        std::vector<TokenId> ids{1, 1, 1, 1};
        mergeNeighbours(merges, ids, 2);
        QCOMPARE(ids, (std::vector<TokenId>{1, 1, 2}));
    }

    void endsOnOneHugeWord() // quadratic merging would take hours
    {
        const Json model = test::bpeModel({"a"}, {"a a", "aa aa", "aaaa aaaa"});
        const auto tokenizer = test::open(test::document(model));
        const std::vector<TokenId> ids = tokenizer->encodeIds(std::string(1'000'003, 'a'));
        QCOMPARE(ids.size(), std::size_t{125'002});
        QCOMPARE(tokenizer->idToToken(ids.back()), std::optional<std::string>("a"));
    }

    void takesBothFormsOfMerges()
    {
        Json model = test::bpeModel({"a", "b", " "}, {"a b"});
        const std::string expected = piecesOf(model, "aab");
        QCOMPARE(expected, std::string("a|ab"));
        model["merges"] = Json::array({Json::array({"a", "b"})});
        QCOMPARE(piecesOf(model, "aab"), expected);
        model["vocab"]["b "] = 4;
        model["merges"] = Json::array({Json::array({"b", " "})});
        QCOMPARE(piecesOf(model, "ab "), std::string("a|b "));
    }

    void treatsUnknownCharactersAsAsked_data()
    {
        QTest::addColumn<QString>("settings");
        QTest::addColumn<QString>("pieces");
        QTest::newRow("dropped") << R"({})"
                                 << "a|b";
        QTest::newRow("one by one") << R"({"unk_token": "<unk>"})"
                                    << "a|<unk>|<unk>|b|<unk>";
        QTest::newRow("fused") << R"({"unk_token": "<unk>", "fuse_unk": true})"
                               << "a|<unk>|b|<unk>";
        QTest::newRow("no bytes to fall back to")
            << R"({"unk_token": "<unk>", "byte_fallback": true})"
            << "a|<unk>|<unk>|b|<unk>";
    }

    void treatsUnknownCharactersAsAsked()
    {
        QFETCH(QString, settings);
        QFETCH(QString, pieces);
        Json model = test::bpeModel({"a", "b", "<unk>"}, {});
        model.update(Json::parse(settings.toStdString()));
        QCOMPARE(QString::fromStdString(piecesOf(model, "a€xb你")), pieces);
    }

    void missesItsUnknownTokenOnlyWhenNeeded()
    {
        Json model = test::bpeModel({"a"}, {});
        model["unk_token"] = "<unk>";
        QCOMPARE(piecesOf(model, "aa"), std::string("a|a"));
        try {
            piecesOf(model, "ab");
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains("model.unk_token"), error.what());
        }
    }

    void prefersWholeWordsWhereMergesAreIgnored()
    {
        Json model = test::bpeModel({"a", "b", "ba"}, {"a b"});
        QCOMPARE(piecesOf(model, "ba"), std::string("b|a"));
        model["ignore_merges"] = true;
        QCOMPARE(piecesOf(model, "ba"), std::string("ba"));
    }

    void marksWordsByPrefixAndSuffix()
    {
        Json prefixed = test::bpeModel({"a", "##b", "##c"}, {});
        prefixed["vocab"]["ab"] = 3;
        prefixed["merges"] = Json::array({"a ##b"});
        prefixed["continuing_subword_prefix"] = "##";
        QCOMPARE(piecesOf(prefixed, "abc"), std::string("ab|##c"));
        Json suffixed = test::bpeModel({"a", "b", "b</w>"}, {"a b</w>"});
        suffixed["end_of_word_suffix"] = "</w>";
        QCOMPARE(piecesOf(suffixed, "bab"), std::string("b|ab</w>"));
    }
};

BITPRISM_TEST(TstBpe);
#include "tst_bpe.moc"
