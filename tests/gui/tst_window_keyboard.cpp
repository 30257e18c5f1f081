// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_actions.h"
#include "tests/gui/open_window.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "widgets/help/help_window.h"
#include "widgets/palette/command_palette.h"
#include "widgets/shared/scroll_page.h"
#include "widgets/shared/window_style.h"

#include <QAbstractItemView>
#include <QAction>
#include <QLineEdit>
#include <QListView>
#include <QShortcut>
#include <QTabWidget>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextFrame>
#include <QTextTable>

using namespace bitprism;
using test::OpenWindow;

class TstWindowKeyboard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_model = m_folder.filePath("toy");
        test::writeToyLlama(m_model.toStdString());
        QApplication::setStyle(new WindowStyle); // as the program does
    }
    void f6GoesAroundTheParts_data();
    void f6GoesAroundTheParts();
    void eachStopOfF6ShowsTheFocus();
    void aPartBehindAnotherComesToTheFront();
    void theShortcutsPageNamesEachKeyOnce();
    void goingAroundChoosesNothing();
    void aPaletteWithoutMatchesSaysSo();

private:
    static bool waitUntilActive(OpenWindow &open);
    static QString partOf(const MainWindow &window);
    QTemporaryDir m_folder;
    QString m_model;
};

/// No widget of a window that is not the active one has the focus.
bool TstWindowKeyboard::waitUntilActive(OpenWindow &open)
{
    open.window.activateWindow();
    return open.waitUntilRead() && QTest::qWaitForWindowActive(&open.window);
}

/// Name of the dock that has the focus; "views" for the centre.
QString TstWindowKeyboard::partOf(const MainWindow &window)
{
    const QWidget *widget = window.focusWidget();
    while (widget != nullptr && widget != &window) {
        if (qobject_cast<const QDockWidget *>(widget) != nullptr) {
            return widget->objectName();
        }
        widget = widget->parentWidget();
    }
    return window.focusWidget() == nullptr ? QString() : QString("views");
}

void TstWindowKeyboard::f6GoesAroundTheParts_data()
{
    QTest::addColumn<bool>("isBack");
    QTest::newRow("F6") << false;
    QTest::newRow("Shift+F6") << true;
}

void TstWindowKeyboard::f6GoesAroundTheParts()
{
    QFETCH(bool, isBack);
    OpenWindow open(m_model);
    open.window.resize(1900, 1000); // no dock behind another
    QVERIFY(waitUntilActive(open));
    // Without a layer the inspector has nothing to go to.
    open.workbench.selection.setLayer("model.layers.0.mlp.up_proj");
    QStringList expected{"project-dock",   "model-dock",  "views",
                         "inspector-dock", "recipe-dock", "job-dock"};
    const auto press = [&] {
        QTest::keyClick(&open.window, Qt::Key_F6, isBack ? Qt::ShiftModifier : Qt::NoModifier);
        return partOf(open.window);
    };
    if (isBack) {
        std::reverse(expected.begin(), expected.end());
    }
    for (int i = 0; i < expected.size() && partOf(open.window) != expected.last(); ++i) {
        QVERIFY(expected.contains(press())); // from wherever it is at first
    }
    QCOMPARE(partOf(open.window), expected.last());
    for (const QString &part : expected) {
        QCOMPARE(press(), part);
    }
}

/// On the welcome page, and with a model.
void TstWindowKeyboard::eachStopOfF6ShowsTheFocus()
{
    for (const QString &target : {QString(), m_model}) {
        OpenWindow open(target);
        open.window.resize(1900, 1000);
        QVERIFY(waitUntilActive(open));
        QSet<QWidget *> stops;
        for (int i = 0; i < 6; ++i) {
            QTest::keyClick(&open.window, Qt::Key_F6);
            QWidget *stop = open.window.focusWidget();
            QVERIFY(stop != nullptr);
            const QImage with = stop->grab().toImage();
            stop->clearFocus();
            const QImage without = stop->grab().toImage();
            stop->setFocus(Qt::TabFocusReason);
            QVERIFY2(with != without, stop->metaObject()->className());
            stops.insert(stop);
        }
        QVERIFY(stops.size() >= 4); // empty parts are passed over
    }
    // A page that scrolls is reached by the Tab key.
    ScrollPage page(new QLabel("much text"), "page", nullptr);
    page.resize(200, 100);
    page.show();
    page.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&page));
    page.clearFocus();
    const QImage without = page.grab().toImage();
    page.setFocus(Qt::TabFocusReason);
    QVERIFY(page.grab().toImage() != without);
}

