// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/token_comparison.h"
#include "core/results/token_losses.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <cmath>
#include <limits>

using namespace bitprism;

namespace {

const char *const recipe = R"({"version": 1, "weights": {"id": "rtn", "bits": 3}})";
constexpr float notScored = std::numeric_limits<float>::quiet_NaN();

TokenLosses losses(const std::string &task, const std::string &key, std::vector<ScoredItem> items)
{
    TokenLosses made;
    made.task = task;
    made.data = "/data/" + key;
    made.model = "/models/toy";
    made.key = key;
    made.items = std::move(items);
    return made;
}

ScoredItem text(std::int64_t unit, std::vector<float> values)
{
    ScoredItem item;
    item.unit = unit;
    item.pieces = {"The", " king", " slept"};
    item.losses = std::move(values);
    return item;
}

/// A run with a metric of each of `kept`, and the losses behind it.
std::string runWith(store::ExperimentStore &store, const std::vector<TokenLosses> &kept)
{
    const std::string id = test::addToyRun(store, "3 bits", 3, recipe);
    for (const TokenLosses &each : kept) {
        RunMetric metric;
        metric.measured = test::toyEvaluation(1);
        metric.measured.task = each.task;
        metric.measured.data = each.data;
        store.putMetric(id, metric);
        store.putResult(id, each, "losses:" + each.key);
    }
    return id;
}

} // namespace

class TstTokenComparison : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::ExperimentStore> m_store;

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<store::ExperimentStore>(m_folder->path().toStdString()
                                                           + "/runs.bitprism");
    }

    void itemsAndTokensStandBesideTheUnquantizedModel()
    {
        const TokenLosses after = losses(
            "perplexity", "k", {text(0, {notScored, 2, 4}), text(1, {notScored, 1, 1.5F})});
        const TokenLosses before = losses(
            "perplexity", "k", {text(0, {notScored, 1, 4.5F}), text(1, {notScored, 1, 1})});
        const std::string id = runWith(*m_store, {after});
        m_store->putResult(id, before, "baseline-losses:k");
        const TokenComparison found = compareTokens(*m_store, id);
        QCOMPARE(found.evaluations.size(), std::size_t{1});
        QVERIFY(found.hasReference && found.isComplete);
        QCOMPARE(found.unit, std::string("nats per token"));
        QCOMPARE(found.scored, 4);
        QCOMPARE(found.items.size(), std::size_t{2});
        QCOMPARE(found.items[0].valueBefore, 2.75);
        QCOMPARE(found.items[0].valueAfter, 3.0);
        QCOMPARE(found.items[1].change(), 0.25);
        QVERIFY(std::isnan(found.items[0].before[0]));
        QCOMPARE(found.worst.size(), std::size_t{4});
        QCOMPARE(found.worst[0].item, std::size_t{0}); // "king" went from 1 to 2
        QCOMPARE(found.worst[0].piece, std::size_t{1});
        QCOMPARE(found.worst[1].item, std::size_t{1});
        QCOMPARE(found.worst[3].piece, std::size_t{2}); // what got better is last
        QVERIFY(found.usualChange > 0 && found.usualChange <= 1);
    }

    void anotherRunOfTheModelMayKeepTheUnquantizedLosses()
    {
        const TokenLosses after = losses("perplexity", "k", {text(0, {notScored, 2, 4})});
        const std::string first = runWith(*m_store, {after});
        const std::string second = runWith(*m_store, {after});
        QVERIFY(!compareTokens(*m_store, second).hasReference);
        m_store->putResult(first, after, "baseline-losses:k");
        QVERIFY(compareTokens(*m_store, second).hasReference);
    }

    void twoRunsCanBeCompared()
    {
        const std::string first
            = runWith(*m_store, {losses("perplexity", "k", {text(0, {notScored, 1, 1})})});
        const std::string second
            = runWith(*m_store, {losses("perplexity", "k", {text(0, {notScored, 3, 1})})});
        const TokenComparison found = compareTokens(*m_store, second, first);
        QVERIFY(found.hasReference);
        QCOMPARE(found.items[0].change(), 1.0);
    }

    void anEvaluationIsChosenByItsKey()
    {
        ScoredItem heard;
        heard.reference = "the king slept well";
        heard.hypothesis = "a king slept";
        heard.alignment = "SCCD";
        const std::string id = runWith(*m_store,
                                       {losses("perplexity", "k", {text(0, {notScored, 2, 4})}),
                                        losses("wer", "speech", {heard})});
        const TokenComparison found = compareTokens(*m_store, id, {}, "speech");
        QCOMPARE(found.evaluations.size(), std::size_t{2});
        QCOMPARE(found.shown, std::size_t{1});
        QVERIFY(found.form == ItemForm::Transcript);
        QCOMPARE(found.items[0].valueAfter, 50.0); // 2 of 4 words
        QVERIFY(found.items[0].pieces.empty());
        QCOMPARE(compareTokens(*m_store, id, {}, "gone").shown, std::size_t{0});
    }

    void aRunWithoutLossesHasNothingToShow()
    {
        const std::string id = test::addToyRun(*m_store, "bare", 3, recipe);
        QVERIFY(compareTokens(*m_store, id).evaluations.empty());
        const test::Complaint complaint
            = test::complaintOf([&] { compareTokens(*m_store, "nobody"); });
        QVERIFY2(complaint.isBadInputNaming("nobody"), complaint.text.c_str());
    }
};

BITPRISM_TEST(TstTokenComparison);
#include "tst_token_comparison.moc"
