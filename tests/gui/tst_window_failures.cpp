// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"
#include "tests/gui/toy_bench.h"
#include "tests/support/test_main.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/job_dock/job_line.h"
#include "widgets/runs/runs_model.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"

#include <QFile>
#include <QPushButton>
#include <QTabWidget>

#include <sys/stat.h>
#include <unistd.h>

using namespace bitprism;

namespace {

using Bench = test::ToyBench;
using test::jobLimit;

/// What says something about a state, above results or in their place.
struct Said
{
    QWidget *part = nullptr;
    QString sentence;
};

QList<Said> allSaid(QWidget &window)
{
    QList<Said> all;
    for (auto *banner : window.findChildren<StateBanner *>()) {
        all.append({banner, banner->sentence()});
    }
    for (auto *panel : window.findChildren<StatePanel *>()) {
        all.append({panel, panel->sentence()});
    }
    all.removeIf([](const Said &each) { return !each.part->isVisible(); });
    return all;
}

/// A button with this text where `sentence` is said; null: none is there.
QPushButton *offered(QWidget &window, const QString &sentence, const QString &text)
{
    for (const Said &each : allSaid(window)) {
        for (auto *button : each.part->findChildren<QPushButton *>()) {
            if (each.sentence.contains(sentence) && button->isVisible() && button->text() == text) {
                return button;
            }
        }
    }
    return nullptr;
}

/// The way on from a failure, beside results or in their place.
QPushButton *retryOf(QWidget &window, const QString &failure)
{
    return offered(window, failure, "Retry");
}

/// For messages.
QString said(QWidget &window)
{
    QStringList lines;
    for (const Said &each : allSaid(window)) {
        lines.append(each.sentence);
    }
    return lines.join(" | ");
}

/// Root may write anywhere, so the window works as somebody else meanwhile.
class ReadOnlyFolder
{
public:
    explicit ReadOnlyFolder(const QTemporaryDir &folder)
        : m_folder(folder.path().toStdString())
        , m_user(::geteuid())
    {
        for (const auto &entry : std::filesystem::directory_iterator(m_folder)) {
            if (entry.is_regular_file()) {
                ::chmod(entry.path().c_str(), 0444);
            }
        }
        ::chmod(m_folder.c_str(), 0555);
        if (m_user == 0 && ::seteuid(65534) != 0) {
            qWarning("cannot change the user");
        }
    }
    ~ReadOnlyFolder() { makeWritable(); }
    ReadOnlyFolder(const ReadOnlyFolder &) = delete;
    ReadOnlyFolder &operator=(const ReadOnlyFolder &) = delete;

    void makeWritable()
    {
        if (m_user == 0 && ::seteuid(0) != 0) {
            qWarning("cannot change the user back");
        }
        ::chmod(m_folder.c_str(), 0755);
        for (const auto &entry : std::filesystem::directory_iterator(m_folder)) {
            if (entry.is_regular_file()) {
                ::chmod(entry.path().c_str(), 0644);
            }
        }
    }

private:
    std::filesystem::path m_folder;
    uid_t m_user;
};

} // namespace

/// Files that go away under the open window, and come back.
class TstWindowFailures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFailedJobIsRetriedWhereItFailed_data();
    void aFailedJobIsRetriedWhereItFailed();
    void aRunWithoutItsEvaluationIsRetriedFromTheLine();
    void aReadOnlyProjectIsOneLineAndRetries();
    void aDeletedProjectIsSaid();
    void aReplacedProjectIsRead();
    void aLockedProjectIsSaid();
    void aVanishedModelLeavesItsResults();
};

void TstWindowFailures::aFailedJobIsRetriedWhereItFailed_data()
{
    QTest::addColumn<QString>("gone");
    QTest::newRow("its text") << "calibration.txt";
    QTest::newRow("its model") << "toy";
}

/// The second of two jobs: what it needs is deleted while it waits.
void TstWindowFailures::aFailedJobIsRetriedWhereItFailed()
{
    QFETCH(QString, gone);
    Bench bench(4);
    QVERIFY(bench.isReady());
    bench.window.showView("sensitivity");
    JobHub &hub = bench.workbench.hub;
    const quint64 first = hub.submit(outliersRequest(bench.workbench.project), "outliers");
    QVERIFY(QTest::qWaitFor([&] { return hub.find(first)->state == JobState::Running; }, jobLimit));
    const quint64 job = bench.submitSensitivity();
    QCOMPARE(bench.waitFor(first), JobState::Finished);
    hub.cancel(job); // so that it cannot have begun
    bench.waitFor(job);
    const QString path = bench.folder.filePath(gone);
    QVERIFY(QDir().rename(path, path + ".away"));
    hub.retry(job);
    QCOMPARE(bench.waitFor(job), JobState::Failed);
    const QString failure = hub.find(job)->failure;
    QVERIFY2(failure.contains(gone), qPrintable(failure));
    QVERIFY2(!failure.contains('\n'), qPrintable(failure));
    QVERIFY2(QTest::qWaitFor([&] { return retryOf(bench.window, failure) != nullptr; }),
             qPrintable(said(bench.window)));
    QVERIFY(QDir().rename(path + ".away", path));
    const qsizetype before = hub.jobs().size();
    retryOf(bench.window, failure)->click();
    QCOMPARE(hub.jobs().size(), before); // the same job, wherever the button stands
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    QVERIFY(QTest::qWaitFor([&] { return retryOf(bench.window, failure) == nullptr; }));
}

