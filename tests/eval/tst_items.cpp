// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/items.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <numeric>

using namespace bitprism;
using namespace bitprism::test;

namespace {

std::vector<tokenize::TokenId> numbered(int count)
{
    std::vector<tokenize::TokenId> tokens(static_cast<std::size_t>(count));
    std::iota(tokens.begin(), tokens.end(), 0);
    return tokens;
}

/// Targets by the words of the contract: walk all windows, mark what each scores.
std::vector<std::pair<int, int>> bruteForce(int count, int length, int stride)
{
    std::vector<std::pair<int, int>> scored; // window, token
    int window = 0;
    for (int first = 0; first + length <= count; first += stride, ++window) {
        for (int token = first; token < first + length; ++token) {
            const bool isFirst = token == first;
            const bool isNew = window == 0 || stride >= length || token >= first + length - stride;
            if (!isFirst && isNew) {
                scored.emplace_back(window, token);
            }
        }
    }
    return scored;
}

std::shared_ptr<const tokenize::Tokenizer> toyTokenizer(const ToyModel &toy)
{
    return tokenize::Tokenizer::open(toy.folder());
}

ToyLlama withTokenizer()
{
    ToyLlama options;
    options.vocabulary = 258;
    options.hasTokenizer = true;
    return options;
}

} // namespace

class TstItems : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void windowsScoreWhatABruteForceCountScores_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("stride");
        for (const int count : {9, 10, 11, 29, 30, 64}) {
            for (const int stride : {1, 3, 9, 10, 12}) {
                QTest::addRow("%d tokens by %d", count, stride) << count << 10 << stride;
            }
        }
        QTest::newRow("windows of two") << 7 << 2 << 1;
    }

    void windowsScoreWhatABruteForceCountScores()
    {
        QFETCH(int, count);
        QFETCH(int, length);
        QFETCH(int, stride);
        const ItemSet set = windowItems(numbered(count), length, stride);
        std::vector<std::pair<int, int>> scored;
        for (const EvaluationItem &item : set.items) {
            QCOMPARE(static_cast<int>(item.tokens.size()), length);
            for (std::size_t i = 0; i < item.targets.size(); ++i) {
                scored.emplace_back(static_cast<int>(item.unit), static_cast<int>(item.targets[i]));
                // Tokens are numbered: the one before the target predicts it.
                QCOMPARE(item.tokens[static_cast<std::size_t>(item.positions[i])],
                         item.targets[i] - 1);
            }
        }
        QCOMPARE(scored, bruteForce(count, length, stride));
        QCOMPARE(set.scoredTokens(), static_cast<std::int64_t>(scored.size()));
    }

    void samplesLimitTheWindows()
    {
        QCOMPARE(windowItems(numbered(100), 10, 10, 3).items.size(), std::size_t{3});
        QCOMPARE(windowItems(numbered(100), 10, 10, 30).items.size(), std::size_t{10});
    }

    void defaultLengthIsTheContext()
    {
        const ToyModel toy(withTokenizer());
        const auto tokenizer = toyTokenizer(toy);
        const Dataset data = Dataset::fromText(std::string(150, 'x'));
        QCOMPARE(nextTokenItems(data, *tokenizer, toy->info(), {}).length, 64);
        const ItemSet cut = nextTokenItems(data, *tokenizer, toy->info(), {.length = 100});
        QCOMPARE(cut.length, 64);
        QCOMPARE(cut.notes.size(), std::size_t{1});
        QCOMPARE(nextTokenItems(data, *tokenizer, toy->info(), {.length = 20, .stride = 5}).stride,
                 5);
    }

    void documentsAreTrimmedCutAndBeginWithBos()
    {
        const ToyModel toy(withTokenizer());
        const auto tokenizer = toyTokenizer(toy);
        const std::int64_t bos = tokenizer->bosId().value();
        const Dataset data
            = Dataset::fromText(" ab \n<|x|>" + std::string(100, 'y') + "<|x|>\n\n<|x|>c");
        TaskOptions options;
        options.documents = "<|x|>";
        const ItemSet set = nextTokenItems(data, *tokenizer, toy->info(), options);
        QCOMPARE(set.units, 3);
        QCOMPARE(set.stride, 0);
        std::vector<std::int64_t> expected{bos};
        for (const tokenize::TokenId id : tokenizer->encodeIds("ab", false)) {
            expected.push_back(id);
        }
        QCOMPARE(set.items[0].tokens, expected);
        QCOMPARE(set.items[0].targets.size(), std::size_t{2});
        QCOMPARE(set.items[1].tokens.size(), std::size_t{64});
        QCOMPARE(set.items[2].tokens.size(), std::size_t{2});
        QVERIFY(set.notes.empty());
        options.samples = 2;
        QCOMPARE(nextTokenItems(data, *tokenizer, toy->info(), options).units, 2);
        options.documents = "<|y|>";
        const ItemSet whole = nextTokenItems(data, *tokenizer, toy->info(), options);
        QCOMPARE(whole.units, 1);
        QCOMPARE(whole.notes.size(), std::size_t{1});
        QVERIFY(whole.notes[0].find("<|y|>") != std::string::npos);
    }

    void refusesWhatCannotBeScored_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("length");
        QTest::addColumn<int>("stride");
        QTest::addColumn<QString>("words");
        QTest::newRow("short text") << "abc" << 32 << 0 << "too few";
        QTest::newRow("length of one") << QString(80, 'a') << 1 << 0 << "length";
        QTest::newRow("negative stride") << QString(80, 'a') << 10 << -1 << "stride";
    }

    void refusesWhatCannotBeScored()
    {
        QFETCH(QString, text);
        QFETCH(int, length);
        QFETCH(int, stride);
        QFETCH(QString, words);
        const ToyModel toy(withTokenizer());
        const auto tokenizer = toyTokenizer(toy);
        const Dataset data = Dataset::fromText(text.toStdString());
        const Complaint complaint = complaintOf([&] {
            nextTokenItems(data, *tokenizer, toy->info(), {.length = length, .stride = stride});
        });
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
    }

    void batchesHoldEveryScoredPositionOnce()
    {
        std::vector<EvaluationItem> items;
        std::int64_t unit = 0;
        for (const int length : {3, 17, 9, 40, 2, 9}) {
            ItemSet one = windowItems(numbered(length), length, length);
            one.items.front().unit = unit++;
            items.push_back(one.items.front());
        }
        const std::vector<ItemBatch> batches = batchItems(items, 30);
        std::vector<std::int64_t> scored(static_cast<std::size_t>(unit), 0);
        for (const ItemBatch &batch : batches) {
            const at::Tensor &tokens = batch.batch.tokens;
            QVERIFY(tokens.numel() <= 30 || tokens.size(0) == 1);
            const at::Tensor flat = tokens.flatten();
            // Targets follow their positions by one, and padding is never scored.
            QVERIFY((flat.index_select(0, batch.rows) + 1).equal(batch.targets));
            QVERIFY(batch.batch.mask.flatten().index_select(0, batch.rows).all().item<bool>());
            for (std::int64_t i = 0; i < batch.units.numel(); ++i) {
                ++scored[static_cast<std::size_t>(batch.units[i].item<std::int64_t>())];
            }
        }
        QCOMPARE(scored, (std::vector<std::int64_t>{2, 16, 8, 39, 1, 8}));
    }
};

BITPRISM_TEST(TstItems);
#include "tst_items.moc"
