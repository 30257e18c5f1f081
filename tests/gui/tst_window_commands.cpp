// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_actions.h"
#include "core/families/locate_model.h"
#include "tests/gui/open_window.h"
#include "tests/gui/sample_window.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "widgets/palette/command_palette.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/report/report_view.h"
#include "widgets/tables/data_table.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QTabBar>
#include <QToolButton>

using namespace bitprism;
using test::OpenWindow;

namespace {

using Sample = test::SampleWindow;

/// The first whose title contains `text`; null: none.
const Command *commandWith(const std::vector<Command> &commands, const QString &text)
{
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command &command) {
        return command.title.contains(text, Qt::CaseInsensitive);
    });
    return found == commands.end() ? nullptr : &*found;
}

QString withoutAmpersand(QString text) { return text.remove('&').remove("..."); }

/// What belongs to another control, and tables' menus, whose actions the palette lists.
bool isPartOfAnotherControl(const QWidget &button)
{
    const QWidget *parent = button.parentWidget();
    return button.objectName().startsWith("qt_") || qobject_cast<const QTabBar *>(parent) != nullptr
        || qobject_cast<const QLineEdit *>(parent) != nullptr
        || qobject_cast<const QAbstractItemView *>(parent) != nullptr
        || qobject_cast<const DataTable *>(parent) != nullptr;
}

template <typename T> T *widgetNamed(QWidget &parent, const QString &name)
{
    for (T *widget : parent.findChildren<T *>()) {
        if (widget->accessibleName() == name
            || withoutAmpersand(widget->property("text").toString()) == name) {
            return widget;
        }
    }
    return nullptr;
}

} // namespace

/// What the palette and the menus reach, and what outlives a window.
class TstWindowCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eachButtonOfAViewIsACommand();
    void commandsOfOtherViewsAreFound();
    void aCommandOfAnotherViewGoesThere();
    void whatCannotBeDoneIsGreyedWithItsReason();
    void theMenuListsTheViewThatShows();
    void aNewWindowTakesOverWhatWasSwitched();

private:
    QTemporaryDir m_folder;
    QString m_model;
    std::optional<std::filesystem::path> m_project;
};

void TstWindowCommands::initTestCase()
{
    m_model = m_folder.filePath("toy");
    test::writeToyLlama(m_model.toStdString());
    m_project = sampleProject();
}

void TstWindowCommands::eachButtonOfAViewIsACommand()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    int checked = 0;
    for (int i = 0; i < sample.window.views().count(); ++i) {
        sample.window.views().setCurrentIndex(i);
        sample.settle();
        const QWidget *view = sample.window.views().currentWidget();
        const auto commands = sample.window.actions().commands();
        for (const QAbstractButton *button : view->findChildren<QAbstractButton *>()) {
            const bool isShown = button->isVisible() && button->window() == &sample.window;
            if (!isShown || isPartOfAnotherControl(*button)) {
                continue;
            }
            const QString text = withoutAmpersand(button->text());
            const QString name = text.isEmpty() ? button->accessibleName() : text;
            const QString which = view->objectName() + ": " + name;
            const Command *command = commandWith(commands, name);
            QVERIFY2(command != nullptr, qPrintable(which));
            ++checked;
        }
    }
    QVERIFY(checked > 20);
}

void TstWindowCommands::commandsOfOtherViewsAreFound()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    CommandList list;
    list.setCommands(sample.window.actions().commands());
    for (const auto &[typed, title] : {std::pair("export", "Export report"),
                                       {"set to", "Set to the cell's bits"},
                                       {"pin", "Pin"},
                                       {"solver", "Solver"},
                                       {"aside", "Put this one aside"},
                                       {"measure this", "Measure this"},
                                       {"send", "Send to the recipe"},
                                       {"compare these", "Compare these runs"}}) {
        list.setFilter(typed);
        QStringList titles;
        for (int row = 0; row < list.rowCount(); ++row) {
            titles.append(list.index(row).data().toString());
        }
        QVERIFY2(titles.contains(title), qPrintable(titles.join(", ")));
    }
}

