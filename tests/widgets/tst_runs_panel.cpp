// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/runs/export_dialog.h"
#include "widgets/runs/run_name_delegate.h"
#include "widgets/runs/runs_model.h"
#include "widgets/runs/runs_panel.h"

#include <QApplication>
#include <QComboBox>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeView>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace bitprism;

namespace {

struct Panel : test::ViewFixture
{
    Panel()
    {
        store::ExperimentStore made = store();
        for (const char *name : {"first", "second"}) {
            ids.append(QString::fromStdString(
                test::addToyRun(made, name, 4, R"({"weights":{"id":"rtn","bits":4}})")));
        }
    }
    bool show()
    {
        panel.resize(300, 400);
        panel.show();
        panel.activateWindow(); // keys reach the active window only
        return QTest::qWaitForWindowActive(&panel) && open() && shownRuns() == 2;
    }
    /// Runs, not the experiments above them.
    int shownRuns()
    {
        const QAbstractItemModel &model = *tree().model();
        int runs = 0;
        for (int row = 0; row < model.rowCount(); ++row) {
            runs += std::max(1, model.rowCount(model.index(row, 0)));
        }
        return runs;
    }
    QTreeView &tree() { return *panel.findChild<QTreeView *>(); }
    void select(const QString &run)
    {
        auto *model = panel.findChild<RunsModel *>();
        tree().setCurrentIndex(model->indexOfRun(run));
    }
    /// Answers the question that stands open.
    bool answer(const QString &text)
    {
        auto *box = panel.findChild<QMessageBox *>();
        for (QPushButton *button :
             box == nullptr ? QList<QPushButton *>() : box->findChildren<QPushButton *>()) {
            if (button->text().remove('&') == text) {
                button->click();
                return true;
            }
        }
        return false;
    }
    QPushButton *undo()
    {
        for (QPushButton *button : panel.findChildren<QPushButton *>()) {
            if (button->text() == "Undo" && button->isVisible()) {
                return button;
            }
        }
        return nullptr;
    }
    int storedRuns() { return static_cast<int>(store().listRuns({}).size()); }

    QStringList ids;
    RunsPanel panel{context};
};

} // namespace

class TstRunsPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void deletingAsksAndCanBeUndone();
    void deletingHappensWhenTheTimeIsOver();
    void whatCannotBeDeletedComesBack();
    void hidingMoreDeletesWhatWasHidden();
    void openingAnotherProjectDeletesInTheFirst();
    void theStatusIsNotCut();
    void cutNamesStayApart();
    void whatWasOpenStaysOpen();
    void exportsAsTheRegistryHasIt();
};

void TstRunsPanel::deletingAsksAndCanBeUndone()
{
    Panel p;
    QVERIFY(p.show());
    p.select(p.ids.first());
    p.tree().setFocus();
    QTest::keyClick(&p.tree(), Qt::Key_Delete);
    QVERIFY(p.answer("Cancel"));
    QCOMPARE(p.shownRuns(), 2);
    QTRY_VERIFY(p.panel.findChild<QMessageBox *>() == nullptr);
    p.panel.deleteSelected();
    QVERIFY(p.panel.findChild<QMessageBox *>()->text().contains("first"));
    QVERIFY(p.answer("Delete"));
    QCOMPARE(p.shownRuns(), 1);
    QCOMPARE(p.storedRuns(), 2); // nothing is gone yet
    QVERIFY(p.undo() != nullptr);
    QTest::mouseClick(p.undo(), Qt::LeftButton);
    QCOMPARE(p.shownRuns(), 2);
    QVERIFY(p.undo() == nullptr);
    QCOMPARE(p.storedRuns(), 2);
}

void TstRunsPanel::deletingHappensWhenTheTimeIsOver()
{
    Panel p;
    QVERIFY(p.show());
    p.select(p.ids.first());
    p.panel.deleteSelected();
    QVERIFY(p.answer("Delete"));
    p.library.deletion().setSecond(1); // the seconds pass quickly
    QTRY_COMPARE(p.storedRuns(), 1);
    QVERIFY(p.undo() == nullptr);
}

void TstRunsPanel::whatCannotBeDeletedComesBack()
{
    Panel p;
    QVERIFY(p.show());
    store::ExperimentStore other = p.store();
    const store::RunLock held = other.lockRun(p.ids.first().toStdString());
    p.select(p.ids.first());
    p.panel.deleteSelected();
    QVERIFY(p.answer("Delete"));
    QCOMPARE(p.shownRuns(), 1);
    QSignalSpy failed(&p.library, &RunLibrary::editFailed);
    p.library.deletion().setSecond(1);
    QVERIFY(!failed.isEmpty() || failed.wait());
    QCOMPARE(p.shownRuns(), 2);
    QCOMPARE(p.storedRuns(), 2);
}

