// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/open_window.h"
#include "tests/gui/toy_bench.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/support/toy_store.h"
#include "widgets/recipe/recipe_files.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/shared/state_banner.h"

#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QTabWidget>

using namespace bitprism;
using test::OpenWindow;

namespace {

/// As the window system does it; the drop comes only where the entry was accepted.
bool drop(QWidget &target, const QList<QUrl> &urls,
          Qt::DropActions offered = Qt::CopyAction | Qt::MoveAction,
          Qt::DropAction *answer = nullptr)
{
    QMimeData data;
    data.setUrls(urls);
    QDragEnterEvent enter({10, 10}, offered, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&target, &enter);
    if (!enter.isAccepted()) {
        return false;
    }
    QDropEvent event(QPointF(10, 10), offered, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&target, &event);
    if (answer != nullptr) {
        *answer = event.dropAction();
    }
    return event.isAccepted();
}

bool drop(QWidget &target, const QStringList &paths)
{
    QList<QUrl> urls;
    for (const QString &path : paths) {
        urls.append(QUrl::fromLocalFile(path));
    }
    return drop(target, urls);
}

/// The one line above the views; empty: none.
QString notice(const MainWindow &window)
{
    QStringList lines;
    for (const auto *banner : window.findChildren<StateBanner *>()) {
        if (banner->isVisible() && banner->sentence().contains("stays open")) {
            lines.append(banner->sentence());
        }
    }
    return lines.join(" | ");
}

bool pressInNotice(const MainWindow &window, const QString &text)
{
    for (const auto *banner : window.findChildren<StateBanner *>()) {
        for (auto *button : banner->findChildren<QPushButton *>()) {
            if (button->isVisible() && button->text() == text) {
                button->click();
                return true;
            }
        }
    }
    return false;
}

void write(const QString &path, const QByteArray &text)
{
    QFile file(path);
    QVERIFY(file.open(QFile::WriteOnly) && file.write(text) == text.size());
}

const QByteArray gptqRecipe = R"({"weights":{"id":"gptq","bits":3,"group_size":64}})";

/// The title names the model, then the project.
QString modelShown(const MainWindow &window) { return window.windowTitle().section(" in ", 0, 0); }

} // namespace

class TstWindowDrops : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatOpensFromADrop_data();
    void whatOpensFromADrop();
    void aRecipeIsAnEditThatUndoes();
    void aRecipeShowsItsPanel();
    void aWrongRecipeIsOneLine();
    void aBadDropIsOneLineAndChangesNothing_data();
    void aBadDropIsOneLineAndChangesNothing();
    void filesAreNeverTakenAsMoved();
    void otherThingsAreNotTaken();
    void aFloatingDockTakesDropsToo();
    void aDropOnAPathFieldIsItsFile();
    void aDropOnAFilterOpens();
    void aNamedRecipeOpensOnceTheProjectIsRead();
    void whatOpensMeanwhileOpensByRetry();
    void aDropWhileAJobWorks();

private:
    QString path(const char *name) const { return m_folder.filePath(name); }

    QTemporaryDir m_folder;
    QString m_model;
};

void TstWindowDrops::initTestCase()
{
    m_model = path("toy");
    test::writeToyLlama(m_model.toStdString());
    test::writeToyLlama(path("other").toStdString());
    store::ExperimentStore made(path("kept.bitprism").toStdString());
    test::addToyRun(made, "kept run", 4, R"({"weights":{"id":"rtn","bits":4}})");
    write(path("recipe.json"), gptqRecipe);
    write(path("toy/mine.json"), gptqRecipe);
    write(path("wrong.json"), R"({"weights":{"id":"gptq"},"wieghts":{}})");
    write(path("notes.txt"), "no model");
    write(path("lone.gguf"), "GGUF, so they say");
    QVERIFY(QDir(m_folder.path()).mkpath("empty folder"));
    QVERIFY(QDir(m_folder.path()).mkpath("lone"));
    QVERIFY(QFile::copy(path("toy/model.safetensors"), path("lone/model.safetensors")));
}

void TstWindowDrops::whatOpensFromADrop_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("model");
    QTest::newRow("a model's folder") << QStringList{"toy"} << "toy"
                                      << "toy";
    QTest::newRow("with a slash behind it") << QStringList{"toy/"} << "toy"
                                            << "toy";
    QTest::newRow("its weights") << QStringList{"toy/model.safetensors"} << "toy"
                                 << "toy";
    QTest::newRow("its configuration") << QStringList{"toy/config.json"} << "toy"
                                       << "toy";
    QTest::newRow("all of its files")
        << QStringList{"toy/config.json", "toy/model.safetensors"} << "toy"
        << "toy";
    QTest::newRow("a project") << QStringList{"kept.bitprism"} << "kept.bitprism"
                               << "toy";
}