/// And waits until it can be done there.
void TstWindowCommands::aCommandOfAnotherViewGoesThere()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    sample.window.showView("overview");
    const auto commands = sample.window.actions().commands();
    const Command *command = commandWith(commands, "Put this one aside");
    QVERIFY(command != nullptr && command->reason.isEmpty());
    command->run();
    QWidget *view = sample.window.views().currentWidget();
    QCOMPARE(view->objectName(), QString("allocation"));
    const auto *reference = widgetNamed<QComboBox>(*view, "What the allocation is compared with");
    QVERIFY(reference != nullptr && reference->currentIndex() == 0);
    QTRY_COMPARE_WITH_TIMEOUT(reference->currentIndex(), 1, test::readLimit);
}

void TstWindowCommands::whatCannotBeDoneIsGreyedWithItsReason()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    CommandPalette palette(open.window.actions().commands(), nullptr);
    palette.setAttribute(Qt::WA_DeleteOnClose, false);
    palette.show();
    auto *text = palette.findChild<QLineEdit *>();
    auto *list = palette.findChild<QListView *>();
    text->setText("cancel the job");
    const QModelIndex first = list->model()->index(0, 0);
    QCOMPARE(first.data().toString(), QString("Cancel the job"));
    QVERIFY((first.flags() & Qt::ItemIsEnabled) == 0);
    QCOMPARE(first.data(CommandList::hintRole).toString(), QString("No job is at work."));
    QTest::keyClick(text, Qt::Key_Return); // runs nothing, and stays
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(first).center());
    QVERIFY(palette.isVisible());
    // Before anything is open, no view can do anything.
    OpenWindow empty({});
    QVERIFY(empty.waitUntilRead());
    const auto commands = empty.window.actions().commands();
    for (const char *title : {"Export report", "Pin", "Undo", "Rename the run"}) {
        const Command *command = commandWith(commands, title);
        QVERIFY2(command != nullptr && !command->reason.isEmpty(), title);
    }
    QVERIFY(commandWith(commands, "Open a project")->reason.isEmpty());
}

void TstWindowCommands::theMenuListsTheViewThatShows()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    sample.window.showView("allocation");
    sample.settle();
    QMenu *menu = nullptr;
    for (QMenu *each : sample.window.menuBar()->findChildren<QMenu *>()) {
        menu = withoutAmpersand(each->title()) == "In this view" ? each : menu;
    }
    QVERIFY(menu != nullptr);
    Q_EMIT menu->aboutToShow();
    QStringList titles;
    for (const QAction *action : menu->actions()) {
        titles.append(action->text());
    }
    for (const char *title : {"Send to the recipe", "Measure this", "Pin", "Solver"}) {
        QVERIFY2(titles.contains(title), qPrintable(titles.join(", ")));
    }
    sample.window.showView("report");
    Q_EMIT menu->aboutToShow();
    QVERIFY(menu->actions().first()->text() != titles.first());
}

/// As where the language changes: the recipe's undo too, which the workbench keeps.
void TstWindowCommands::aNewWindowTakesOverWhatWasSwitched()
{
    if (!m_project) {
        QSKIP("the sample project is not built");
    }
    Sample sample(*m_project);
    QVERIFY(sample.isRead());
    sample.window.showView("report");
    sample.settle();
    Recipe edited = sample.workbench.recipe.recipe();
    edited.seed += 1;
    sample.workbench.recipe.edit("seed", edited);
    auto *box = widgetNamed<QCheckBox>(*sample.window.views().currentWidget(), "Recipes");
    QVERIFY(box != nullptr && box->isChecked());
    box->click();
    sample.window.jobDock().setOpen(true);

    MainWindow next(sample.workbench);
    next.takeOver(sample.window);
    QCOMPARE(next.views().currentWidget()->objectName(), QString("report"));
    const auto *report = next.views().findChild<ReportView *>();
    QVERIFY(!report->sections().recipes && report->sections().results);
    QVERIFY(next.jobDock().isOpen());
    const auto *undo = widgetNamed<QPushButton>(next.recipePanel(), "Undo");
    const auto *redo = widgetNamed<QPushButton>(next.recipePanel(), "Redo");
    QVERIFY(undo->isEnabled() && !redo->isEnabled());
    sample.workbench.recipe.undoStack().undo();
    QVERIFY(!undo->isEnabled() && redo->isEnabled());
}

BITPRISM_TEST(TstWindowCommands);
#include "tst_window_commands.moc"
