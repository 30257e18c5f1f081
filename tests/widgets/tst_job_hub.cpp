// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/component.h"
#include "core/results/evaluation.h"
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"
#include "widgets/jobs/estimate_question.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_status.h"

#include <QSignalSpy>
#include <nlohmann/json.hpp>

#include <thread>

using namespace bitprism;

namespace {

/// A job that can estimate, for a registry without the engine.
struct ToyJobParams
{
    bool dryRun = false;
    void visit(ParamVisitor &v)
    {
        v.flag("dry_run", dryRun,
               {BITPRISM_TR("Test", "Dry run"), BITPRISM_TR("Test", "Only estimate.")});
    }
};

struct ToyJob
{
    using Interface = ToyJob;
    using Params = ToyJobParams;
    static constexpr Kind kind = Kind::job;
    explicit ToyJob(const Params &) { }
    static ComponentInfo info()
    {
        return {Kind::job, "toy-estimated", BITPRISM_TR("Test", "Toy"), "a test", {}};
    }
};

BITPRISM_EXPORT_COMPONENT(job, toy_estimated, ToyJob);

JobRequest request(const char *kind = "toy")
{
    JobRequest made;
    made.kind = kind;
    made.modelPath = "/models/toy";
    return made;
}

ResultPtr evaluation(double value)
{
    auto made = std::make_shared<Evaluation>();
    made->value = value;
    return made;
}

double valueOf(const QList<QVariant> &arguments)
{
    const auto result = arguments.at(1).value<ResultPtr>();
    return resultAs<Evaluation>(result)->value;
}

struct Hub
{
    test::FakeEngine engine;
    Project project;
    JobHub hub{project};
};

/// An engine that answers estimates and obeys cancelling; other jobs work until the test ends them.
void serve(Hub &h, JobId &served)
{
    for (JobId id = served + 1; id <= h.engine.last(); ++id) {
        const std::string options = h.engine.job(id).request.options;
        const bool isEstimate = options.find("dry_run") != std::string::npos;
        if (h.engine.job(id).isCancelled) {
            h.engine.finish(id, JobState::Cancelled);
        } else if (isEstimate) {
            h.engine.publish(id, std::make_shared<Estimate>());
            h.engine.finish(id);
        }
        served = id;
    }
}

} // namespace

class TstJobHub : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void jobsWaitForTheEngine();
    void oneJobAtATime();
    void finishedIsSaidLast();
    void resultsAreCoalescedAndTheLastArrives();
    void aFailedJobSaysItsSentence();
    void retryGoesOnWithTheRun();
    void cancellingAWaitingJobEndsItAtOnce();
    void cancelAllStartsNothingMore();
    void everyJobIsEstimatedBeforeItStarts();
    void theTimeLeftBeginsWithTheEstimate();
    void theTimeLeftGoesOverToTheSpeedSmoothly_data();
    void theTimeLeftGoesOverToTheSpeedSmoothly();
    void whatIsStartedBeforeItsEstimateWaitsForIt();
    void clearedRunsAreRememberedForAWhile();
    void whatGoesOnIsTheNewest();
    void oldEstimatesAreRefreshed();
    void oneEstimateWhereverItIsSaid();
    void askingForWhatIsKnownSaysNothing();
    void aFailedEstimateDoesNotStay();
    void aNewerQuestionReplacesAnOlder();
    void askingAgainWaitsForTheAnswer();
    void anotherAskerInheritsTheQuestion();
    void aQuestionIsAlwaysAnswered_data();
    void aQuestionIsAlwaysAnswered();
    void aFormAsksOnceWhileItIsTypedInto();
    void anEstimateWithoutAnAnswerIsSaid();
    void aFailedEstimateDoesNotHoldTheJob();
    void lettersFromOtherThreadsArriveInOrder();
    void aHubMayGoWhileTheEngineWorks();
};

void TstJobHub::initTestCase()
{
    static const ComponentEntry *const entries[] = {&component_job_toy_estimated};
    Registry::instance().add(entries);
}

