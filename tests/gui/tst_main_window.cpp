// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/open_window.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "widgets/model_tree/model_tree_panel.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"

#include <QAbstractButton>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QMimeData>
#include <QSettings>
#include <QTabWidget>
#include <QTreeView>

using namespace bitprism;
using test::OpenWindow;

class TstMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void usesTheXServerWhereThereIsOne();
    void showsTheModel();
    void aBadPathIsOneLineInTheWindow();
    void filteringTheTreeKeepsMatchingLayers();
    void droppedFoldersOpen();
    void missingDataHaveAButton();
    void aFileOfAModelOpensIt_data();
    void aFileOfAModelOpensIt();
    void everyFocusableWidgetHasAName();
    void aBadDropLeavesTheOpenModel();
    void onlyWhatOpensIsRecent();
    void aNewProjectKeepsTheModel();
    void closingAtOnceIsSafe();

private:
    QTemporaryDir m_folder;
    QString m_model;
};

void TstMainWindow::initTestCase()
{
    m_model = m_folder.filePath("toy");
    test::writeToyLlama(m_model.toStdString());
}

void TstMainWindow::usesTheXServerWhereThereIsOne()
{
    if (!qEnvironmentVariableIsSet("DISPLAY")) {
        QSKIP("no X server: packaging/test starts one");
    }
    QCOMPARE(QGuiApplication::platformName(), "xcb");
}

void TstMainWindow::showsTheModel()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    QCOMPARE(open.window.windowTitle(), "toy in none");
    QVERIFY(open.lineText().contains("toy: "));
    // The line says it where it can be read.
    for (const QLabel *label : open.window.jobDock().line().findChildren<QLabel *>()) {
        if (label->text().contains("toy: ")) {
            QVERIFY(label->isVisible() && label->width() > open.window.width() / 2);
        }
    }
    auto *tree = open.window.modelTree().findChild<QTreeView *>();
    QVERIFY(tree->model()->rowCount() >= 3); // embedding, two blocks
    QVERIFY(tree->isExpanded(tree->model()->index(1, 0)));
    QCOMPARE(open.window.views().tabText(0), "Overview");
}

void TstMainWindow::aBadPathIsOneLineInTheWindow()
{
    OpenWindow open("/nowhere/at/all");
    QVERIFY(open.waitUntilRead());
    bool isShown = false;
    for (const StatePanel *panel : open.window.findChildren<StatePanel *>()) {
        isShown = isShown || (panel->isVisible() && panel->sentence().contains("/nowhere/at/all"));
    }
    QVERIFY(isShown);
    QVERIFY(open.window.isVisible());
}

void TstMainWindow::filteringTheTreeKeepsMatchingLayers()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    auto *tree = open.window.modelTree().findChild<QTreeView *>();
    auto *filter = open.window.modelTree().findChild<QLineEdit *>();
    QTest::mouseClick(filter, Qt::LeftButton);
    QTest::keyClicks(filter, "DOWN_proj");
    QCOMPARE(tree->model()->rowCount(), 2);
    QCOMPARE(tree->model()->rowCount(tree->model()->index(0, 0)), 1);
}

void TstMainWindow::droppedFoldersOpen()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    QCOMPARE(open.window.project().state(), Project::State::Empty); // there is no such store
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(m_model)});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&open.window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&open.window, &drop);
    QVERIFY(open.waitUntilRead());
    QCOMPARE(open.window.windowTitle(), "toy in none");
}

void TstMainWindow::missingDataHaveAButton()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    const auto isOffered = [&open] {
        for (const auto *button :
             open.window.views().currentWidget()->findChildren<QAbstractButton *>()) {
            if (button->isVisible() && button->text() == "Choose calibration data...") {
                return true;
            }
        }
        return false;
    };
    for (const char *view : {"overview", "sensitivity", "allocation"}) {
        open.window.project().setDataFiles({}, {});
        open.window.showView(view);
        QVERIFY2(QTest::qWaitFor(isOffered), view);
        open.window.project().setDataFiles(m_model + "/config.json", {});
        QVERIFY2(QTest::qWaitFor([&] { return !isOffered(); }), view);
    }
    open.window.project().setDataFiles({}, {});
}

void TstMainWindow::aFileOfAModelOpensIt_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("title");
    QTest::newRow("config") << m_model + "/config.json"
                            << "toy";
    QTest::newRow("weights") << m_model + "/model.safetensors"
                             << "toy";
}

