// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/token_sampler.h"
#include "core/base/error.h"
#include "tests/support/test_main.h"

#include <numeric>
#include <set>

using namespace bitprism;
using namespace bitprism::train;

namespace {

constexpr int length = 16;

std::vector<std::int32_t> countingTokens(int count)
{
    std::vector<std::int32_t> tokens(static_cast<std::size_t>(count));
    std::iota(tokens.begin(), tokens.end(), 1);
    return tokens;
}

struct Row
{
    std::vector<std::int32_t> inputs = std::vector<std::int32_t>(length);
    std::vector<std::int32_t> targets = std::vector<std::int32_t>(length);
    bool operator==(const Row &) const = default;
};

Row rowOf(TokenSampler &sampler, int row)
{
    Row result;
    sampler.fillRow(row, result.inputs.data(), result.targets.data());
    return result;
}

} // namespace

class TstTokenSampler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void targetsFollowInputs();
    void rowsDependOnTheirNumberAlone();
    void epochVisitsNearlyEveryToken();
    void someRowsBeginAtChapters();
    void refusesAShortText();
};

void TstTokenSampler::targetsFollowInputs()
{
    const auto tokens = countingTokens(500);
    const std::vector<std::size_t> chapters = {0, 100, 321};
    TokenSampler sampler(tokens, chapters, length, 7);
    for (int row = 0; row < 200; ++row) {
        const Row found = rowOf(sampler, row);
        for (std::size_t i = 0; i + 1 < length; ++i) {
            QCOMPARE(found.targets[i], found.inputs[i + 1]);
            QCOMPARE(found.targets[i + 1], found.targets[i] + 1);
        }
    }
}

void TstTokenSampler::rowsDependOnTheirNumberAlone()
{
    const auto tokens = countingTokens(500);
    const std::vector<std::size_t> chapters = {0, 100};
    TokenSampler forward(tokens, chapters, length, 7);
    TokenSampler backward(tokens, chapters, length, 7);
    TokenSampler other(tokens, chapters, length, 8);
    std::vector<Row> rows;
    for (int row = 0; row < 90; ++row) {
        rows.push_back(rowOf(forward, row));
    }
    int equal = 0;
    for (int row = 89; row >= 0; --row) {
        QVERIFY(rowOf(backward, row) == rows[std::size_t(row)]);
        equal += rowOf(other, row) == rows[std::size_t(row)];
    }
    QVERIFY(equal < 30);
}

void TstTokenSampler::epochVisitsNearlyEveryToken()
{
    const auto tokens = countingTokens(1000);
    const std::vector<std::size_t> noChapters;
    TokenSampler sampler(tokens, noChapters, length, 7);
    const int rows = (1000 - 1) / length - 1;
    std::set<std::int32_t> seen;
    for (int row = 0; row < rows; ++row) {
        const Row found = rowOf(sampler, row);
        seen.insert(found.inputs.begin(), found.inputs.end());
    }
    QCOMPARE(int(seen.size()), rows * length); // no token twice, but for a rest at both ends
}

void TstTokenSampler::someRowsBeginAtChapters()
{
    const auto tokens = countingTokens(5000);
    const std::vector<std::size_t> chapters = {0, 1000, 2000, 3000, 4000};
    TokenSampler sampler(tokens, chapters, length, 7);
    int starts = 0;
    for (int row = 0; row < 800; ++row) {
        const Row found = rowOf(sampler, row);
        if (found.inputs.front() == 0) {
            ++starts;
            QCOMPARE(found.targets.front() % 1000, 1);
        }
    }
    QVERIFY2(starts > 40 && starts < 160, qPrintable(QString::number(starts)));
}

void TstTokenSampler::refusesAShortText()
{
    const auto tokens = countingTokens(40);
    const std::vector<std::size_t> noChapters;
    QVERIFY_EXCEPTION_THROWN(TokenSampler(tokens, noChapters, length, 7), Error);
}

BITPRISM_TEST(TstTokenSampler);

#include "tst_token_sampler.moc"