void TstJobHub::jobsWaitForTheEngine()
{
    Hub h;
    const quint64 id = h.hub.submit(request(), "first");
    QCOMPARE(h.hub.find(id)->state, JobState::Queued);
    QVERIFY(!h.hub.isReady());
    h.hub.setEngine(&h.engine);
    QVERIFY(h.hub.isReady());
    QCOMPARE(h.hub.find(id)->state, JobState::Running);
    QCOMPARE(h.engine.job(1).request.modelPath, "/models/toy");
}

void TstJobHub::oneJobAtATime()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    h.hub.submit(request(), "first");
    const quint64 second = h.hub.submit(request(), "second");
    QCOMPARE(h.engine.last(), JobId(1));
    QCOMPARE(h.hub.find(second)->state, JobState::Queued);
    h.engine.finish(1);
    QVERIFY(QTest::qWaitFor([&] { return h.engine.last() == 2; }));
    QCOMPARE(h.hub.find(second)->state, JobState::Running);
    QVERIFY(h.hub.isBusy());
    h.engine.finish(2);
    QVERIFY(QTest::qWaitFor([&] { return !h.hub.isBusy(); }));
    h.hub.clearFinished();
    QVERIFY(h.hub.jobs().isEmpty());
}

void TstJobHub::finishedIsSaidLast()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const quint64 id = h.hub.submit(request(), "job");
    QStringList calls;
    connect(&h.hub, &JobHub::resultReady, this,
            [&](const QString &run) { calls.append("result " + run); });
    connect(&h.hub, &JobHub::jobFinished, this, [&] { calls.append("finished"); });
    h.engine.start(1, "run1");
    h.engine.publish(1, evaluation(1));
    h.engine.finish(1);
    QVERIFY(QTest::qWaitFor([&] { return h.hub.find(id)->isOver(); }));
    QCOMPARE(calls, QStringList({"result run1", "finished"}));
    QCOMPARE(h.hub.jobOfRun("run1")->id, id);
    QCOMPARE(h.hub.newestJob("toy")->id, id);
    QVERIFY(h.hub.newestJob("run") == nullptr);
}

void TstJobHub::resultsAreCoalescedAndTheLastArrives()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    h.hub.submit(request(), "job");
    QSignalSpy spy(&h.hub, &JobHub::resultReady);
    const int published = 5000;
    QElapsedTimer clock;
    clock.start();
    for (int i = 1; i <= published; ++i) {
        h.engine.publish(1, evaluation(i));
        if (i % 50 == 0) {
            QCoreApplication::sendPostedEvents();
        }
    }
    h.engine.finish(1);
    QVERIFY(QTest::qWaitFor([&] { return !h.hub.isBusy(); }));
    // Ten a second, one at the beginning and one at the end.
    QVERIFY2(spy.count() <= clock.elapsed() / 100 + 2, qPrintable(QString::number(spy.count())));
    QCOMPARE(valueOf(spy.last()), double(published));
}

void TstJobHub::aFailedJobSaysItsSentence()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const quint64 id = h.hub.submit(request(), "job");
    JobFailure failure;
    failure.code = ErrorCode::BadInput;
    failure.message = BITPRISM_TR("Test", "%1 is not a text.");
    failure.arguments = {"/data/x"};
    h.engine.finish(1, JobState::Failed, &failure);
    QVERIFY(QTest::qWaitFor([&] { return h.hub.find(id)->isOver(); }));
    QCOMPARE(h.hub.find(id)->failure, "/data/x is not a text.");
    h.hub.retry(id);
    QCOMPARE(h.engine.last(), JobId(2));
    QCOMPARE(h.hub.find(id)->state, JobState::Running);
    QVERIFY(h.hub.find(id)->failure.isEmpty());
    QCOMPARE(h.hub.jobs().size(), 1);
}