void TstWindowDrops::whatOpensFromADrop()
{
    QFETCH(QStringList, names);
    QFETCH(QString, target);
    QFETCH(QString, model);
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    QStringList paths;
    for (const QString &name : names) {
        paths.append(m_folder.filePath(name));
    }
    QVERIFY(drop(open.window, paths));
    QTRY_COMPARE(open.window.project().target(), m_folder.filePath(target));
    QVERIFY(open.waitUntilRead());
    QCOMPARE(modelShown(open.window), model);
    QCOMPARE(notice(open.window), QString());
    QCOMPARE(open.window.project().state(), Project::State::Ready);
}

void TstWindowDrops::aRecipeIsAnEditThatUndoes()
{
    for (const char *file : {"recipe.json", "toy/mine.json"}) {
        OpenWindow open(m_model);
        QVERIFY(open.waitUntilRead());
        RecipeDocument &document = open.workbench.recipe;
        const Recipe before = document.recipe();
        QVERIFY(drop(open.window, QStringList{path(file)}));
        QCOMPARE(document.recipe(), before); // the window does not wait for the file
        QTRY_COMPARE(document.recipe().weights.id, std::string("gptq"));
        QCOMPARE(modelShown(open.window), "toy"); // the model stays
        QCOMPARE(open.window.project().target(), m_model);
        document.undoStack().undo();
        QCOMPARE(document.recipe(), before);
    }
}

void TstWindowDrops::aRecipeShowsItsPanel()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    auto *dock = open.window.findChild<QDockWidget *>("recipe-dock");
    dock->close();
    QVERIFY(drop(open.window, QStringList{path("recipe.json")}));
    QVERIFY(QTest::qWaitFor([&] { return open.window.recipePanel().isVisible(); }));
}

void TstWindowDrops::aWrongRecipeIsOneLine()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    const Recipe before = open.workbench.recipe.recipe();
    QVERIFY(drop(open.window, QStringList{path("wrong.json")}));
    const auto *files = open.window.recipePanel().findChild<RecipeFiles *>();
    QTRY_VERIFY2(files->problem().contains("wrong.json") && files->problem().contains("wieghts"),
                 qPrintable(files->problem()));
    QVERIFY(files->isVisible());
    QCOMPARE(notice(open.window), QString());
    QCOMPARE(open.workbench.recipe.recipe(), before);
    QCOMPARE(open.workbench.recipe.undoStack().count(), 0);
}

void TstWindowDrops::aBadDropIsOneLineAndChangesNothing_data()
{
    QTest::addColumn<QStringList>("names");
    QTest::addColumn<QString>("said");
    QTest::newRow("a text") << QStringList{"notes.txt"} << "notes.txt";
    QTest::newRow("a folder without a model") << QStringList{"empty folder"} << "empty folder";
    QTest::newRow("weights alone") << QStringList{"lone/model.safetensors"} << "config.json";
    QTest::newRow("a damaged GGUF file") << QStringList{"lone.gguf"} << "lone.gguf";
    QTest::newRow("what is gone meanwhile") << QStringList{"gone"} << "gone";
    QTest::newRow("two models") << QStringList{"toy", "other"} << "at a time";
    QTest::newRow("a model and a recipe") << QStringList{"other", "recipe.json"} << "at a time";
}

void TstWindowDrops::aBadDropIsOneLineAndChangesNothing()
{
    QFETCH(QStringList, names);
    QFETCH(QString, said);
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    open.window.showView("sensitivity");
    const Recipe recipe = open.workbench.recipe.recipe();
    QStringList paths;
    for (const QString &name : names) {
        paths.append(m_folder.filePath(name));
    }
    QVERIFY(drop(open.window, paths));
    QTRY_VERIFY(!notice(open.window).isEmpty());
    QVERIFY(open.waitUntilRead());
    const QString line = notice(open.window);
    QVERIFY2(line.contains(said), qPrintable(line));
    QVERIFY2(!line.contains('|') && !line.contains('\n'), qPrintable(line));
    QCOMPARE(modelShown(open.window), "toy");
    QCOMPARE(open.window.project().target(), m_model);
    QCOMPARE(open.workbench.recipe.recipe(), recipe);
    QCOMPARE(open.window.views().currentWidget()->objectName(), QString("sensitivity"));
    QVERIFY(pressInNotice(open.window, "Dismiss")); // opens nothing
    QVERIFY(open.waitUntilRead());
    QCOMPARE(notice(open.window), QString());
    QCOMPARE(open.window.project().target(), m_model);
    QVERIFY(drop(open.window, paths));
    QVERIFY(open.waitUntilRead());
    QTRY_COMPARE(notice(open.window), line);
    // What opens next takes the line away.
    QVERIFY(drop(open.window, QStringList{path("other")}));
    QVERIFY(open.waitUntilRead());
    QCOMPARE(notice(open.window), QString());
    QCOMPARE(modelShown(open.window), "other");
}

/// A file manager that moves would delete the model once it is told that it was moved.
void TstWindowDrops::filesAreNeverTakenAsMoved()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    const QList<QUrl> urls{QUrl::fromLocalFile(m_model)};
    Qt::DropAction answer = Qt::IgnoreAction;
    QVERIFY(drop(open.window, urls, Qt::MoveAction | Qt::CopyAction, &answer));
    QCOMPARE(answer, Qt::CopyAction);
    QVERIFY(open.waitUntilRead());
    QVERIFY(drop(open.window, urls, Qt::LinkAction, &answer));
    QCOMPARE(answer, Qt::LinkAction);
    QVERIFY(open.waitUntilRead());
}