void TstWindowFailures::aRunWithoutItsEvaluationIsRetriedFromTheLine()
{
    Bench bench;
    QVERIFY(bench.isReady());
    Recipe recipe = bench.workbench.recipe.recipe();
    recipe.calibration.samples = 4;
    recipe.calibration.length = 32;
    bench.workbench.recipe.edit("small", recipe);
    const QString path = bench.folder.filePath("evaluation.txt");
    JobHub &hub = bench.workbench.hub;
    const quint64 job = hub.submit(
        runRequest(bench.workbench.project, bench.workbench.recipe.recipe(), "run"), "run");
    QVERIFY(QFile::rename(path, path + ".away")); // it waits for its estimate
    QCOMPARE(bench.waitFor(job), JobState::Failed);
    const QString failure = hub.find(job)->failure;
    QVERIFY2(failure.contains("evaluation.txt"), qPrintable(failure));
    QPushButton *retry = nullptr;
    for (auto *button : bench.window.jobDock().line().findChildren<QPushButton *>()) {
        retry = button->isVisible() && button->accessibleName().endsWith(": run") ? button : retry;
    }
    QVERIFY(retry != nullptr);
    QVERIFY2(retry->text() == "Retry" || retry->text() == "Resume", qPrintable(retry->text()));
    retry->click(); // too early: the same line again
    QCOMPARE(bench.waitFor(job), JobState::Failed);
    QCOMPARE(hub.find(job)->failure, failure);
    QVERIFY(QFile::rename(path + ".away", path));
    retry->click();
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    QVERIFY(
        bench.workbench.library.resultOf<RunSummary>(hub.find(job)->runId) || QTest::qWaitFor([&] {
            return bench.workbench.library.resultOf<RunSummary>(hub.find(job)->runId) != nullptr;
        }));
}

void TstWindowFailures::aReadOnlyProjectIsOneLineAndRetries()
{
    Bench bench;
    QVERIFY(bench.isReady());
    const quint64 first = bench.submitSensitivity();
    QCOMPARE(bench.waitFor(first), JobState::Finished);
    const QString run = bench.workbench.hub.find(first)->runId;
    bench.window.showView("sensitivity");
    quint64 job = 0;
    {
        const ReadOnlyFolder readOnly(bench.folder);
        job = bench.submitSensitivity();
        QCOMPARE(bench.waitFor(job), JobState::Failed);
        const QString failure = bench.workbench.hub.find(job)->failure;
        QVERIFY2(failure.contains("runs.bitprism"), qPrintable(failure));
        QVERIFY2(QTest::qWaitFor([&] { return retryOf(bench.window, failure) != nullptr; }),
                 qPrintable(said(bench.window)));
        QVERIFY2(QTest::qWaitFor([&] {
                     return offered(bench.window, "runs.bitprism cannot be written",
                                    "New project...")
                         != nullptr; // the way on that the job's failure cannot name
                 }),
                 qPrintable(said(bench.window)));
        QVERIFY(bench.workbench.project.findRun(run) != nullptr); // can be looked at
        QVERIFY(bench.workbench.library.resultOf<SensitivityTable>(run) != nullptr);
    }
    retryOf(bench.window, bench.workbench.hub.find(job)->failure)->click();
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    QVERIFY(QTest::qWaitFor([&] { return !said(bench.window).contains("cannot be written"); }));
}

void TstWindowFailures::aDeletedProjectIsSaid()
{
    Bench bench;
    QVERIFY(bench.isReady());
    const quint64 job = bench.submitSensitivity();
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    const QString run = bench.workbench.hub.find(job)->runId;
    const QString path = bench.folder.filePath("runs.bitprism");
    QVERIFY(QTest::qWaitFor([&] {
        const store::RunRecord *record = bench.workbench.project.findRun(run);
        return record != nullptr && record->status == store::RunStatus::Finished;
    }));
    for (const char *part : {"", "-wal", "-shm"}) {
        QFile::rename(path + part, path + ".away" + part);
    }
    const QString line = "The project cannot be read any more";
    QVERIFY(QTest::qWaitFor([&] { return offered(bench.window, line, "Dismiss") != nullptr; },
                            jobLimit));
    QVERIFY(bench.workbench.project.findRun(run) != nullptr); // what was read stays
    QVERIFY(!QFile::exists(path)); // looking does not make an empty one
    for (const char *part : {"", "-wal", "-shm"}) {
        QFile::rename(path + ".away" + part, path + part);
    }
    QVERIFY(QTest::qWaitFor([&] { return offered(bench.window, line, "Dismiss") == nullptr; },
                            jobLimit));
    QVERIFY(bench.workbench.project.findRun(run) != nullptr);
}

