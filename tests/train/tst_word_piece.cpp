// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/pair_learning.h"
#include "app/train/word_piece.h"
#include "tests/support/test_main.h"

using namespace bitprism::train;

namespace {

const char *const text = "In the beginning God created the heaven and the earth.\n"
                         "And the earth was without form, and void.\n";

} // namespace

class TstWordPiece : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void learnsTheMostFrequentPairFirst();
    void endsWhereNoPairOccursTwice();
    void longestPieceComesFirst();
    void unknownLettersMakeTheWordUnknown();
    void decodesToTheWords();
    void specialsStandFirst();
};

void TstWordPiece::learnsTheMostFrequentPairFirst()
{
    // "ab" stands in both words, 5 times; "bc" twice.
    const std::vector<PiecePair> merges = learnMerges({{{"a", "b", "c"}, 2}, {{"a", "b"}, 3}}, 10);
    QCOMPARE(merges.size(), std::size_t(2));
    QCOMPARE(merges[0], PiecePair("a", "b"));
    QCOMPARE(merges[1], PiecePair("ab", "c"));
}

void TstWordPiece::endsWhereNoPairOccursTwice()
{
    QVERIFY(learnMerges({{{"a", "b"}, 1}}, 10).empty());
    QVERIFY(WordPiece::learn("ab cd", 1000).vocabularySize() < 20);
}

void TstWordPiece::longestPieceComesFirst()
{
    const WordPiece tokenizer(
        {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "ab", "##b", "##bc", "##c", "abc"});
    QCOMPARE(tokenizer.encode("abc"), std::vector<std::int32_t>({10}));
    QCOMPARE(tokenizer.encode("abbc"), std::vector<std::int32_t>({6, 8}));
    QCOMPARE(tokenizer.encode("A abcc"), std::vector<std::int32_t>({5, 10, 9}));
}

void TstWordPiece::unknownLettersMakeTheWordUnknown()
{
    const WordPiece tokenizer = WordPiece::learn(text, 60);
    const std::vector<std::int32_t> ids = tokenizer.encode("the q2q earth");
    QVERIFY(std::count(ids.begin(), ids.end(), WordPiece::unknownToken) == 1);
}

void TstWordPiece::decodesToTheWords() // pieces of a word join to the word
{
    const WordPiece tokenizer = WordPiece::learn(text, 80);
    const std::string vocabulary = tokenizer.toVocabularyText();
    const QStringList pieces = QString::fromStdString(vocabulary).split('\n');
    QString joined;
    for (const std::int32_t id : tokenizer.encode("In the beginning, God")) {
        QVERIFY(id >= WordPiece::specialCount);
        const QString piece = pieces[id];
        joined += piece.startsWith("##") ? piece.mid(2) : " " + piece;
    }
    QCOMPARE(joined.trimmed(), QString("in the beginning , god"));
}

void TstWordPiece::specialsStandFirst()
{
    const WordPiece tokenizer = WordPiece::learn(text, 60);
    QVERIFY(QString::fromStdString(tokenizer.toVocabularyText())
                .startsWith("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"));
}

BITPRISM_TEST(TstWordPiece);
#include "tst_word_piece.moc"