void TstRunsPanel::hidingMoreDeletesWhatWasHidden()
{
    Panel p;
    QVERIFY(p.show());
    RunDeletion &deletion = p.library.deletion();
    deletion.hide({p.ids[0]});
    deletion.hide({p.ids[1]});
    QCOMPARE(deletion.waiting(), 1);
    QTRY_COMPARE(p.storedRuns(), 1);
    QTRY_COMPARE(p.project.hiddenRuns(), QSet<QString>{p.ids[1]}); // what is gone needs no hiding
    deletion.restore();
    QVERIFY(p.project.hiddenRuns().isEmpty());
    QVERIFY(p.project.findRun(p.ids[0]) == nullptr);
    QVERIFY(p.project.findRun(p.ids[1]) != nullptr);
}

void TstRunsPanel::openingAnotherProjectDeletesInTheFirst()
{
    Panel p;
    const QString other = p.folder.filePath("other.bitprism");
    {
        store::ExperimentStore made(other.toStdString());
        test::addToyRun(made, "third", 4, R"({"weights":{"id":"rtn","bits":4}})");
    }
    QVERIFY(p.show());
    p.library.deletion().hide({p.ids[0]});
    p.project.open(other);
    QTRY_COMPARE(p.project.storePath(), other);
    QCOMPARE(p.library.deletion().waiting(), 0);
    QTRY_COMPARE(p.storedRuns(), 1);
    QCOMPARE(p.store().listRuns({}).front().id, p.ids[1].toStdString());
    QCOMPARE(store::ExperimentStore(other.toStdString()).listRuns({}).size(), std::size_t(1));
}

void TstRunsPanel::theStatusIsNotCut()
{
    Panel p;
    p.store().setStatus(p.ids.first().toStdString(), store::RunStatus::Cancelled);
    QVERIFY(p.show());
    const QModelIndex run = p.panel.findChild<RunsModel *>()->indexOfRun(p.ids.first());
    const QModelIndex status = run.siblingAtColumn(RunsModel::StatusColumn);
    const QString text = status.data().toString();
    QVERIFY(text.startsWith("Stopped at"));
    const int needed = p.tree().fontMetrics().horizontalAdvance(text);
    p.panel.resize(4 * needed, 400);
    QTRY_VERIFY(p.tree().columnWidth(RunsModel::StatusColumn) > needed);
    p.panel.resize(2 * needed, 400); // the names keep most of what there is
    QTRY_VERIFY(p.tree().columnWidth(RunsModel::StatusColumn) <= 0.4 * p.tree().width());
    QVERIFY(p.tree().columnWidth(RunsModel::NameColumn) >= p.tree().width() / 2);
    QVERIFY(status.data(Qt::ToolTipRole).toString().startsWith(text));
}

void TstRunsPanel::cutNamesStayApart()
{
    const QFontMetrics metrics(QApplication::font());
    const auto shown = [&](const QStringList &names, int width) {
        QStringList cut;
        for (const QString &name : names) {
            const Qt::TextElideMode mode = RunNameDelegate::elisionOf(name, names, metrics, width);
            cut.append(metrics.elidedText(name, mode, width));
        }
        cut.removeDuplicates();
        return cut;
    };
    const QStringList inTheMiddle{"gptq 4 bits of the decoder", "gptq 3 bits of the decoder",
                                  "gptq 2 bits of the decoder"};
    const QStringList atTheEnd{"everything at 4 bits, seed 1", "everything at 4 bits, seed 2"};
    for (const QStringList &names : {inTheMiddle, atTheEnd}) {
        const int width = metrics.horizontalAdvance(names.first()) / 2;
        QCOMPARE(shown(names, width).size(), names.size());
    }
    QCOMPARE(RunNameDelegate::elisionOf("a long name", {"a long name"}, metrics, 30),
             Qt::ElideMiddle); // there is nothing to keep apart
}

void TstRunsPanel::whatWasOpenStaysOpen() // and what was closed stays closed
{
    for (const bool isOpen : {true, false}) {
        Panel p;
        QVERIFY(p.show());
        const auto group = [&] { return p.tree().model()->index(0, 0); };
        QVERIFY(p.tree().model()->rowCount(group()) > 0 && p.tree().isExpanded(group()));
        p.select(p.ids.first());
        p.tree().setExpanded(group(), isOpen);
        p.panel.deleteSelected();
        QVERIFY(p.answer("Delete"));
        QCOMPARE(p.tree().isExpanded(group()), isOpen);
        p.library.deletion().setSecond(1);
        QTRY_COMPARE(p.storedRuns(), 1);
        QTRY_COMPARE(p.project.runs()->size(), std::size_t(1));
        QCOMPARE(p.tree().isExpanded(group()), isOpen);
    }
}

void TstRunsPanel::exportsAsTheRegistryHasIt()
{
    Panel p;
    QVERIFY(p.show());
    ExportDialog dialog(*p.project.findRun(p.ids.first()), p.path());
    const JobRequest request = dialog.request();
    QCOMPARE(request.kind, std::string("export"));
    QCOMPARE(request.runId, p.ids.first().toStdString());
    QCOMPARE(request.storePath, p.path().toStdString());
    QVERIFY(Json::parse(request.options).contains("format"));
    for (QPushButton *button : dialog.findChildren<QPushButton *>()) {
        QVERIFY(button->text() != "Export checkpoint" || !button->isEnabled()); // no folder yet
    }
}

BITPRISM_TEST(TstRunsPanel);
#include "tst_runs_panel.moc"
