// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/closing_dialog.h"
#include "app/gui/main_window.h"
#include "app/gui/window_actions.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "widgets/help/help_window.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/job_dock/job_line.h"
#include "widgets/jobs/stage_text.h"
#include "widgets/model_tree/model_tree_panel.h"
#include "widgets/settings/settings_dialog.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/theme.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QTabWidget>
#include <QTextBrowser>
#include <QTranslator>
#include <QTreeView>

#include <algorithm>
#include <set>

using namespace bitprism;

namespace {

/// A window with its project read. The store is one that does not exist, so that the user's own
/// stays out of the test.
struct OpenWindow
{
    explicit OpenWindow(const QString &target)
    {
        window.show();
        window.project().open(target, folder.filePath("none.bitprism"));
    }
    /// What stands in the line at the bottom.
    QString lineText()
    {
        QStringList texts;
        for (const QLabel *label : window.jobDock().line().findChildren<QLabel *>()) {
            texts.append(label->text());
        }
        return texts.join(' ');
    }
    bool waitUntilRead()
    {
        return QTest::qWaitForWindowExposed(&window) && QTest::qWaitFor([this] {
                   return window.project().state() != Project::State::Loading;
               });
    }

    QTemporaryDir folder;
    Workbench workbench;
    MainWindow window{workbench};
};

/// Fails on a visible widget that takes the focus and has no accessible name.
void checkNames(QWidget &window)
{
    int checked = 0;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        const bool isPart = widget->objectName().startsWith("qt_"); // of a widget with a name
        if (isPart || !widget->isVisible() || (widget->focusPolicy() & Qt::TabFocus) == 0) {
            continue;
        }
        const QAccessibleInterface *face = QAccessible::queryAccessibleInterface(widget);
        QVERIFY(face != nullptr);
        const QString place = QString("%1 in %2")
                                  .arg(widget->metaObject()->className(),
                                       widget->parentWidget()->metaObject()->className());
        QVERIFY2(!face->text(QAccessible::Name).isEmpty(), qPrintable(place));
        ++checked;
    }
    QVERIFY(window.findChildren<QWidget *>().isEmpty() || checked > 0
            || window.inherits("QDialog"));
}

} // namespace

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
    void everyDialogHasNames();
    void thePaletteReachesEveryAction();
    void aNarrowWindowTabsTheRightDocks();
    void docksAreRemembered();
    void resettingTheLayoutRestoresTheFirst_data();
    void resettingTheLayoutRestoresTheFirst();
    void aBadDropLeavesTheOpenModel();
    void aNewProjectKeepsTheModel();
    void theClosingDialogShowsAllOfItsText();
    void badSettingsAreSaidInFull();
    void everyMenuHasAMnemonic();
    void mnemonicsAreUnique();
    void fitsOnTheScreen();
    void stagesOfJobsAreTranslated();
    void theManualSpeaksTheWindowsLanguage();
    void isNeitherEmptyNorOneColour_data();
    void isNeitherEmptyNorOneColour();
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
    QCOMPARE(open.window.windowTitle(), "toy");
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
    QCOMPARE(open.window.windowTitle(), "toy");
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
    QVERIFY(open.waitUntilRead());
    QVERIFY2(open.window.project().state() == Project::State::Ready,
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
        checkNames(open.window);
    }
}

void TstMainWindow::everyDialogHasNames()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    checkNames(open.window); // the welcome page
    open.window.showSettings();
    open.window.showHelp(true);
    open.window.showAbout();
    open.window.showPalette();
    ClosingDialog closing(open.workbench.hub, &open.window);
    closing.show();
    int dialogs = 0;
    for (QDialog *dialog : open.window.findChildren<QDialog *>()) {
        checkNames(*dialog);
        dialogs += 1;
        dialog->hide();
    }
    QCOMPARE(dialogs, 5);
}

void TstMainWindow::thePaletteReachesEveryAction()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    Recipe edited = open.workbench.recipe.recipe();
    edited.seed += 1;
    open.workbench.recipe.edit("Change of the seed", edited); // so that there is something to undo
    QStringList titles;
    for (const Command &command : open.window.actions().commands()) {
        titles.append(command.title);
    }
    for (const char *title : {"Open a model", "Undo", "Overview", "Show jobs and log", "Manual",
                              "Quit", "Dark", "model.layers.0.mlp.up_proj"}) {
        const bool isThere = std::any_of(titles.begin(), titles.end(), [&](const QString &known) {
            return known == title || (QString(title) == "Undo" && known.startsWith("Undo "));
        });
        QVERIFY2(isThere, title);
    }
    QCOMPARE(titles.count("Quit"), 1);
}