void TstJobHub::retryGoesOnWithTheRun()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    JobRequest made = request(); // of a kind without estimates, also where the engine is loaded
    made.storePath = "/data/store.bitprism";
    const quint64 id = h.hub.submit(made, "job");
    h.engine.start(1, "run1");
    h.engine.job(1).progress.fraction = 0.4;
    h.engine.finish(1, JobState::Cancelled);
    QVERIFY(QTest::qWaitFor([&] { return h.hub.find(id)->isOver(); }));
    h.hub.retry(id);
    QCOMPARE(h.hub.find(id)->progress.fraction, 0.4); // where it goes on from
    QCOMPARE(h.engine.job(2).request.kind, "resume");
    QCOMPARE(h.engine.job(2).request.runId, "run1");
    QCOMPARE(h.engine.job(2).request.storePath, "/data/store.bitprism");
    QCOMPARE(h.hub.find(id)->kind, "toy");
    // The engine begins with what it needs again, which is no step back.
    h.engine.job(2).progress.fraction = 0.1;
    QSignalSpy changed(&h.hub, &JobHub::jobChanged);
    QVERIFY(changed.wait());
    QCOMPARE(h.hub.find(id)->progress.fraction, 0.4);
    h.engine.job(2).progress.fraction = 0.6;
    QVERIFY(QTest::qWaitFor([&] { return h.hub.find(id)->progress.fraction == 0.6; }));
}

void TstJobHub::cancellingAWaitingJobEndsItAtOnce()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const quint64 first = h.hub.submit(request(), "first");
    const quint64 second = h.hub.submit(request(), "second");
    QSignalSpy finished(&h.hub, &JobHub::jobFinished);
    h.hub.cancel(second);
    QCOMPARE(finished.count(), 1);
    QCOMPARE(h.hub.find(second)->state, JobState::Cancelled);
    h.hub.cancel(first);
    QVERIFY(h.engine.job(1).isCancelled);
    QCOMPARE(h.hub.find(first)->state, JobState::Running); // until the engine says so
    h.engine.finish(1, JobState::Cancelled);
    QVERIFY(QTest::qWaitFor([&] { return !h.hub.isBusy(); }));
    QCOMPARE(h.engine.last(), JobId(1));
}

void TstJobHub::cancelAllStartsNothingMore()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    for (int i = 0; i < 4; ++i) {
        h.hub.submit(request(), "job");
    }
    h.hub.cancelAll();
    h.engine.finish(1, JobState::Cancelled);
    QVERIFY(QTest::qWaitFor([&] { return !h.hub.isBusy(); }));
    QCOMPARE(h.engine.last(), JobId(1));
}

void TstJobHub::everyJobIsEstimatedBeforeItStarts()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const quint64 id = h.hub.submit(request("toy-estimated"), "job");
    QCOMPARE(h.hub.find(id)->state, JobState::Queued);
    QVERIFY(Json::parse(h.engine.job(1).request.options).at("dry_run").get<bool>());
    QVERIFY(h.hub.estimateOf(request("toy-estimated")).isPending);
    auto estimate = std::make_shared<Estimate>();
    estimate->seconds = 12;
    h.engine.publish(1, estimate);
    h.engine.finish(1);
    QVERIFY(QTest::qWaitFor([&] { return h.engine.last() == 2; }));
    QCOMPARE(h.hub.find(id)->estimate->seconds, 12.0);
    QCOMPARE(h.hub.find(id)->state, JobState::Running);
    QVERIFY(!Json::parse(h.engine.job(2).request.options.empty() ? "{}"
                                                                 : h.engine.job(2).request.options)
                 .contains("dry_run"));
    // A second job of the same kind is not estimated again.
    h.engine.finish(2);
    const quint64 again = h.hub.submit(request("toy-estimated"), "again");
    QCOMPARE(h.hub.find(again)->estimate->seconds, 12.0);
    QVERIFY(QTest::qWaitFor([&] { return h.engine.last() == 3; }));
    QCOMPARE(h.hub.find(again)->state, JobState::Running);
}