void TstWindowKeyboard::aPartBehindAnotherComesToTheFront()
{
    OpenWindow open(m_model);
    open.window.resize(900, 640);
    QVERIFY(waitUntilActive(open));
    const auto *recipe = open.window.findChild<QDockWidget *>("recipe-dock");
    QVERIFY(QTest::qWaitFor([&] {
        return open.window.dockWidgetArea(const_cast<QDockWidget *>(recipe))
            == Qt::LeftDockWidgetArea;
    }));
    QVERIFY(recipe->visibleRegion().isEmpty());
    for (int i = 0; i < 6 && partOf(open.window) != "recipe-dock"; ++i) {
        open.window.focusPart(1);
    }
    QCOMPARE(partOf(open.window), QString("recipe-dock"));
    QVERIFY(QTest::qWaitFor([&] { return !recipe->visibleRegion().isEmpty(); }));
}

/// Those of all menus, and those that only a part of the window knows.
void TstWindowKeyboard::theShortcutsPageNamesEachKeyOnce()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    HelpWindow help(open.window.actions().all(), nullptr);
    help.showShortcuts();
    QHash<QString, int> named; // keys by how often they stand in the first column
    const QTextDocument &page = *help.findChild<QTextBrowser *>()->document();
    for (const QTextFrame *frame : page.rootFrame()->childFrames()) {
        const auto *table = qobject_cast<const QTextTable *>(frame);
        for (int row = 1; table != nullptr && row < table->rows(); ++row) {
            const QTextCursor cell = table->cellAt(row, 0).firstCursorPosition();
            for (const QString &key : cell.block().text().split(", ")) {
                ++named[key];
            }
        }
    }
    QSet<QString> known;
    for (const QAction *action : open.window.findChildren<QAction *>()) {
        for (const QKeySequence &key : action->shortcuts()) {
            known.insert(key.toString(QKeySequence::NativeText));
        }
    }
    for (const QShortcut *shortcut : open.window.findChildren<QShortcut *>()) {
        known.insert(shortcut->key().toString(QKeySequence::NativeText));
    }
    known.remove(QString());
    QVERIFY(known.size() > 20 && known.contains("Shift+F6") && known.contains("Ctrl+["));
    QStringList wrong;
    for (const QString &key : std::as_const(known)) {
        if (named.value(key) != 1) {
            wrong.append(QString("%1: %2").arg(key).arg(named.value(key)));
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join("; ")));
}

/// A list that gets the focus has a current row, which nobody chose.
void TstWindowKeyboard::goingAroundChoosesNothing()
{
    OpenWindow open(m_model);
    open.window.resize(1900, 1000);
    QVERIFY(waitUntilActive(open));
    const Selection &selection = open.workbench.selection;
    for (int view = 0; view < open.window.views().count(); ++view) {
        open.window.views().setCurrentIndex(view);
        for (int part = 0; part < 6; ++part) {
            QTest::keyClick(&open.window, Qt::Key_F6);
        }
        for (auto *list : open.window.findChildren<QAbstractItemView *>()) {
            if (list->isVisible()) {
                list->setFocus(Qt::TabFocusReason);
            }
        }
    }
    QCOMPARE(selection.layer(), QString());
    QCOMPARE(selection.run(), QString());
}

void TstWindowKeyboard::aPaletteWithoutMatchesSaysSo()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    CommandPalette palette(open.window.actions().commands(), nullptr);
    palette.setAttribute(Qt::WA_DeleteOnClose, false);
    palette.show();
    auto *text = palette.findChild<QLineEdit *>();
    const auto *list = palette.findChild<QListView *>();
    const auto *nothing = palette.findChild<QLabel *>();
    QVERIFY(list->isVisible() && nothing->isHidden());
    text->setText("zzz qqq");
    QVERIFY(list->isHidden() && nothing->isVisible());
    QVERIFY(nothing->text().contains("zzz qqq"));
    QTest::keyClick(text, Qt::Key_Return); // runs nothing, and stays
    QVERIFY(palette.isVisible());
    text->setText("quit");
    QVERIFY(list->isVisible() && nothing->isHidden());
}

BITPRISM_TEST(TstWindowKeyboard);
#include "tst_window_keyboard.moc"
