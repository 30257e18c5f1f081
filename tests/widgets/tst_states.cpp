// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/theme.h"

#include <QPushButton>

using namespace bitprism;

namespace {

/// The views of this issue; those of others have tests of their own.
const QStringList views{"overview", "sensitivity", "outliers", "trade_offs", "compare", "report"};

/// One view over a store with runs of every view's kind.
struct Shown : test::ViewFixture
{
    explicit Shown(const QString &id)
    {
        test::writeToyLlama(folder.filePath("toy").toStdString());
        for (const ViewEntry *entry : viewEntries()) {
            if (id == entry->id) {
                view.reset(entry->create(context, nullptr));
            }
        }
        view->resize(1000, 800);
        view->show();
    }

    /// Two finished runs, and a sensitivity and a run with `status`, the newest ones.
    void addRuns(store::RunStatus status)
    {
        store::ExperimentStore made = store();
        const std::string first
            = test::addToyRun(made, "first", 4, R"({"weights":{"id":"rtn","bits":4}})");
        test::addToyRun(made, "second", 3, R"({"weights":{"id":"rtn","bits":3}})");
        const std::string third
            = test::addToyRun(made, "third", 2, R"({"weights":{"id":"rtn","bits":2}})");
        made.setStatus(third, status, "the disk is full");
        addAnalysis(made, "sensitivity", test::toySensitivity(), status);
        addAnalysis(made, "outliers", test::toyOutliers(), status);
        selection.setCompared({QString::fromStdString(first), QString::fromStdString(third)});
        thirdRun = QString::fromStdString(third);
    }

    void addAnalysis(store::ExperimentStore &made, const char *kind, const Result &result,
                     store::RunStatus status) const
    {
        store::RunRequest request;
        request.kind = kind;
        request.name = "widths";
        request.blocks = 2;
        const store::NewRun run
            = made.createRun(request, test::toyModelInfo(),
                             store::checkpointFingerprint(folder.filePath("toy").toStdString()));
        made.putResult(run.id, result);
        made.setStatus(run.id, status, "the disk is full");
    }

    void openToy() { project.open(folder.filePath("toy"), path()); }
    bool isRead()
    {
        return QTest::qWaitFor([this] { return project.state() != Project::State::Loading; });
    }
    StatePanel &panel() { return *view->findChild<StatePanel *>(); }
    StateBanner &banner() { return *view->findChild<StateBanner *>(); }
    /// A button that can be clicked, with this text.
    QPushButton *button(const QString &text) const
    {
        for (QPushButton *each : view->findChildren<QPushButton *>()) {
            if (each->isVisible() && each->isEnabled() && each->text().startsWith(text)) {
                return each;
            }
        }
        return nullptr;
    }
    bool isPainted()
    {
        bool isGood = true;
        for (const bool isDark : {false, true}) {
            view->setPalette(Theme::palette(isDark));
            isGood = test::isPainted(*view) && isGood;
        }
        return isGood;
    }

    QString thirdRun;
    std::unique_ptr<View> view;
};

} // namespace

/// Each view draws five states, and each of them says what to do next.
class TstStates : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void empty_data() { rows(); }
    void empty();
    void loading_data() { rows(); }
    void loading();
    void failed_data() { rows(); }
    void failed();
    void cancelled_data() { rows(); }
    void cancelled();
    void failedRun_data() { rows(); }
    void failedRun();
    void partial_data() { rows(); }
    void partial();
    void hiddenViewsCatchUp_data() { rows(); }
    void hiddenViewsCatchUp();

private:
    static void rows()
    {
        QTest::addColumn<QString>("view");
        for (const QString &view : views) {
            QTest::newRow(qPrintable(view)) << view;
        }
    }
};

void TstStates::empty()
{
    QFETCH(QString, view);
    Shown shown(view);
    static_cast<void>(shown.store());
    QVERIFY(shown.open());
    QVERIFY(shown.panel().isVisible());
    QVERIFY(shown.panel().sentence().size() > 40);
    auto *next = shown.panel().findChild<QPushButton *>();
    QVERIFY(next->isVisible() && next->isEnabled() && !next->text().isEmpty());
    QSignalSpy opens(shown.view.get(), &View::openModelRequested);
    QSignalSpy leads(shown.view.get(), &View::showViewRequested);
    QTest::mouseClick(next, Qt::LeftButton);
    QCOMPARE(opens.count() + leads.count(), 1);
    QVERIFY(shown.isPainted());
}

void TstStates::loading()
{
    QFETCH(QString, view);
    Shown shown(view);
    shown.addRuns(store::RunStatus::Finished);
    shown.project.open(shown.path());
    QCOMPARE(shown.project.state(), Project::State::Loading);
    QVERIFY(shown.panel().isVisible());
    QVERIFY(shown.panel().sentence().startsWith("Reading"));
    QVERIFY(shown.isRead());
}