/// On a busy machine the first unit of work takes long, and the job must not look stuck until then.
void TstJobHub::theTimeLeftBeginsWithTheEstimate()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const quint64 id = h.hub.submit(request("toy-estimated"), "job");
    auto estimate = std::make_shared<Estimate>();
    estimate->seconds = 40;
    h.engine.publish(1, estimate);
    h.engine.finish(1);
    QTRY_COMPARE(h.hub.find(id)->state, JobState::Running);
    QCOMPARE(timeLeftText(*h.hub.find(id)), "about 40 s left");
    QCOMPARE(progressText(*h.hub.find(id)), "Starting");
    QVERIFY(shownShare(*h.hub.find(id)) < 0);
    h.engine.job(2).progress.elapsedSeconds = 10;
    QTRY_COMPARE(timeLeftText(*h.hub.find(id)), "about 30 s left");
    h.engine.job(2).progress.elapsedSeconds = 56; // used up, and all is still to be done
    QTRY_COMPARE(timeLeftText(*h.hub.find(id)), "about 28 s left");
    h.engine.job(2).progress.elapsedSeconds = 100;
    h.engine.job(2).progress.fraction = 0.4;
    h.engine.job(2).progress.remainingSeconds = 70;
    QTRY_COMPARE(timeLeftText(*h.hub.find(id)), "70 s left"); // as it really goes
    QCOMPARE(progressText(*h.hub.find(id)), "40 %");
    QCOMPARE(shownShare(*h.hub.find(id)), 0.4);
    h.engine.start(2, "run1");
    h.hub.cancel(id);
    QCOMPARE(progressText(*h.hub.find(id)), "Stopping");
    h.engine.finish(2, JobState::Cancelled);
    QTRY_VERIFY(h.hub.find(id)->isOver());
    h.hub.retry(id); // the estimate was of the whole
    QTRY_COMPARE(h.hub.find(id)->state, JobState::Running);
    QCOMPARE(timeLeftText(*h.hub.find(id)), "about 24 s left");
    QCOMPARE(progressText(*h.hub.find(id)), "40 %");
}

/// A job of even steps under an estimate that is wrong by factors: no look differs much from the
/// last one, and while there is work there is time left.
void TstJobHub::theTimeLeftGoesOverToTheSpeedSmoothly_data()
{
    QTest::addColumn<double>("estimate");
    QTest::addColumn<double>("speedFrom"); // the share from which on the engine knows a speed
    QTest::newRow("far too low") << 36.0 << 0.01;
    QTest::newRow("far too low, large steps") << 36.0 << 0.15;
    QTest::newRow("far too high") << 4000.0 << 0.03;
    QTest::newRow("right") << 420.0 << 0.03;
    QTest::newRow("none") << 0.0 << 0.05;
}

void TstJobHub::theTimeLeftGoesOverToTheSpeedSmoothly()
{
    QFETCH(double, estimate);
    QFETCH(double, speedFrom);
    constexpr double truth = 420;
    TimeLeft timeLeft;
    double before = -1;
    for (double elapsed = 0; elapsed < truth; elapsed += 1) {
        JobProgress now;
        now.state = JobState::Running;
        now.elapsedSeconds = elapsed;
        now.fraction = elapsed / truth;
        now.remainingSeconds = now.fraction < speedFrom ? -1 : truth - elapsed;
        const double left = timeLeft.take(now, estimate, 0);
        const QByteArray place = QByteArray::number(elapsed) + ": " + QByteArray::number(left);
        QVERIFY2(left > 0 || (estimate <= 0 && now.fraction < speedFrom), place);
        QVERIFY2(before <= 3 || (left < 1.7 * before && left > before / 1.7), place);
        QVERIFY2(now.fraction < 0.4 || qAbs(left - (truth - elapsed)) < 2 + 0.1 * left, place);
        QVERIFY2(now.fraction < speedFrom || now.fraction > 0.05
                     || timeLeft.isEstimated() == (estimate > 0),
                 place);
        before = left;
    }
    QVERIFY(!timeLeft.isEstimated());
}

