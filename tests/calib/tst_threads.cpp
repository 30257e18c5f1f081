// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/calib/collect_statistics.h"
#include "core/jobs/compute_environment.h"
#include "core/models/run_states.h"
#include "tests/support/family_subjects.h"
#include "tests/support/test_main.h"

#include <ATen/Parallel.h>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace bitprism;
using namespace bitprism::test;

/// Work on several states at once gives what one after another gives, bit for bit.
class TstThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_before = threadCount(); }
    void cleanup() { prepareCompute(m_before); }
    void statesRunAlike_data() { subjects(); }
    void statesRunAlike();
    void statisticsAreAlike_data() { subjects(); }
    void statisticsAreAlike();
    void workGoesToAllThreads();
    void errorsComeBack();

private:
    static constexpr std::size_t stateCount = 5; ///< more than threads, and odd

    static void subjects()
    {
        QTest::addColumn<QString>("subject");
        for (const NamedSubject &subject : familySubjects()) {
            QTest::newRow(subject.name) << QString(subject.name);
        }
    }
    /// States of the first stack's first block, each different.
    static std::vector<StreamState> statesOf(const Subject &subject)
    {
        std::vector<StreamState> states;
        for (std::size_t i = 0; i < stateCount; ++i) {
            StreamState state = subject.model->begin(0, subject.batch);
            state.hidden = state.hidden * (1 + 0.1 * static_cast<double>(i));
            states.push_back(std::move(state));
        }
        return states;
    }

    int m_before = 1;
};

void TstThreads::statesRunAlike()
{
    QFETCH(QString, subject);
    const Subject made = subjectNamed(subject);
    const Block block = made.model->loadBlock({0, 0});
    JobContext context;
    prepareCompute(1);
    std::vector<StreamState> alone = statesOf(made);
    runOnAll(*made.model, block, alone, context);
    for (const int threads : {2, 3}) {
        prepareCompute(threads);
        std::vector<StreamState> together = statesOf(made);
        QCOMPARE(sideBySide(*made.model, together), static_cast<std::size_t>(threads));
        runOnAll(*made.model, block, together, context);
        for (std::size_t i = 0; i < stateCount; ++i) {
            QVERIFY(at::equal(together[i].hidden, alone[i].hidden));
        }
    }
}

void TstThreads::statisticsAreAlike()
{
    QFETCH(QString, subject);
    const Subject made = subjectNamed(subject);
    const Model &model = *made.model;
    const Block block = model.loadBlock({0, 0});
    StatisticsNeeds needs;
    needs.hessian = true;
    needs.channels = true;
    JobContext context;
    prepareCompute(1);
    StatisticsCollector alone(needs);
    std::vector<StreamState> expected = statesOf(made);
    collectStatistics(model, block, expected, alone, context);
    runOnAll(model, block, expected, context);
    prepareCompute(2);
    StatisticsCollector together(needs);
    std::vector<StreamState> states = statesOf(made);
    runCollecting(model, block, states, together, context);
    for (std::size_t i = 0; i < stateCount; ++i) {
        QVERIFY(at::equal(states[i].hidden, expected[i].hidden));
    }
    for (const LayerInfo *layer : model.layersOf({0, 0})) {
        const LayerStatistics *one = alone.find(*layer);
        const LayerStatistics *other = together.find(*layer);
        QVERIFY(one != nullptr && other != nullptr);
        QCOMPARE(other->tokens, one->tokens);
        QVERIFY(at::equal(other->outerSum, one->outerSum));
        QVERIFY(other->channelMaxAbs == one->channelMaxAbs);
        QVERIFY(other->channelAbsSum == one->channelAbsSum);
    }
}

void TstThreads::workGoesToAllThreads()
{
    prepareCompute(2);
    std::atomic<int> inside{0};
    std::atomic<bool> met{false};
    // Each waits for the other: a loop on one thread would never see two at a time.
    forEachOnThreads(2, 2, [&](std::size_t) {
        ++inside;
        for (int spins = 0; inside < 2 && spins < 100'000'000; ++spins) {
            std::this_thread::yield();
        }
        met = met || inside == 2;
    });
    QVERIFY(met);
}

void TstThreads::errorsComeBack()
{
    prepareCompute(2);
    QVERIFY_EXCEPTION_THROWN(
        forEachOnThreads(4, 2, [](std::size_t) { throw std::runtime_error("no"); }),
        std::runtime_error);
    QCOMPARE(at::get_num_threads(), 2);
}

BITPRISM_TEST(TstThreads);
#include "tst_threads.moc"