/// A run after the file was deleted makes it anew; the window shows that one, not the ghost.
void TstWindowFailures::aReplacedProjectIsRead()
{
    Bench bench;
    QVERIFY(bench.isReady());
    const quint64 before = bench.submitSensitivity();
    QCOMPARE(bench.waitFor(before), JobState::Finished);
    const QString path = bench.folder.filePath("runs.bitprism");
    for (const char *part : {"", "-wal", "-shm"}) {
        QFile::remove(path + part);
    }
    const quint64 job = bench.submitSensitivity();
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    const QString run = bench.workbench.hub.find(job)->runId;
    QVERIFY(QTest::qWaitFor([&] { return bench.workbench.project.findRun(run) != nullptr; }));
    QVERIFY(bench.workbench.project.findRun(bench.workbench.hub.find(before)->runId) == nullptr);
    QVERIFY(offered(bench.window, "The project cannot be read", "Dismiss") == nullptr);
}

void TstWindowFailures::aLockedProjectIsSaid()
{
    Bench bench;
    QVERIFY(bench.isReady());
    const QString path = bench.folder.filePath("locked.bitprism");
    {
        store::ExperimentStore made(path.toStdString());
    }
    auto lock = std::make_unique<store::Database>(path.toStdString(), store::OpenMode::ReadWrite);
    lock->execute("PRAGMA journal_mode=DELETE; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE");
    bench.window.openTarget(path);
    QVERIFY(bench.window.isVisible()); // the window goes on meanwhile
    QVERIFY2(QTest::qWaitFor(
                 [&] {
                     return offered(bench.window, "locked.bitprism was not opened", "Dismiss")
                         != nullptr;
                 },
                 jobLimit),
             qPrintable(said(bench.window)));
    QCOMPARE(bench.window.windowTitle(), QString("toy in runs")); // what was open
    const auto press = [&](const QString &text) {
        QPushButton *button = offered(bench.window, "locked.bitprism was not opened", text);
        if (button != nullptr) {
            button->click();
        }
        return button != nullptr;
    };
    const auto isOffered = [&](const QString &text) {
        return offered(bench.window, "locked.bitprism was not opened", text) != nullptr;
    };
    QVERIFY(press("Retry")); // too early: the line goes, and comes again
    QVERIFY(!isOffered("Retry"));
    QVERIFY(QTest::qWaitFor([&] { return isOffered("Retry"); }, jobLimit));
    QVERIFY(press("Dismiss"));
    QVERIFY(!isOffered("Dismiss"));
    QCOMPARE(bench.window.windowTitle(), QString("toy in runs"));
    bench.window.openTarget(path);
    QVERIFY(QTest::qWaitFor([&] { return isOffered("Retry"); }, jobLimit));
    lock.reset();
    QVERIFY(press("Retry"));
    QVERIFY(QTest::qWaitFor(
        [&] {
            return bench.workbench.project.state() == Project::State::Empty
                && bench.workbench.project.storePath() == path;
        },
        jobLimit));
    QVERIFY2(!said(bench.window).contains("not opened"), qPrintable(said(bench.window)));
}

void TstWindowFailures::aVanishedModelLeavesItsResults()
{
    Bench bench;
    QVERIFY(bench.isReady());
    const quint64 job = bench.submitSensitivity();
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    const QString model = bench.folder.filePath("toy");
    QVERIFY(QDir().rename(model, model + ".away"));
    for (int view = 0; view < bench.window.views().count(); ++view) {
        bench.window.views().setCurrentIndex(view);
        QTest::qWait(50);
    }
    bench.workbench.selection.setLayer("model.layers.0.mlp.up_proj");
    QCOMPARE(bench.window.windowTitle(), QString("toy in runs"));
    const QString run = bench.workbench.hub.find(job)->runId;
    QVERIFY(bench.workbench.library.resultOf<SensitivityTable>(run) != nullptr);
    // A new job says what is missing.
    const quint64 next
        = bench.workbench.hub.submit(outliersRequest(bench.workbench.project), "outliers");
    QCOMPARE(bench.waitFor(next), JobState::Failed);
    QVERIFY(bench.workbench.hub.find(next)->failure.contains(model));
    QVERIFY(QDir().rename(model + ".away", model));
    bench.workbench.hub.retry(next);
    QCOMPARE(bench.waitFor(next), JobState::Finished);
}

BITPRISM_TEST(TstWindowFailures);
#include "tst_window_failures.moc"