/// A job can be put into the queue at any time, also while its estimate is not known, and what
/// stands beside its button says so.
void TstJobHub::whatIsStartedBeforeItsEstimateWaitsForIt()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const JobRequest asked = request("toy-estimated");
    QCOMPARE(estimateNote(h.hub.estimateOf(asked)), QString());
    h.hub.requestEstimate("button", asked);
    QCOMPARE(estimateNote(h.hub.estimateOf(asked)), "estimating...");
    QVERIFY(estimateHint(h.hub.estimateOf(asked)).contains("begins after that"));
    const quint64 id = h.hub.submit(asked, "job");
    QCOMPARE(h.hub.find(id)->state, JobState::Queued);
    QCOMPARE(h.engine.last(), JobId(1)); // the estimate, once
    auto estimate = std::make_shared<Estimate>();
    estimate->seconds = 12;
    h.engine.publish(1, estimate);
    h.engine.finish(1);
    QTRY_COMPARE(h.hub.find(id)->state, JobState::Running);
    QCOMPARE(h.hub.find(id)->estimate->seconds, 12.0);
    QCOMPARE(estimateNote(h.hub.estimateOf(asked)), "about 12 s");
    QCOMPARE(estimateHint(h.hub.estimateOf(asked)), QString());
    JobRequest other = asked;
    other.seed = 1;
    h.hub.requestEstimate("button", other);
    QCOMPARE(estimateNote(h.hub.estimateOf(other)), "estimate follows");
    QVERIFY(estimateHint(h.hub.estimateOf(other)).contains("after the job at work"));
}

void TstJobHub::clearedRunsAreRememberedForAWhile()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const JobId most = 200;
    for (JobId id = 1; id <= most + 1; ++id) {
        h.hub.submit(request(), "job");
        h.engine.start(id, "run" + std::to_string(id));
        h.engine.job(id).progress.fraction = 0.5;
        h.engine.finish(id, JobState::Cancelled);
        QVERIFY(QTest::qWaitFor([&] { return !h.hub.isBusy(); }));
        h.hub.clearFinished();
    }
    QCOMPARE(h.hub.shareOf("run1"), 0.0);
    QCOMPARE(h.hub.shareOf("run2"), 0.5);
    QCOMPARE(h.hub.shareOf("run201"), 0.5);
    QCOMPARE(h.hub.newestRunOf("toy"), "run201");
}

/// Whatever was submitted last.
void TstJobHub::whatGoesOnIsTheNewest()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const quint64 first = h.hub.submit(request(), "first");
    h.engine.start(1, "run1");
    h.engine.finish(1, JobState::Cancelled);
    QTRY_VERIFY(h.hub.find(first)->isOver());
    const quint64 second = h.hub.submit(request(), "second");
    h.engine.start(2, "run2");
    QTRY_COMPARE(h.hub.newestRunOf("toy"), "run2");
    h.hub.retry(first); // it waits for the second
    QCOMPARE(h.hub.newestRunOf("toy"), "run2");
    h.engine.finish(2);
    QTRY_COMPARE(h.hub.find(first)->state, JobState::Running);
    QCOMPARE(h.hub.newestRunOf("toy"), "run1");
    QCOMPARE(h.hub.newestJob("toy")->id, first);
    h.engine.finish(3);
    QTRY_VERIFY(h.hub.find(first)->isOver());
    h.hub.clearFinished();
    QVERIFY(h.hub.find(second) == nullptr);
    QCOMPARE(h.hub.newestRunOf("toy"), "run1");
}

void TstJobHub::oldEstimatesAreRefreshed()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    h.hub.setEstimateLifetime(0);
    auto estimate = std::make_shared<Estimate>();
    estimate->seconds = 1600;
    h.hub.requestEstimate("form", request("toy-estimated"));
    h.engine.publish(1, estimate);
    h.engine.finish(1);
    QVERIFY(QTest::qWaitFor(
        [&] { return h.hub.estimateOf(request("toy-estimated")).value != nullptr; }));
    // The old one shows while the job that waits is estimated anew, once, and only then starts.
    const quint64 id = h.hub.submit(request("toy-estimated"), "job");
    QCOMPARE(h.hub.find(id)->estimate->seconds, 1600.0);
    QCOMPARE(h.engine.last(), JobId(2));
    QVERIFY(Json::parse(h.engine.job(2).request.options).at("dry_run").get<bool>());
    auto newer = std::make_shared<Estimate>();
    newer->seconds = 90;
    h.engine.publish(2, newer);
    h.engine.finish(2);
    QVERIFY(QTest::qWaitFor([&] { return h.hub.find(id)->state == JobState::Running; }));
    QCOMPARE(h.hub.find(id)->estimate->seconds, 90.0);
}