void TstMainWindow::aNarrowWindowTabsTheRightDocks()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    auto *recipe = open.window.findChild<QDockWidget *>("recipe-dock");
    auto *project = open.window.findChild<QDockWidget *>("project-dock");
    open.window.resize(1440, 900);
    QTRY_COMPARE(open.window.dockWidgetArea(recipe), Qt::RightDockWidgetArea);
    open.window.resize(1024, 640);
    QVERIFY(
        QTest::qWaitFor([&] { return open.window.tabifiedDockWidgets(project).contains(recipe); }));
    open.window.resize(1440, 900);
    QVERIFY(QTest::qWaitFor(
        [&] { return open.window.dockWidgetArea(recipe) == Qt::RightDockWidgetArea; }));
}

void TstMainWindow::docksAreRemembered()
{
    QSettings().remove("window");
    const auto dockOf = [](MainWindow &window, const char *name) {
        return window.findChild<QDockWidget *>(name);
    };
    {
        OpenWindow open(m_model);
        open.window.restoreLayout(); // from now on it remembers
        QVERIFY(open.waitUntilRead());
        dockOf(open.window, "inspector-dock")->setFloating(true);
        dockOf(open.window, "model-dock")->close();
        open.window.addDockWidget(Qt::LeftDockWidgetArea, dockOf(open.window, "recipe-dock"));
        open.window.close();
    }
    OpenWindow again(m_model);
    again.window.restoreLayout();
    QVERIFY(again.waitUntilRead());
    QVERIFY(dockOf(again.window, "inspector-dock")->isFloating());
    QVERIFY(dockOf(again.window, "model-dock")->isHidden());
    QCOMPARE(again.window.dockWidgetArea(dockOf(again.window, "recipe-dock")),
             Qt::LeftDockWidgetArea);
    again.window.resetLayout();
    QVERIFY(!dockOf(again.window, "inspector-dock")->isFloating());
    QVERIFY(!dockOf(again.window, "model-dock")->isHidden());
    QSettings().remove("window");
}

void TstMainWindow::resettingTheLayoutRestoresTheFirst_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("large") << QSize(1440, 900);
    QTest::newRow("small") << QSize(1024, 640);
}

void TstMainWindow::resettingTheLayoutRestoresTheFirst()
{
    QFETCH(QSize, size);
    OpenWindow open(m_model);
    open.window.resize(size);
    QVERIFY(open.waitUntilRead());
    const QList<QDockWidget *> docks
        = open.window.findChildren<QDockWidget *>(Qt::FindDirectChildrenOnly);
    const auto geometries = [&docks] {
        QCoreApplication::processEvents(); // what is posted to lay out
        QList<QRect> list;
        for (const QDockWidget *dock : docks) {
            // A tab behind another lies nowhere.
            list.append(dock->x() < 0 ? QRect() : dock->geometry());
        }
        return list;
    };
    const QList<QRect> first = geometries();
    for (QDockWidget *dock : docks) {
        if (dock->objectName() == "inspector-dock") {
            dock->close();
        } else {
            dock->setFloating(true);
        }
    }
    open.window.jobDock().setOpen(true);
    QCoreApplication::processEvents();
    open.window.resetLayout();
    QCOMPARE(geometries(), first);
    // Project and model stand about as 1 to 2.
    const auto heightOf = [&](const char *name) {
        return double(open.window.findChild<QDockWidget *>(name)->height());
    };
    const double ratio = heightOf("model-dock") / heightOf("project-dock");
    QVERIFY2(ratio > 1.4 && ratio < 2.6, qPrintable(QString::number(ratio)));
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
    QCOMPARE(open.window.windowTitle(), "toy");
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

void TstMainWindow::aNewProjectKeepsTheModel()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    const QString file = open.folder.filePath("fresh.bitprism");
    open.window.startProject(file);
    QVERIFY(open.waitUntilRead());
    QCOMPARE(open.window.windowTitle(), "toy");
    QCOMPARE(open.workbench.project.writableStorePath(), file);
    QVERIFY(!QFileInfo::exists(file)); // the first run makes it
    // What is there already is not taken for new.
    open.window.startProject(m_model + "/config.json");
    QCOMPARE(open.workbench.project.writableStorePath(), file);
}

void TstMainWindow::theClosingDialogShowsAllOfItsText()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    JobHub &hub = open.workbench.hub;
    if (hub.isReady()) {
        QSKIP("the engine is there already: jobs would start");
    }
    hub.submit({}, "first");
    ClosingDialog dialog(hub, &open.window);
    dialog.show();
    auto *text = dialog.findChild<QLabel *>();
    for (int i = 0; i < 3; ++i) { // the text grows while it stands
        hub.submit({}, QString("another job with a name that takes its room, %1").arg(i));
    }
    QVERIFY(QTest::qWaitFor([&] { return text->text().contains("4"); }));
    text->setText(text->text() + ' ' + text->text() + ' ' + text->text());
    QVERIFY(QTest::qWaitFor([&] { return text->height() >= text->heightForWidth(text->width()); }));
    dialog.hide();
    hub.cancelAll();
}

