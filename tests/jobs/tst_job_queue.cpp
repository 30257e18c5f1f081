// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/job.h"
#include "core/jobs/job_queue.h"
#include "core/kernels/blas.h"
#include "core/results/generation.h"
#include "tests/support/job_recorder.h"
#include "tests/support/test_main.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

using namespace bitprism;
using test::JobRecorder;

namespace {

/// Milliseconds within which cancelling must be answered.
constexpr int cancelLimit = 1000;

struct ProbeParams
{
    std::string what = "succeed";
    int steps = 3;

    void visit(ParamVisitor &v)
    {
        v.text("what", what, {BITPRISM_TR("Test", "What"), BITPRISM_TR("Test", "What to do.")});
        v.integer("steps", steps, {1, 1'000'000},
                  {BITPRISM_TR("Test", "Steps"), BITPRISM_TR("Test", "Results to publish.")});
    }
};

/// A job that does as it is told.
class ProbeJob final : public Job
{
public:
    using Params = ProbeParams;
    static ComponentInfo info()
    {
        return {Kind::job, "probe", BITPRISM_TR("Test", "Probe"), {}, {}};
    }
    explicit ProbeJob(const Params &params)
        : m_params(params)
    {
    }

    void run(JobRun &run) const override
    {
        run.started("probe-run");
        run.stage(m_params.what);
        fail(run);
        for (int i = 0; i < m_params.steps; ++i) {
            run.throwIfCancelled();
            const auto result = std::make_shared<Generation>();
            result->promptTokens = i;
            run.publish(result);
            run.progress(i + 1, m_params.steps);
        }
        if (m_params.what == "wait") {
            while (true) {
                run.throwIfCancelled();
            }
        }
    }

private:
    void fail(JobRun &run) const
    {
        if (m_params.what == "error") {
            throw Error(ErrorCode::BadInput, BITPRISM_TR("Test", "file %1 is bad"), "x.txt");
        }
        if (m_params.what == "torch") {
            at::zeros({2, 3}).matmul(at::zeros({2, 3}));
        }
        if (m_params.what == "memory") {
            throw std::bad_alloc();
        }
        if (m_params.what == "too much memory") {
            run.requireMemory(std::int64_t{1} << 60);
        }
        if (m_params.what == "int") {
            throw 7;
        }
        if (m_params.what == "assertion") {
            BITPRISM_ASSERT(m_params.steps < 0, "never");
        }
        if (m_params.what == "environment") {
            const bool gradients = at::GradMode::is_enabled();
            run.log(std::to_string(at::get_num_threads()) + " " + std::to_string(threadCount())
                    + " " + (gradients ? "grad" : "no-grad") + " "
                    + std::to_string(getpriority(PRIO_PROCESS, 0)));
        }
    }

    Params m_params;
};

} // namespace

namespace bitprism {
BITPRISM_EXPORT_COMPONENT(job, probe, ProbeJob);
}

class TstJobQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void publishesBeforeItFinishes();
    void turnsEveryFailureIntoAValue_data();
    void turnsEveryFailureIntoAValue();
    void refusesBadRequestsByFinishing_data();
    void refusesBadRequestsByFinishing();
    void cancelsARunningJobWithinASecond();
    void cancelsAWaitingJobWhileAnotherRuns();
    void ignoresUnknownAndFinishedJobs();
    void runsJobsInOrder();
    void preparesTheComputeThread();
    void stopsWhenItIsDestroyed();
    void saysOfEveryJobThatItIsOver();
    void forgetsJobsThatAreLongOver();
    void outlivesAListenerThatThrows();
    void lowersThePoolsThatLibrariesMade();
    void neverRaisesAPriority();

private:
    static JobRequest request(const std::string &what, int steps = 3)
    {
        JobRequest result;
        result.kind = "probe";
        result.options = Json{{"what", what}, {"steps", steps}}.dump();
        return result;
    }
};

void TstJobQueue::initTestCase()
{
    const ComponentEntry *const entries[] = {&component_job_probe};
    Registry::instance().add(entries);
}

void TstJobQueue::publishesBeforeItFinishes()
{
    JobQueue queue;
    const auto recorder = std::make_shared<JobRecorder>();
    const JobId id = queue.submit(request("succeed"), recorder);
    queue.wait(id);
    const std::vector<std::string> expected{"started", "result", "result", "result", "finished"};
    QCOMPARE(recorder->calls(), expected);
    QCOMPARE(recorder->runId(), std::string("probe-run"));
    QVERIFY(recorder->state() == JobState::Finished);
    QVERIFY(!recorder->failure());
    const JobProgress progress = queue.progress(id);
    QVERIFY(progress.state == JobState::Finished);
    QCOMPARE(progress.fraction, 1.0);
    QCOMPARE(progress.remainingSeconds, 0.0);
    QCOMPARE(progress.stage, std::string("succeed"));
}