/// The list of jobs says what a button says that offers the same once more.
void TstJobHub::oneEstimateWhereverItIsSaid()
{
    Hub h;
    h.hub.setEstimateLifetime(0);
    h.hub.setEngine(&h.engine);
    JobRequest asked = request("toy-estimated");
    asked.options = R"({"bits":2,"data":"text"})";
    const auto answer = [&](double seconds) {
        auto estimate = std::make_shared<Estimate>();
        estimate->seconds = seconds;
        const JobId id = h.engine.last();
        h.engine.publish(id, estimate);
        h.engine.finish(id);
    };
    const quint64 job = h.hub.submit(asked, "job");
    answer(40);
    QTRY_COMPARE(h.hub.find(job)->state, JobState::Running);
    QCOMPARE(h.hub.find(job)->estimate->seconds, 40.0);
    h.engine.finish(h.engine.last());
    QTRY_VERIFY(h.hub.find(job)->isOver());
    // As a stored request names it: another name and order, the same work.
    JobRequest again = asked;
    again.name = "again";
    again.options = R"({"data": "text", "bits": 2})";
    EstimateQuestion button(
        h.hub, "button", [&] { return std::optional(again); }, nullptr);
    QCOMPARE(button.answer().value->seconds, 40.0);
    QVERIFY(button.isSettled());
    button.renew();
    QVERIFY(!button.isSettled()); // it is about to ask
    const JobId before = h.engine.last();
    QTRY_COMPARE(h.engine.last(), before + 1);
    QVERIFY(!button.isSettled());
    answer(25);
    QTRY_COMPARE(button.answer().value->seconds, 25.0);
    QCOMPARE(h.hub.find(job)->estimate->seconds, 25.0);
    QTRY_VERIFY(button.isSettled());
}

void TstJobHub::askingForWhatIsKnownSaysNothing()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    h.hub.requestEstimate("form", request("toy-estimated"));
    JobFailure failure;
    failure.message = BITPRISM_TR("Test", "No.");
    h.engine.finish(1, JobState::Failed, &failure);
    QVERIFY(QTest::qWaitFor(
        [&] { return !h.hub.estimateOf(request("toy-estimated")).problem.isEmpty(); }));
    // A view that asks whenever an estimate changed must not be told again, and again.
    QSignalSpy changes(&h.hub, &JobHub::estimateChanged);
    h.hub.requestEstimate("form", request("toy-estimated"));
    QCOMPARE(changes.size(), 0);
    QCOMPARE(h.engine.last(), JobId(1));
}

void TstJobHub::aFailedEstimateDoesNotStay()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    h.hub.setEstimateLifetime(0);
    const JobRequest asked = request("toy-estimated");
    const auto finish = [&](JobId job, bool fails) {
        JobFailure failure;
        failure.message = BITPRISM_TR("Test", "No.");
        if (fails) {
            h.engine.finish(job, JobState::Failed, &failure);
        } else {
            h.engine.publish(job, std::make_shared<Estimate>());
            h.engine.finish(job);
        }
        return QTest::qWaitFor([&] { return !h.hub.estimateOf(asked).isPending; });
    };
    h.hub.requestEstimate("form", asked);
    QVERIFY(finish(1, false));
    QVERIFY(h.hub.estimateOf(asked).value != nullptr);
    h.hub.requestEstimate("form", asked);
    QVERIFY(finish(2, true)); // what was known before no longer holds
    QVERIFY(h.hub.estimateOf(asked).value == nullptr);
    QVERIFY(!h.hub.estimateOf(asked).problem.isEmpty());
    h.hub.requestEstimate("form", asked);
    QVERIFY(finish(3, false));
    QVERIFY(h.hub.estimateOf(asked).value != nullptr);
    QVERIFY(h.hub.estimateOf(asked).problem.isEmpty());
}