void TstMainWindow::badSettingsAreSaidInFull()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    open.window.showSettings();
    auto *dialog = open.window.findChild<SettingsDialog *>();
    auto *threads = dialog->findChild<QLineEdit *>("threads");
    QVERIFY(threads != nullptr);
    threads->setText("abc");
    Q_EMIT threads->textEdited("abc");
    bool isExplained = false;
    bool isSaid = false;
    for (const QLabel *label : dialog->findChildren<QLabel *>()) {
        isExplained |= label->isVisible() && label->text().contains("0: all");
        if (label->text().contains("needed")) {
            isSaid = QTest::qWaitFor([label] {
                return label->isVisible()
                    && label->height() >= label->heightForWidth(label->width());
            });
        }
    }
    QVERIFY(isExplained);
    QVERIFY(isSaid);
}

void TstMainWindow::everyMenuHasAMnemonic()
{
    Workbench workbench;
    MainWindow window(workbench);
    for (const QAction *menu : window.menuBar()->actions()) {
        QVERIFY2(menu->text().contains('&'), qPrintable(menu->text()));
    }
}

void TstMainWindow::isNeitherEmptyNorOneColour_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TstMainWindow::isNeitherEmptyNorOneColour()
{
    QFETCH(bool, dark);
    QApplication::setPalette(Theme::palette(dark));
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    const QImage image = open.window.grab().toImage();
    std::set<QRgb> colors;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3) {
            colors.insert(image.pixel(x, y));
        }
    }
    QVERIFY(colors.size() > 20);
    const QColor corner = image.pixelColor(image.width() / 2, image.height() - 40);
    QCOMPARE(corner.lightness() < 128, dark);
}

void TstMainWindow::mnemonicsAreUnique()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    QHash<QString, QString> menus;
    for (const QAction *action : open.window.menuBar()->actions()) {
        menus.insert(QKeySequence::mnemonic(action->text()).toString(), action->text());
    }
    for (int view = 0; view < open.window.views().count(); ++view) {
        open.window.views().setCurrentIndex(view);
        QHash<QString, QString> taken = menus;
        const auto check = [&taken](const QString &text) {
            const QString key = QKeySequence::mnemonic(text).toString();
            QVERIFY2(key.isEmpty() || !taken.contains(key),
                     qPrintable(text + " and " + taken.value(key)));
            taken.insert(key, text);
        };
        for (const QAbstractButton *button : open.window.findChildren<QAbstractButton *>()) {
            // Of pages that the toy shows no results on, too.
            if (button->isVisibleTo(open.window.views().widget(view))
                || (button->isVisible() && !open.window.views().isAncestorOf(button))) {
                check(button->text());
            }
        }
        for (const QLabel *label : open.window.views().widget(view)->findChildren<QLabel *>()) {
            if (label->buddy() != nullptr && label->isVisibleTo(open.window.views().widget(view))) {
                check(label->text());
            }
        }
    }
}

void TstMainWindow::fitsOnTheScreen()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    const QSize room = open.window.screen()->availableSize();
    QVERIFY(open.window.width() <= room.width() && open.window.height() <= room.height());
    // What look.md promises for small screens: nothing asks for more.
    QVERIFY2(open.window.minimumSizeHint().height() <= 640,
             qPrintable(QString::number(open.window.minimumSizeHint().height())));
}

void TstMainWindow::stagesOfJobsAreTranslated()
{
    QTranslator chinese;
    QVERIFY(chinese.load(":/i18n/bitprism_zh_CN"));
    QCoreApplication::installTranslator(&chinese);
    const QString told = stageText("quantizing model.layers.0.mlp.up_proj");
    const QString pairs = stageText("pairs of block 2, 17 of 120");
    QCoreApplication::removeTranslator(&chinese);
    QVERIFY(told.contains("model.layers.0.mlp.up_proj") && !told.contains("quantizing"));
    QVERIFY(pairs.contains("17") && pairs.contains("120") && !pairs.contains("pairs"));
}

void TstMainWindow::theManualSpeaksTheWindowsLanguage()
{
    const QLocale before;
    const auto firstPage = [](const QString &language) {
        QLocale::setDefault(QLocale(language));
        const HelpWindow help({});
        return help.findChild<QTextBrowser *>()->toPlainText();
    };
    const QString english = firstPage("en");
    const QString chinese = firstPage("zh_CN");
    const QString untranslated = firstPage("de");
    QLocale::setDefault(before);
    QVERIFY(english.contains("First steps")
            && chinese.contains(QString::fromUtf8("\u7b2c\u4e00\u6b65")));
    QCOMPARE(untranslated, english);
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
