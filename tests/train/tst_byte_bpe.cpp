// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/byte_bpe.h"
#include "core/base/error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using namespace bitprism::train;

namespace {

const std::string verses = "In the beginning God created the heaven and the earth.\n"
                           "And the earth was without form, and void; and darkness was upon the\n\n"
                           "And God said, Let there be light: and there was light.\n";

int idOf(char byte) { return ByteBpe({}).encode(std::string(1, byte)).front(); }

} // namespace

class TstByteBpe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splitsAsGpt2Does_data();
    void splitsAsGpt2Does();
    void splitKeepsEveryByte();
    void mergesTheMostFrequentPairFirst();
    void breaksTiesByIds();
    void stopsWhenNoPairOccursTwice();
    void decodingUndoesEncoding_data();
    void decodingUndoesEncoding();
    void learnedTokensShortenTheText();
    void refusesBrokenUtf8();
    void tokenizerJsonHoldsVocabularyAndMerges();
};

void TstByteBpe::splitsAsGpt2Does_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("words");
    QTest::newRow("leading space") << "In the" << QStringList{"In", " the"};
    QTest::newRow("contraction") << "he's'll" << QStringList{"he", "'s", "'ll"};
    QTest::newRow("verse end") << "so.\nAnd" << QStringList{"so", ".", "\n", "And"};
    QTest::newRow("chapter end") << "so.\n\nAnd" << QStringList{"so", ".", "\n", "\n", "And"};
    QTest::newRow("trailing blanks") << "so  " << QStringList{"so", "  "};
    QTest::newRow("inner blanks") << "so  it" << QStringList{"so", " ", " it"};
    QTest::newRow("digits") << "a 12b" << QStringList{"a", " 12", "b"};
}

void TstByteBpe::splitsAsGpt2Does()
{
    QFETCH(QString, text);
    QFETCH(QStringList, words);
    const std::string bytes = text.toStdString();
    QStringList found;
    for (const std::string_view word : splitWords(bytes)) {
        found << QString::fromUtf8(word.data(), qsizetype(word.size()));
    }
    QCOMPARE(found, words);
}

void TstByteBpe::splitKeepsEveryByte()
{
    std::string joined;
    for (const std::string_view word : splitWords(verses)) {
        joined += word;
    }
    QCOMPARE(joined, verses);
}

void TstByteBpe::mergesTheMostFrequentPairFirst()
{
    const ByteBpe bpe = ByteBpe::learn("aab aab aab", 259); // "aa" and "ab" thrice, " a" twice
    QCOMPARE(bpe.merges().size(), std::size_t(2));
    QCOMPARE(bpe.merges()[0], std::pair(idOf('a'), idOf('a')));
    QCOMPARE(bpe.merges()[1], std::pair(257, idOf('b')));
}

void TstByteBpe::breaksTiesByIds()
{
    const ByteBpe bpe = ByteBpe::learn("xy ab\nxy ab", 258); // "xy", "ab" and " a" occur twice
    QCOMPARE(bpe.merges().front(), std::pair(idOf('a'), idOf('b')));
}

void TstByteBpe::stopsWhenNoPairOccursTwice()
{
    QCOMPARE(ByteBpe::learn("abc", 300).vocabularySize(), 257);
}

void TstByteBpe::decodingUndoesEncoding_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("learned text") << QByteArray::fromStdString(verses);
    QTest::newRow("other text") << QByteArray("zebra\tQUIZ 42!");
    QTest::newRow("umlaut and emoji") << QByteArray("Gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
    QTest::newRow("empty") << QByteArray("");
}

void TstByteBpe::decodingUndoesEncoding()
{
    QFETCH(QByteArray, text);
    const ByteBpe bpe = ByteBpe::learn(verses, 290);
    QCOMPARE(bpe.decode(bpe.encode(text.toStdString())), text.toStdString());
}

void TstByteBpe::learnedTokensShortenTheText()
{
    const auto plain = ByteBpe({}).encode(verses);
    const auto merged = ByteBpe::learn(verses, 290).encode(verses);
    QCOMPARE(plain.size(), verses.size());
    QVERIFY2(merged.size() < plain.size() * 3 / 4, "33 merges must save a quarter");
}

void TstByteBpe::refusesBrokenUtf8()
{
    try {
        ByteBpe::learn("abc\xff", 300);
        QFAIL("no error");
    } catch (const Error &error) {
        QCOMPARE(error.code(), ErrorCode::BadInput);
    }
}

void TstByteBpe::tokenizerJsonHoldsVocabularyAndMerges()
{
    const ByteBpe bpe = ByteBpe::learn(verses, 280);
    const auto json = nlohmann::json::parse(bpe.toTokenizerJson());
    const auto &model = json.at("model");
    QCOMPARE(model.at("type").get<std::string>(), std::string("BPE"));
    QCOMPARE(int(model.at("vocab").size()), bpe.vocabularySize());
    QCOMPARE(model.at("vocab").at(ByteBpe::endOfText).get<int>(), 0);
    QCOMPARE(model.at("vocab").at("!").get<int>(), 1);
    QCOMPARE(model.at("vocab").at("\u0120").get<int>(), idOf(' ')); // the space's stand-in
    QCOMPARE(model.at("vocab").at("\u010a").get<int>(), idOf('\n'));
    QCOMPARE(model.at("merges").size(), bpe.merges().size());
    const std::string first = model.at("merges").at(0);
    const std::string joined = first.substr(0, first.find(' ')) + first.substr(first.find(' ') + 1);
    QCOMPARE(model.at("vocab").at(joined).get<int>(), 257);
    QVERIFY(json.at("added_tokens").at(0).at("special").get<bool>());
}

BITPRISM_TEST(TstByteBpe);

#include "tst_byte_bpe.moc"
