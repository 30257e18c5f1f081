// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/kneser_ney.h"
#include "core/base/error.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <random>

using namespace bitprism;
using namespace bitprism::train;

namespace {

constexpr int vocabularySize = 12;
constexpr double rounding = 1e-12;

// Tokens of which each is mostly decided by the two before it.
std::vector<std::int32_t> markovTokens(int count, unsigned seed)
{
    std::mt19937 random(seed);
    std::vector<std::int32_t> tokens = {1, 2};
    while (int(tokens.size()) < count) {
        const auto decided = (tokens.end()[-1] * 5 + tokens.end()[-2] * 3) % vocabularySize;
        tokens.push_back(random() % 4 == 0 ? std::int32_t(random() % vocabularySize) : decided);
    }
    return tokens;
}

} // namespace

class TstKneserNey : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void probabilitiesSumToOne_data();
    void probabilitiesSumToOne();
    void backsOffToContinuationCounts();
    void longerHistoriesHelpWhereTheTextHasThem();
    void unseenTokensKeepSomeProbability();
    void lossCountsTheTokensThatTheModelIsMeasuredOn();
    void refusesWhatItCannotPack();
};

void TstKneserNey::probabilitiesSumToOne_data()
{
    QTest::addColumn<int>("order");
    QTest::addColumn<QList<int>>("history");
    for (int order = 1; order <= KneserNey::largestOrder; ++order) {
        QTest::addRow("order %d, seen", order) << order << QList<int>{1, 2, 11, 7};
        QTest::addRow("order %d, unseen", order) << order << QList<int>{0, 0, 0, 0};
        QTest::addRow("order %d, none", order) << order << QList<int>{};
    }
}

void TstKneserNey::probabilitiesSumToOne()
{
    QFETCH(int, order);
    QFETCH(QList<int>, history);
    const KneserNey model(markovTokens(400, 3), order, vocabularySize);
    const std::vector<std::int32_t> before(history.begin(), history.end());
    double sum = 0.0;
    for (std::int32_t token = 0; token < vocabularySize; ++token) {
        sum += model.probability(before, token);
    }
    QVERIFY2(std::abs(sum - 1.0) < rounding, qPrintable(QString::number(sum)));
}

void TstKneserNey::backsOffToContinuationCounts()
{
    // 3 is frequent but follows 2 alone; 5 is rarer and follows four different tokens. After an
    // unseen history the one with more contexts must win.
    const std::vector<std::int32_t> tokens
        = {2, 3, 2, 3, 2, 3, 2, 3, 2, 3, 0, 5, 1, 5, 4, 5, 6, 5, 7, 8, 9, 10};
    const KneserNey model(tokens, 2, vocabularySize);
    const std::vector<std::int32_t> unseen = {11};
    QVERIFY(model.probability(unseen, 5) > model.probability(unseen, 3));
}

void TstKneserNey::longerHistoriesHelpWhereTheTextHasThem()
{
    const auto training = markovTokens(20000, 3);
    const auto heldOut = markovTokens(4000, 4);
    const double unigram = KneserNey(training, 1, vocabularySize).loss(heldOut, 50);
    const double bigram = KneserNey(training, 2, vocabularySize).loss(heldOut, 50);
    const double trigram = KneserNey(training, 3, vocabularySize).loss(heldOut, 50);
    // The source's own entropy: decided with 3/4 + 1/48, else one of eleven with 1/48 each.
    const double entropy = -(37.0 / 48 * std::log(37.0 / 48) + 11.0 / 48 * std::log(1.0 / 48));
    QVERIFY(bigram <= unigram);
    QVERIFY(trigram < bigram - 0.3);
    QVERIFY2(std::abs(trigram - entropy) < 0.06, qPrintable(QString::number(trigram - entropy)));
}

void TstKneserNey::unseenTokensKeepSomeProbability()
{
    const std::vector<std::int32_t> tokens = {1, 2, 1, 2, 1, 3};
    const KneserNey model(tokens, 3, vocabularySize);
    QVERIFY(model.probability(tokens, 9) > 0.0);
    QVERIFY(std::isfinite(model.loss(std::vector<std::int32_t>{4, 5, 6}, 3)));
}

void TstKneserNey::lossCountsTheTokensThatTheModelIsMeasuredOn()
{
    const auto tokens = markovTokens(400, 3);
    const KneserNey model(tokens, 3, vocabularySize);
    const auto heldOut = markovTokens(25, 4);
    double sum = 0.0;
    for (const std::size_t i : {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19}) {
        sum -= std::log(model.probability(std::span(heldOut).first(i), heldOut[i]));
    }
    QVERIFY(std::abs(model.loss(heldOut, 10) - sum / 18) < rounding);
}

void TstKneserNey::refusesWhatItCannotPack()
{
    const std::vector<std::int32_t> tokens = {1, 2, 3};
    QVERIFY_EXCEPTION_THROWN(KneserNey(tokens, 6, vocabularySize), Error);
    QVERIFY_EXCEPTION_THROWN(KneserNey(tokens, 0, vocabularySize), Error);
    QVERIFY_EXCEPTION_THROWN(KneserNey(tokens, 3, 5000), Error);
    QVERIFY_EXCEPTION_THROWN(KneserNey(tokens, 3, vocabularySize).loss(tokens, 4), Error);
}

BITPRISM_TEST(TstKneserNey);

#include "tst_kneser_ney.moc"
