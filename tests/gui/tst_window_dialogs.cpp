// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/closing_dialog.h"
#include "app/gui/window_actions.h"
#include "tests/gui/open_window.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "widgets/help/help_window.h"
#include "widgets/jobs/stage_text.h"
#include "widgets/settings/settings_dialog.h"

#include <QAbstractButton>
#include <QLineEdit>
#include <QListWidget>
#include <QMenuBar>
#include <QRegularExpression>
#include <QTabWidget>
#include <QTextBrowser>
#include <QTranslator>

#include <algorithm>

using namespace bitprism;
using test::OpenWindow;

class TstWindowDialogs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyDialogHasNames();
    void thePaletteReachesEveryAction();
    void thePaletteFindsChoicesByWhatTheyAreOf();
    void aLanguageIsChosenInThePalette();
    void theShortcutsNameUndoAndRedo();
    void theClosingDialogShowsAllOfItsText();
    void badSettingsAreSaidInFull();
    void everyMenuHasAMnemonic();
    void mnemonicsAreUnique();
    void stagesOfJobsAreTranslated();
    void theManualListsAPageALine();
    void theManualSpeaksTheWindowsLanguage();
    void theManualIsWholeInChinese();

private:
    QTemporaryDir m_folder;
    QString m_model;
};

void TstWindowDialogs::initTestCase()
{
    m_model = m_folder.filePath("toy");
    test::writeToyLlama(m_model.toStdString());
}

void TstWindowDialogs::everyDialogHasNames()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    test::checkNames(open.window); // the welcome page
    open.window.showSettings();
    open.window.showHelp(true);
    open.window.showAbout();
    open.window.showPalette();
    ClosingDialog closing(open.workbench.hub, &open.window);
    closing.show();
    int dialogs = 0;
    for (QDialog *dialog : open.window.findChildren<QDialog *>()) {
        test::checkNames(*dialog);
        dialogs += 1;
        dialog->hide();
    }
    QCOMPARE(dialogs, 5);
}

void TstWindowDialogs::thePaletteReachesEveryAction()
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
                              "Quit", "Theme: Dark", "model.layers.0.mlp.up_proj"}) {
        const bool isThere = std::any_of(titles.begin(), titles.end(), [&](const QString &known) {
            return known == title || (QString(title) == "Undo" && known.startsWith("Undo "));
        });
        QVERIFY2(isThere, title);
    }
    QCOMPARE(titles.count("Quit"), 1);
}

void TstWindowDialogs::thePaletteFindsChoicesByWhatTheyAreOf()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    CommandList list;
    list.setCommands(open.window.actions().commands());
    const auto found = [&list](const QString &text) {
        list.setFilter(text);
        QStringList titles;
        for (int row = 0; row < list.rowCount(); ++row) {
            titles.append(list.index(row).data().toString());
        }
        return titles;
    };
    for (const auto &[typed, title] :
         {std::pair("lang", "Language: English"), std::pair("english", "Language: English"),
          std::pair("lang", "Language: As the system"), std::pair("dark", "Theme: Dark"),
          std::pair("theme", "Theme: Light")}) {
        QVERIFY2(found(typed).contains(title), qPrintable(found(typed).join(", ")));
    }
    QVERIFY(!found("dark").contains("Dark"));
}

void TstWindowDialogs::aLanguageIsChosenInThePalette()
{
    OpenWindow open({});
    QVERIFY(open.waitUntilRead());
    SettingsStore &store = open.workbench.settings;
    const Settings before = store.settings();
    QVERIFY(before.language != "en");
    for (const Command &command : open.window.actions().commands()) {
        if (command.title == "Language: English") {
            command.run();
        }
    }
    QCOMPARE(store.settings().language, std::string("en"));
    store.set(before);
}

/// Whatever they would undo just now.
void TstWindowDialogs::theShortcutsNameUndoAndRedo()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    Recipe edited = open.workbench.recipe.recipe();
    for (int i = 0; i < 2; ++i) {
        edited.seed += 1;
        open.workbench.recipe.edit("Change of the seed", edited);
    }
    open.workbench.recipe.undoStack().undo(); // now both have something to do
    HelpWindow help(open.window.actions().all());
    help.showShortcuts();
    const QStringList lines = help.findChild<QTextBrowser *>()->toPlainText().split('\n');
    QVERIFY(lines.contains("Undo") && lines.contains("Redo"));
    QVERIFY2(!lines.join('\n').contains("Change of the seed"), qPrintable(lines.join('|')));
}

void TstWindowDialogs::theClosingDialogShowsAllOfItsText()
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

void TstWindowDialogs::badSettingsAreSaidInFull()
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

void TstWindowDialogs::everyMenuHasAMnemonic()
{
    Workbench workbench;
    MainWindow window(workbench);
    for (const QAction *menu : window.menuBar()->actions()) {
        QVERIFY2(menu->text().contains('&'), qPrintable(menu->text()));
    }
}

void TstWindowDialogs::mnemonicsAreUnique()
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

void TstWindowDialogs::stagesOfJobsAreTranslated()
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

/// Every page, each with the figures of the English one.
void TstWindowDialogs::theManualIsWholeInChinese()
{
    const QLocale before;
    const auto pagesIn = [](const QString &language) {
        QLocale::setDefault(QLocale(language));
        const HelpWindow help({});
        auto *list = help.findChild<QListWidget *>();
        QStringList pages;
        for (int row = 0; row < list->count() - 1; ++row) { // the last are the shortcuts
            list->setCurrentRow(row);
            pages.append(help.findChild<QTextBrowser *>()->toPlainText());
        }
        return pages;
    };
    const QStringList english = pagesIn("en");
    const QStringList chinese = pagesIn("zh_CN");
    QLocale::setDefault(before);
    QCOMPARE(chinese.size(), english.size());
    for (qsizetype i = 0; i < english.size(); ++i) {
        const QByteArray name = english[i].section('\n', 0, 0).toUtf8();
        const auto han = std::count_if(chinese[i].begin(), chinese[i].end(), [](QChar letter) {
            return letter.script() == QChar::Script_Han;
        });
        QVERIFY2(han > 100, name);
        QVERIFY2(!chinese[i].contains("{{"), name);
        const QRegularExpression figures("\\d+\\.\\d\\d+");
        const auto count = [&](const QString &page) {
            qsizetype found = 0;
            for (auto each = figures.globalMatch(page); each.hasNext(); each.next()) {
                ++found;
            }
            return found;
        };
        // Those of the tables are the English page's own; a sentence may say one less.
        QVERIFY2(10 * count(chinese[i]) >= 9 * count(english[i]), name);
    }
}

void TstWindowDialogs::theManualListsAPageALine()
{
    HelpWindow help({});
    help.show();
    QVERIFY(QTest::qWaitForWindowExposed(&help));
    const auto *pages = help.findChild<QListWidget *>();
    QVERIFY(pages != nullptr && pages->count() > 5);
    QVERIFY(pages->sizeHintForColumn(0) <= pages->viewport()->width()); // none is cut
    for (int row = 0; row < pages->count(); ++row) {
        QCOMPARE(pages->visualItemRect(pages->item(row)).height(),
                 pages->visualItemRect(pages->item(0)).height());
    }
}

void TstWindowDialogs::theManualSpeaksTheWindowsLanguage()
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

BITPRISM_TEST(TstWindowDialogs);
#include "tst_window_dialogs.moc"