void TstJobHub::aNewerQuestionReplacesAnOlder()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    JobRequest asked = request("toy-estimated");
    h.hub.requestEstimate("form", asked);
    asked.seed = 1;
    h.hub.requestEstimate("form", asked);
    asked.seed = 2;
    h.hub.requestEstimate("form", asked);
    QVERIFY(h.engine.job(1).isCancelled);
    h.engine.finish(1, JobState::Cancelled);
    QVERIFY(QTest::qWaitFor([&] { return h.engine.last() == 2; }));
    QCOMPARE(h.engine.job(2).request.seed, std::uint64_t(2)); // seed 1 was never asked
    QVERIFY(h.engine.job(2).request.storePath.empty());
    QVERIFY(h.hub.jobs().isEmpty());
}

/// A form asks on every refresh; that must not cancel what it is waiting for.
void TstJobHub::askingAgainWaitsForTheAnswer()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    h.hub.requestEstimate("form", request("toy-estimated"));
    h.hub.requestEstimate("form", request("toy-estimated"));
    QVERIFY(!h.engine.job(1).isCancelled);
    h.engine.publish(1, std::make_shared<Estimate>());
    h.engine.finish(1);
    QVERIFY(QTest::qWaitFor(
        [&] { return h.hub.estimateOf(request("toy-estimated")).value != nullptr; }));
    QCOMPARE(h.engine.last(), JobId(1));
}

/// Two views want to know the same; the one that asked first asks for something else.
void TstJobHub::anotherAskerInheritsTheQuestion()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    JobRequest other = request("toy-estimated");
    other.seed = 1;
    h.hub.requestEstimate("overview", request("toy-estimated"));
    h.hub.requestEstimate("form", request("toy-estimated"));
    h.hub.requestEstimate("overview", other);
    QVERIFY(!h.engine.job(1).isCancelled);
    // Given up by all, and wanted again before the engine has let go of it.
    h.hub.requestEstimate("form", other);
    QVERIFY(h.engine.job(1).isCancelled);
    h.hub.requestEstimate("form", request("toy-estimated"));
    h.engine.finish(1, JobState::Cancelled);
    QVERIFY(QTest::qWaitFor([&] { return h.engine.last() == 2; }));
    QCOMPARE(h.engine.job(2).request.seed, std::uint64_t(1));
    h.engine.finish(2);
    QVERIFY(QTest::qWaitFor([&] { return h.engine.last() == 3; }));
    h.engine.publish(3, std::make_shared<Estimate>());
    h.engine.finish(3);
    QVERIFY(QTest::qWaitFor(
        [&] { return h.hub.estimateOf(request("toy-estimated")).value != nullptr; }));
}

void TstJobHub::aQuestionIsAlwaysAnswered_data()
{
    QTest::addColumn<QString>("order");
    for (const char *order :
         {"nothing else happens", "the engine comes late", "all is cancelled before the engine",
          "all is cancelled while it is asked", "a job begins while it is asked",
          "a job is at work", "a job that asked the same is cancelled",
          "another form asks the same and goes on", "the request becomes another unsaid",
          "the request becomes another and back"}) {
        QTest::newRow(order) << QString(order);
    }
}