void TstMainWindow::aFileOfAModelOpensIt()
{
    QFETCH(QString, file);
    QFETCH(QString, title);
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(file)});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&open.window, &enter);
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&open.window, &drop);
    // A .json file is looked at first, which the window does not wait for.
    QTRY_VERIFY2(open.window.project().state() == Project::State::Ready,
                 qPrintable(open.window.project().modelProblem()));
    QVERIFY(open.window.windowTitle().startsWith(title));
}

void TstMainWindow::everyFocusableWidgetHasAName()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    open.window.jobDock().setOpen(true);
    for (int view = 0; view < open.window.views().count(); ++view) {
        open.window.views().setCurrentIndex(view);
        test::checkNames(open.window);
    }
}

void TstMainWindow::aBadDropLeavesTheOpenModel()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    open.window.showView("report");
    const QString page = m_folder.filePath("r.html");
    QFile file(page);
    QVERIFY(file.open(QFile::WriteOnly) && file.write("<html></html>") > 0);
    file.close();
    open.window.openTarget(page);
    QVERIFY(open.waitUntilRead());
    QCOMPARE(open.window.windowTitle(), "toy in none");
    const auto notice = [&]() -> StateBanner * {
        for (auto *banner : open.window.findChildren<StateBanner *>()) {
            if (banner->isVisible() && banner->sentence().contains("r.html")) {
                return banner;
            }
        }
        return nullptr;
    };
    QVERIFY(notice() != nullptr); // above the view that shows
    QCOMPARE(open.window.views().currentWidget()->objectName(), "report");
    for (auto *button : notice()->findChildren<QAbstractButton *>()) {
        if (button->text() == "Dismiss") {
            button->click();
        }
    }
    QVERIFY(notice() == nullptr);
    QVERIFY(!QSettings().value("recent").toStringList().contains(page));
}

/// Also as the program starts: what it shows first, a sample too, is found again.
void TstMainWindow::onlyWhatOpensIsRecent()
{
    const auto recent = [] { return QSettings().value("recent").toStringList(); };
    const QString missing = m_folder.filePath("nowhere");
    const QString model = QFileInfo(m_model).absoluteFilePath();
    QSettings().remove("recent");
    const QString part = model + "/config.json"; // stands for its model
    for (const auto &[target, remembers] :
         {std::pair(missing, true), {model, false}, {part, false}, {part, true}, {model, true}}) {
        QSettings().remove("recent");
        OpenWindow open({});
        QVERIFY(open.waitUntilRead());
        const QString store = open.folder.filePath("none.bitprism");
        open.window.openFirst(target, store, remembers);
        QVERIFY(!open.window.isSettled());
        const QString expected = target == missing ? missing : model;
        QTRY_COMPARE(open.workbench.project.target(), expected);
        QVERIFY(open.waitUntilRead());
        QCOMPARE(open.workbench.project.writableStorePath(), store);
        QCOMPARE(recent(), expected == model && remembers ? QStringList{model} : QStringList());
    }
}

void TstMainWindow::aNewProjectKeepsTheModel()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    const QString file = open.folder.filePath("fresh.bitprism");
    open.window.startProject(file);
    QVERIFY(open.waitUntilRead());
    QCOMPARE(open.window.windowTitle(), "toy in fresh");
    QCOMPARE(open.workbench.project.writableStorePath(), file);
    // The keyboard is with what was opened, not in the form of the recipe.
    QVERIFY(open.window.views().isAncestorOf(open.window.focusWidget()));
    QVERIFY(!QFileInfo::exists(file)); // the first run makes it
    // What is there already is not taken for new.
    open.window.startProject(m_model + "/config.json");
    QCOMPARE(open.workbench.project.writableStorePath(), file);
}

void TstMainWindow::closingAtOnceIsSafe()
{
    const auto threads = [] { return QDir("/proc/self/task").entryList(QDir::Dirs).size(); };
    qsizetype before = 0;
    for (int i = 0; i < 3; ++i) {
        {
            OpenWindow open(m_model);
            const QSignalSpy closed(&open.window, &MainWindow::closed);
            open.window.close();
            QVERIFY(QTest::qWaitFor([&] { return closed.count() == 1; }));
            QVERIFY(!open.window.isVisible());
        }
        if (i > 0) { // pools of libraries come with the first window
            QVERIFY(QTest::qWaitFor([&] { return threads() <= before; }));
        }
        before = threads();
    }
}

BITPRISM_TEST(TstMainWindow);
#include "tst_main_window.moc"