void TstJobQueue::outlivesAListenerThatThrows()
{
    class Thrower final : public JobListener
    {
    public:
        void finished(JobId, JobState, const JobFailure *) override { throw 7; }
    };
    JobQueue queue;
    const JobId id = queue.submit(request("succeed"), std::make_shared<Thrower>());
    queue.wait(id);
    QVERIFY(queue.progress(id).state == JobState::Finished);
    const auto recorder = std::make_shared<JobRecorder>();
    queue.wait(queue.submit(request("succeed"), recorder));
    QVERIFY(recorder->state() == JobState::Finished);
}

void TstJobQueue::turnsEveryFailureIntoAValue_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("text");
    QTest::newRow("Error") << "error" << int(ErrorCode::BadInput) << "file x.txt is bad";
    QTest::newRow("LibTorch") << "torch" << int(ErrorCode::Internal) << "LibTorch failed";
    QTest::newRow("bad_alloc") << "memory" << int(ErrorCode::Io) << "memory ran out";
    QTest::newRow("refused") << "too much memory" << int(ErrorCode::Io) << "1099511627776 MiB";
    QTest::newRow("foreign") << "int" << int(ErrorCode::Internal) << "unexpectedly";
    QTest::newRow("assertion") << "assertion" << int(ErrorCode::Internal) << "never";
}

void TstJobQueue::turnsEveryFailureIntoAValue()
{
    QFETCH(QString, what);
    QFETCH(int, code);
    QFETCH(QString, text);
    JobQueue queue;
    const auto recorder = std::make_shared<JobRecorder>();
    queue.wait(queue.submit(request(what.toStdString()), recorder));
    QVERIFY(recorder->state() == JobState::Failed);
    QCOMPARE(int(recorder->failure()->code), code);
    const QString said = QString::fromStdString(recorder->failure()->text);
    QVERIFY2(said.contains(text), qPrintable(said));
    QVERIFY2(!said.contains('\n'), qPrintable(said));
}

void TstJobQueue::refusesBadRequestsByFinishing_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("text");
    QTest::newRow("unknown kind") << "dance"
                                  << "{}"
                                  << "unknown job \"dance\"";
    QTest::newRow("unknown key") << "probe"
                                 << R"({"wat": 1})"
                                 << "wat";
    QTest::newRow("out of range") << "probe"
                                  << R"({"steps": 0})"
                                  << "steps";
    QTest::newRow("wrong type") << "probe"
                                << R"({"what": 3})"
                                << "what";
    QTest::newRow("no JSON") << "probe"
                             << "{"
                             << "not valid JSON";
    QTest::newRow("no object") << "probe"
                               << "[]"
                               << "object";
}

void TstJobQueue::refusesBadRequestsByFinishing()
{
    QFETCH(QString, kind);
    QFETCH(QString, options);
    QFETCH(QString, text);
    JobQueue queue;
    JobRequest bad;
    bad.kind = kind.toStdString();
    bad.options = options.toStdString();
    const auto recorder = std::make_shared<JobRecorder>();
    queue.wait(queue.submit(bad, recorder));
    QCOMPARE(recorder->calls(), std::vector<std::string>{"finished"});
    QVERIFY(recorder->state() == JobState::Failed);
    QCOMPARE(int(recorder->failure()->code), int(ErrorCode::BadInput));
    const QString said = QString::fromStdString(recorder->failure()->text);
    QVERIFY2(said.contains(text), qPrintable(said));
}

void TstJobQueue::cancelsARunningJobWithinASecond()
{
    JobQueue queue;
    const auto recorder = std::make_shared<JobRecorder>();
    const JobId id = queue.submit(request("wait"), recorder);
    recorder->waitForResults(3);
    queue.cancel(id);
    QTRY_VERIFY_WITH_TIMEOUT(recorder->state().has_value(), cancelLimit);
    QVERIFY(recorder->state() == JobState::Cancelled);
    QCOMPARE(int(recorder->failure()->code), int(ErrorCode::Cancelled));
    QCOMPARE(recorder->calls().back(), std::string("finished"));
}