void TstWindowDrops::otherThingsAreNotTaken()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    QVERIFY(!drop(open.window, QList<QUrl>{QUrl("https://example.org/model")}));
    QVERIFY(!drop(open.window, QList<QUrl>{}));
    QCOMPARE(modelShown(open.window), "toy");
}

void TstWindowDrops::aFloatingDockTakesDropsToo()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    auto *dock = open.window.findChild<QDockWidget *>("project-dock");
    dock->setFloating(true);
    QVERIFY(dock->isWindow());
    QVERIFY(drop(*dock, QStringList{m_model}));
    QVERIFY(open.waitUntilRead());
    QCOMPARE(modelShown(open.window), "toy");
}

void TstWindowDrops::aDropOnAPathFieldIsItsFile()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    auto *row = open.window.recipePanel().findChild<QWidget *>("calibration");
    auto *field = row == nullptr ? nullptr : row->findChild<QLineEdit *>();
    QVERIFY(field != nullptr);
    QVERIFY(drop(*field, QStringList{path("notes.txt")}));
    QCOMPARE(field->text(), path("notes.txt"));
    QCOMPARE(open.window.project().calibrationFile(), path("notes.txt"));
    open.window.project().setDataFiles({}, {});
}

void TstWindowDrops::aDropOnAFilterOpens()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    auto *filter = open.window.runsPanel().findChild<QLineEdit *>();
    QVERIFY(filter->isVisible());
    const QPoint place = filter->mapTo(&open.window, filter->rect().center());
    QCOMPARE(open.window.childAt(place), filter);
    // As the window system does it: to the uppermost widget there that takes drops.
    QWidget *target = filter;
    while (!target->acceptDrops()) {
        target = target->parentWidget();
        QVERIFY(target != nullptr);
    }
    QVERIFY(drop(*target, QStringList{m_model}));
    QVERIFY(open.waitUntilRead());
    QCOMPARE(modelShown(open.window), "toy");
    QCOMPARE(filter->text(), QString()); // it did not take the path as its text
}

/// As `bitprism recipe.json` does.
void TstWindowDrops::aNamedRecipeOpensOnceTheProjectIsRead()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    const QString store = open.folder.filePath("its.bitprism");
    open.window.openFirst(path("recipe.json"), store, false);
    QVERIFY(!open.window.isSettled());
    QTRY_COMPARE(open.workbench.recipe.recipe().weights.id, std::string("gptq"));
    QCOMPARE(open.workbench.project.writableStorePath(), store);
    QVERIFY(open.window.recipePanel().isVisible());
    QCOMPARE(open.workbench.recipe.undoStack().count(), 1); // an edit, which undoes
    QCOMPARE(notice(open.window), QString());
}

void TstWindowDrops::whatOpensMeanwhileOpensByRetry()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    QTemporaryDir folder;
    const QString late = folder.filePath("late");
    open.window.openTarget(late);
    QVERIFY(open.waitUntilRead());
    QVERIFY(notice(open.window).contains("late"));
    QVERIFY(pressInNotice(open.window, "Retry")); // too early
    QVERIFY(open.waitUntilRead());
    QVERIFY(notice(open.window).contains("late"));
    test::writeToyLlama(late.toStdString());
    QVERIFY(pressInNotice(open.window, "Retry"));
    QVERIFY(open.waitUntilRead());
    QCOMPARE(notice(open.window), QString());
    QCOMPARE(modelShown(open.window), "late");
}

/// The job goes on into its own store; what it finds is there when its project is opened again.
void TstWindowDrops::aDropWhileAJobWorks()
{
    test::ToyBench bench(8);
    QVERIFY(bench.isReady());
    const quint64 job = bench.submitSensitivity();
    JobHub &hub = bench.workbench.hub;
    QVERIFY(
        QTest::qWaitFor([&] { return hub.find(job)->state == JobState::Running; }, test::jobLimit));
    QVERIFY(drop(bench.window, QStringList{path("kept.bitprism")}));
    QVERIFY(
        QTest::qWaitFor([&] { return bench.workbench.project.state() == Project::State::Ready; }));
    QCOMPARE(bench.workbench.project.storePath(), path("kept.bitprism"));
    QVERIFY(!hub.find(job)->isOver());
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    const QString run = hub.find(job)->runId;
    QVERIFY(bench.workbench.project.findRun(run) == nullptr); // another project's
    bench.window.openTarget(bench.folder.filePath("runs.bitprism"));
    QVERIFY(QTest::qWaitFor([&] {
        const store::RunRecord *record = bench.workbench.project.findRun(run);
        return record != nullptr && record->status == store::RunStatus::Finished;
    }));
}

BITPRISM_TEST(TstWindowDrops);
#include "tst_window_drops.moc"
