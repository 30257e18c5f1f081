// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/corpus.h"
#include "core/base/error.h"
#include "tests/support/test_main.h"

#include <set>
#include <sstream>

using namespace bitprism;
using namespace bitprism::train;

namespace {

// Verses "verse 0", "verse 1", ... in chapters of `chapterVerses`.
std::string book(int verses, int chapterVerses)
{
    std::ostringstream text;
    for (int i = 0; i < verses; ++i) {
        text << "1Ge" << i / chapterVerses + 1 << ':' << i % chapterVerses + 1 << " verse " << i
             << '\n';
    }
    return text.str();
}

std::set<int> versesIn(const std::string &text)
{
    std::set<int> verses;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty()) {
            verses.insert(std::stoi(line.substr(6)));
        }
    }
    return verses;
}

} // namespace

class TstCorpus : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTwelfthGroupIsHeldOut();
    void splitsDoNotOverlap();
    void calibrationIsPartOfTraining();
    void blankLinesMarkChaptersAndGaps();
    void namesTheLineWithoutReference();
    void namesTheMissingFile();
};

void TstCorpus::everyTwelfthGroupIsHeldOut()
{
    const auto verses = versesIn(splitCorpus(book(2400, 40)).evaluation);
    QCOMPARE(verses.size(), std::size_t(200));
    for (const int verse : verses) {
        QCOMPARE(verse / 50 % 12, 11);
    }
}

void TstCorpus::splitsDoNotOverlap()
{
    const Corpus corpus = splitCorpus(book(2400, 40));
    const auto evaluation = versesIn(corpus.evaluation);
    const auto training = versesIn(corpus.training);
    QCOMPARE(evaluation.size() + training.size(), std::size_t(2400));
    for (const int verse : evaluation) {
        QVERIFY(!training.contains(verse));
    }
}

void TstCorpus::calibrationIsPartOfTraining()
{
    const Corpus corpus = splitCorpus(book(2400, 40));
    const auto training = versesIn(corpus.training);
    const auto calibration = versesIn(corpus.calibration);
    QVERIFY(!calibration.empty());
    for (const int verse : calibration) {
        QVERIFY(training.contains(verse));
    }
}

void TstCorpus::blankLinesMarkChaptersAndGaps()
{
    QCOMPARE(splitCorpus("Ge1:1 a\nGe1:2 b\nGe2:1 c\n").training, std::string("a\nb\n\nc\n"));
    const std::string training = splitCorpus(book(700, 10000)).training; // 550 to 599 are missing
    QVERIFY(training.find("verse 549\n\nverse 600\n") != std::string::npos);
    QVERIFY(training.find("verse 600\nverse 601\n") != std::string::npos);
}

void TstCorpus::namesTheLineWithoutReference()
{
    try {
        splitCorpus("Ge1:1 In the beginning\nno reference here\n");
        QFAIL("no error");
    } catch (const Error &error) {
        QCOMPARE(error.code(), ErrorCode::BadInput);
        QVERIFY(std::string(error.what()).starts_with("Line 2 "));
    }
}

void TstCorpus::namesTheMissingFile()
{
    try {
        readCorpus("/nowhere/kjv.txt");
        QFAIL("no error");
    } catch (const Error &error) {
        QVERIFY(std::string(error.what()).find("/nowhere/kjv.txt") != std::string::npos);
    }
}

BITPRISM_TEST(TstCorpus);

#include "tst_corpus.moc"