void TstJobQueue::cancelsAWaitingJobWhileAnotherRuns()
{
    JobQueue queue;
    const auto running = std::make_shared<JobRecorder>();
    const auto waiting = std::make_shared<JobRecorder>();
    const JobId first = queue.submit(request("wait"), running);
    const JobId second = queue.submit(request("succeed"), waiting);
    running->waitForResults(1);
    queue.cancel(second);
    QTRY_VERIFY_WITH_TIMEOUT(waiting->state().has_value(), cancelLimit);
    QVERIFY(waiting->state() == JobState::Cancelled);
    QCOMPARE(waiting->calls(), std::vector<std::string>{"finished"});
    QVERIFY(queue.progress(first).state == JobState::Running);
    queue.cancel(first);
    queue.wait(first);
    QVERIFY(running->state() == JobState::Cancelled);
}

void TstJobQueue::ignoresUnknownAndFinishedJobs()
{
    JobQueue queue;
    queue.cancel(99);
    queue.wait(99);
    QVERIFY(queue.progress(99).state == JobState::Finished); // over, and forgotten
    const auto recorder = std::make_shared<JobRecorder>();
    const JobId id = queue.submit(request("succeed"), recorder);
    queue.wait(id);
    queue.cancel(id);
    QVERIFY(queue.progress(id).state == JobState::Finished);
}

void TstJobQueue::runsJobsInOrder()
{
    JobQueue queue;
    std::vector<std::shared_ptr<JobRecorder>> recorders;
    std::vector<JobId> ids;
    for (int i = 0; i < 8; ++i) {
        recorders.push_back(std::make_shared<JobRecorder>());
        ids.push_back(queue.submit(request("succeed", i + 1), recorders.back()));
    }
    queue.wait(ids.back()); // the last ends after all others
    for (std::size_t i = 0; i < recorders.size(); ++i) {
        QVERIFY(recorders[i]->state() == JobState::Finished);
        QCOMPARE(recorders[i]->results().size(), i + 1);
    }
}

void TstJobQueue::preparesTheComputeThread()
{
    const auto recorder = std::make_shared<JobRecorder>();
    JobRequest two = request("environment");
    two.threads = 2;
    const int nice = getpriority(PRIO_PROCESS, 0);
    const std::string own = std::to_string(nice);
    const std::string below = std::to_string(std::max(10, nice)); // under `nice -n 19` it stays
    JobQueue beside; // a command line keeps its priority
    beside.wait(beside.submit(two, recorder));
    QCOMPARE(recorder->lastLine(), "2 2 no-grad " + own);
    JobQueue queue(ComputePriority::BelowWindow);
    queue.wait(queue.submit(two, recorder));
    QCOMPARE(recorder->lastLine(), "2 2 no-grad " + below);
}

void TstJobQueue::stopsWhenItIsDestroyed()
{
    const auto running = std::make_shared<JobRecorder>();
    {
        JobQueue queue;
        queue.submit(request("wait"), running);
        running->waitForResults(1);
    }
    QVERIFY(running->state() == JobState::Cancelled);
}

void TstJobQueue::saysOfEveryJobThatItIsOver()
{
    const auto running = std::make_shared<JobRecorder>();
    std::vector<std::shared_ptr<JobRecorder>> waiting(3);
    {
        JobQueue queue;
        queue.submit(request("wait"), running);
        for (auto &recorder : waiting) {
            recorder = std::make_shared<JobRecorder>();
            queue.submit(request("succeed"), recorder);
        }
        running->waitForResults(1);
    }
    for (const auto &recorder : waiting) {
        QVERIFY(recorder->state() == JobState::Cancelled);
    }
}

void TstJobQueue::forgetsJobsThatAreLongOver()
{
    JobQueue queue;
    const JobId first = queue.submit(request("succeed"), std::make_shared<JobRecorder>());
    JobId last = first;
    for (int i = 0; i < 300; ++i) {
        last = queue.submit(request("succeed"), std::make_shared<JobRecorder>());
    }
    queue.wait(last);
    queue.wait(first); // returns at once
    QVERIFY(queue.progress(first).state == JobState::Finished);
}

/// OpenBLAS makes its pool as it is loaded, before anybody can lower its priority.
void TstJobQueue::lowersThePoolsThatLibrariesMade()
{
    const auto recorder = std::make_shared<JobRecorder>();
    JobQueue other(ComputePriority::BelowWindow);
    other.wait(other.submit(request("succeed"), recorder)); // the compute thread is prepared
    for (const int thread : blas::poolThreads()) {
        QVERIFY(getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) >= 10);
    }
}

void TstJobQueue::neverRaisesAPriority()
{
    std::thread([] {
        const auto self = static_cast<id_t>(syscall(SYS_gettid));
        setpriority(PRIO_PROCESS, self, 15);
        lowerThreadPriority();
        QCOMPARE(getpriority(PRIO_PROCESS, self), 15);
    }).join();
}

BITPRISM_TEST(TstJobQueue);
#include "tst_job_queue.moc"