void TstStates::failed()
{
    QFETCH(QString, view);
    Shown shown(view);
    QFile damaged(shown.path());
    QVERIFY(damaged.open(QIODevice::WriteOnly));
    damaged.write("this is no store, whatever its name says");
    damaged.close();
    shown.project.open(view == "overview" || view == "sensitivity" || view == "outliers"
                           ? "/nowhere/at/all"
                           : shown.path(),
                       shown.path());
    QVERIFY(shown.isRead());
    QVERIFY(shown.panel().isVisible());
    const QString sentence = shown.panel().sentence();
    QVERIFY2(sentence.contains("runs.bitprism") || sentence.contains("/nowhere"),
             qPrintable(sentence));
    auto *copy = shown.button("Copy");
    QVERIFY(copy != nullptr);
    // One word for the same again, and it is what the project was asked for.
    QPushButton *retry = shown.button("Retry");
    QVERIFY(retry != nullptr);
    QTest::mouseClick(retry, Qt::LeftButton);
    QCOMPARE(shown.project.state(), Project::State::Loading);
    QVERIFY(shown.isRead());
    QVERIFY(shown.isPainted());
}

void TstStates::cancelled()
{
    QFETCH(QString, view);
    Shown shown(view);
    shown.addRuns(store::RunStatus::Cancelled);
    shown.openToy();
    QVERIFY(shown.isRead());
    QTRY_VERIFY(shown.banner().isVisible());
    QVERIFY2(shown.banner().sentence().contains("stopped"), qPrintable(shown.banner().sentence()));
    // What is finished stays in sight, and one click goes on.
    QTRY_VERIFY(!shown.panel().isVisible());
    QPushButton *resume = shown.button("Resume");
    QVERIFY(resume != nullptr);
    QTest::mouseClick(resume, Qt::LeftButton);
    QCOMPARE(shown.hub.jobs().size(), 1);
    QCOMPARE(shown.hub.jobs().first().request.kind, std::string("resume"));
    QVERIFY2(shown.banner().sentence().contains("waits"), qPrintable(shown.banner().sentence()));
    QVERIFY(shown.button("Cancel") != nullptr);
    QVERIFY(shown.isPainted());
}

void TstStates::failedRun()
{
    QFETCH(QString, view);
    Shown shown(view);
    shown.addRuns(store::RunStatus::Failed);
    shown.openToy();
    QVERIFY(shown.isRead());
    QTRY_VERIFY(shown.banner().isVisible());
    QVERIFY2(shown.banner().sentence().contains("the disk is full"),
             qPrintable(shown.banner().sentence()));
    QVERIFY(shown.button("Retry") != nullptr);
    QVERIFY(shown.button("Copy") != nullptr);
    QVERIFY(shown.isPainted());
}

void TstStates::partial()
{
    QFETCH(QString, view);
    Shown shown(view);
    shown.addRuns(store::RunStatus::Finished);
    // A run that another process holds.
    store::ExperimentStore made = shown.store();
    store::RunRequest request;
    const bool isAnalysis = view == "sensitivity" || view == "outliers";
    request.kind = isAnalysis ? view.toStdString() : "run";
    request.name = "at work";
    request.blocks = 2;
    const store::NewRun run
        = made.createRun(request, test::toyModelInfo(),
                         store::checkpointFingerprint(shown.folder.filePath("toy").toStdString()));
    SensitivityTable table = test::toySensitivity();
    for (std::size_t i = 8; i < table.cells.size(); ++i) {
        table.cells[i].klDivergence.reset();
        table.cells[i].deltaNll.reset();
    }
    if (view == "sensitivity") {
        made.putResult(run.id, table);
    } else if (view == "outliers") {
        OutlierTable outliers = test::toyOutliers();
        outliers.layers.resize(2);
        outliers.complete = false;
        made.putResult(run.id, outliers);
    }
    made.setStatus(run.id, store::RunStatus::Running);
    shown.selection.setCompared({shown.thirdRun, QString::fromStdString(run.id)});
    shown.openToy();
    QVERIFY(shown.isRead());
    QTRY_VERIFY(shown.banner().isVisible());
    QVERIFY2(shown.banner().sentence().contains("another process"),
             qPrintable(shown.banner().sentence()));
    QTRY_VERIFY(!shown.panel().isVisible());
    QVERIFY(shown.isPainted());
}

void TstStates::hiddenViewsCatchUp()
{
    QFETCH(QString, view);
    Shown shown(view);
    shown.view->hide(); // another tab is in front
    shown.addRuns(store::RunStatus::Cancelled);
    shown.openToy();
    QVERIFY(shown.isRead());
    shown.view->show();
    QTRY_VERIFY(shown.banner().isVisible());
    QTRY_VERIFY(!shown.panel().isVisible());
}

BITPRISM_TEST(TstStates);
#include "tst_states.moc"
