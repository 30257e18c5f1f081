// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_actions.h"
#include "tests/gui/open_window.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "widgets/help/help_window.h"
#include "widgets/palette/command_palette.h"

#include <QAction>
#include <QLineEdit>
#include <QListView>
#include <QTabWidget>
#include <QTextBrowser>

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
    }
    void f6GoesAroundTheParts_data();
    void f6GoesAroundTheParts();
    void aPartBehindAnotherComesToTheFront();
    void theShortcutsPageNamesEachKeyOnce();
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

void TstWindowKeyboard::theShortcutsPageNamesEachKeyOnce()
{
    OpenWindow open(m_model);
    HelpWindow help(open.window.actions().all(), nullptr);
    help.showShortcuts();
    const QString page = help.findChild<QTextBrowser *>()->toPlainText();
    QCOMPARE(page.count("Shift+F6"), 1);
    QCOMPARE(page.count("F6"), 2);
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