/// A form that shows what an estimate says must not wait for ever, whatever happens between its
/// question and the answer.
void TstJobHub::aQuestionIsAlwaysAnswered()
{
    QFETCH(QString, order);
    Hub h;
    JobRequest asked = request("toy-estimated");
    EstimateQuestion form(
        h.hub, "form", [&] { return std::optional(asked); }, nullptr);
    const auto isAsked = [&] { return form.answer().isPending; };
    JobId served = 0;
    quint64 job = 0;
    if (order.contains("engine")) {
        form.renew();
        QVERIFY(QTest::qWaitFor(isAsked));
        if (order.startsWith("all")) {
            h.hub.cancelAll();
        }
        h.hub.setEngine(&h.engine);
    } else {
        h.hub.setEngine(&h.engine);
        if (order == "a job is at work") {
            job = h.hub.submit(request(), "job");
        } else if (order.startsWith("a job that asked")) {
            job = h.hub.submit(asked, "job");
        } else if (order.startsWith("another")) {
            h.hub.requestEstimate("overview", asked);
        }
        form.renew();
        QVERIFY(QTest::qWaitFor(isAsked));
    }
    if (order == "all is cancelled while it is asked") {
        h.hub.cancelAll();
        h.hub.requestEstimate("form", asked); // before the engine has let go of it
    } else if (order.startsWith("a job begins")) {
        job = h.hub.submit(request(), "job");
    } else if (order == "a job is at work") {
        QVERIFY(form.answer().waitsForJob);
        h.engine.finish(1);
    } else if (order.startsWith("a job that asked")) {
        h.hub.cancel(job);
    } else if (order.startsWith("another")) {
        JobRequest other = asked;
        other.seed = 1;
        h.hub.requestEstimate("overview", other);
    } else if (order.startsWith("the request")) {
        JobRequest other = asked;
        asked.seed = 1;
        if (order.endsWith("back")) {
            h.hub.requestEstimate("form", asked);
            h.hub.requestEstimate("form", other);
            asked = other;
        }
    }
    QVERIFY(QTest::qWaitFor([&] {
        serve(h, served);
        return form.answer().value != nullptr;
    }));
    QVERIFY(!form.answer().isPending);
}

void TstJobHub::aFormAsksOnceWhileItIsTypedInto()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    JobRequest asked = request("toy-estimated");
    EstimateQuestion form(
        h.hub, "form", [&] { return std::optional(asked); }, nullptr);
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        asked.seed = seed;
        form.renew();
        QCoreApplication::processEvents();
    }
    QVERIFY(QTest::qWaitFor([&] { return h.engine.last() == 1; }));
    QCOMPARE(h.engine.job(1).request.seed, std::uint64_t(5));
}

void TstJobHub::anEstimateWithoutAnAnswerIsSaid()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    h.hub.requestEstimate("form", request("toy-estimated"));
    h.engine.finish(1); // and published nothing
    QVERIFY(QTest::qWaitFor(
        [&] { return !h.hub.estimateOf(request("toy-estimated")).problem.isEmpty(); }));
    QVERIFY(!h.hub.estimateOf(request("toy-estimated")).isPending);
}

void TstJobHub::aFailedEstimateDoesNotHoldTheJob()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const quint64 id = h.hub.submit(request("toy-estimated"), "job");
    JobFailure failure;
    failure.message = BITPRISM_TR("Test", "No.");
    h.engine.finish(1, JobState::Failed, &failure);
    QVERIFY(QTest::qWaitFor([&] { return h.hub.find(id)->state == JobState::Running; }));
    QCOMPARE(h.hub.estimateOf(request("toy-estimated")).problem, "No.");
    h.engine.finish(2, JobState::Failed, &failure);
    QVERIFY(QTest::qWaitFor([&] { return !h.hub.isBusy(); }));
}

void TstJobHub::lettersFromOtherThreadsArriveInOrder()
{
    Hub h;
    h.hub.setEngine(&h.engine);
    const quint64 id = h.hub.submit(request(), "job");
    const int lines = 500;
    std::thread worker([&] {
        for (int i = 0; i < lines; ++i) {
            h.engine.log(1, std::to_string(i));
        }
        h.engine.finish(1);
    });
    QVERIFY(QTest::qWaitFor([&] { return h.hub.find(id)->isOver(); }));
    worker.join();
    const QStringList log = h.hub.find(id)->log;
    QCOMPARE(log.size(), lines);
    QCOMPARE(log.first(), "0");
    QCOMPARE(log.last(), QString::number(lines - 1));
}

void TstJobHub::aHubMayGoWhileTheEngineWorks()
{
    test::FakeEngine engine;
    Project project;
    {
        JobHub hub(project);
        hub.setEngine(&engine);
        hub.submit(request(), "job");
    }
    engine.publish(1, evaluation(1)); // into a box that nobody empties
    engine.finish(1);
    QCoreApplication::sendPostedEvents();
}

BITPRISM_TEST(TstJobHub);
#include "tst_job_hub.moc"
