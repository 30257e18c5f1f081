// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_actions.h"

#include "app/gui/main_window.h"
#include "app/gui/workbench.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/model_tree/model_tree_panel.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/shared/text.h"
#include "widgets/welcome/welcome_page.h"

#include <QActionGroup>
#include <QDockWidget>
#include <QMenuBar>

namespace bitprism {

namespace {

constexpr int mostShortcutViews = 9; // Ctrl+1 to Ctrl+9

} // namespace

WindowActions::WindowActions(MainWindow &window)
    : QObject(&window)
    , m_window(window)
{
    makeFileMenu();
    makeEditMenu();
    makeViewMenu();
    makeRunMenu();
    makeToolsMenu();
    makeHelpMenu();
    const Workbench &bench = window.workbench();
    connect(&bench.project, &Project::changed, this, &WindowActions::enable);
    connect(&bench.project, &Project::dataFilesChanged, this, &WindowActions::enable);
    connect(&window.recipePanel(), &RecipePanel::canRunChanged, this, &WindowActions::enable);
    connect(&bench.hub, &JobHub::jobAdded, this, &WindowActions::enable);
    connect(&bench.hub, &JobHub::jobChanged, this, &WindowActions::enable);
    enable();
}

QMenu *WindowActions::addMenu(const QString &title)
{
    QMenu *menu = m_window.menuBar()->addMenu(title);
    menu->setToolTipsVisible(true);
    m_menus.append(menu);
    return menu;
}

void WindowActions::makeFileMenu()
{
    QMenu *menu = addMenu(tr("&File"));
    menu->addAction(tr("&New project..."), QKeySequence::New, &m_window, &MainWindow::newProject);
    menu->addAction(tr("&Open a model..."), QKeySequence::Open, &m_window,
                    &MainWindow::chooseModel);
    menu->addAction(tr("Open a model's &file..."), &m_window, &MainWindow::chooseModelFile);
    menu->addAction(tr("Open a &project..."), QKeySequence("Ctrl+Shift+O"), &m_window,
                    &MainWindow::chooseStore);
    QMenu *samples = menu->addMenu(tr("Open a &sample"));
    connect(samples, &QMenu::aboutToShow, this, [this, samples] { fillSamples(samples); });
    QMenu *recent = menu->addMenu(tr("Open &recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecent(recent); });
    menu->addSeparator();
    RecipePanel *recipe = &m_window.recipePanel();
    menu->addAction(tr("Open a re&cipe..."), recipe, &RecipePanel::chooseRecipe);
    menu->addAction(tr("Sa&ve the recipe..."), QKeySequence::Save, recipe,
                    &RecipePanel::saveRecipe);
    menu->addSeparator();
    menu->addAction(tr("Se&ttings..."), QKeySequence("Ctrl+,"), &m_window,
                    &MainWindow::showSettings);
    menu->addAction(tr("&Quit"), QKeySequence::Quit, &m_window, &QWidget::close);
}

void WindowActions::makeEditMenu()
{
    QMenu *menu = addMenu(tr("&Edit"));
    QUndoStack &stack = m_window.workbench().recipe.undoStack();
    QAction *undo = stack.createUndoAction(menu, tr("&Undo"));
    undo->setShortcut(QKeySequence::Undo);
    undo->setIconText(tr("&Undo").remove('&')); // stays, where the text names what is undone
    QAction *redo = stack.createRedoAction(menu, tr("&Redo"));
    redo->setShortcuts({QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")});
    redo->setIconText(tr("&Redo").remove('&'));
    menu->addActions({undo, redo});
    menu->addSeparator();
    RunsPanel *runs = &m_window.runsPanel();
    m_needRun
        = {menu->addAction(tr("Re&name the run..."), runs, &RunsPanel::renameSelected),
           menu->addAction(tr("E&xport the run's checkpoint..."), runs, &RunsPanel::exportSelected),
           menu->addAction(tr("&Delete the run..."), runs, &RunsPanel::deleteSelected)};
    connect(runs, &RunsPanel::selectionChanged, this, &WindowActions::enable);
    menu->addSeparator();
    menu->addAction(tr("&Find a run"), QKeySequence::Find, runs,
                    [runs] { runs->setFocus(Qt::ShortcutFocusReason); });
    ModelTreePanel *tree = &m_window.modelTree();
    menu->addAction(tr("Find a &layer"), QKeySequence("Ctrl+L"), tree,
                    [tree] { tree->setFocus(Qt::ShortcutFocusReason); });
}

void WindowActions::makeViewMenu()
{
    QMenu *menu = addMenu(tr("&View"));
    int number = 1;
    for (const ViewEntry *entry : viewEntries()) {
        QAction *action = menu->addAction(translated(entry->title), &m_window,
                                          [this, id = entry->id] { m_window.showView(id); });
        if (number <= mostShortcutViews) {
            action->setShortcut(QKeySequence(QString("Ctrl+%1").arg(number++)));
        }
    }
    menu->addSeparator();
    for (QDockWidget *dock : m_window.findChildren<QDockWidget *>(Qt::FindDirectChildrenOnly)) {
        menu->addAction(dock->toggleViewAction());
    }
    menu->addAction(tr("Reset the &layout"), &m_window, &MainWindow::resetLayout);
    menu->addSeparator();
    makeAppearanceMenu(menu->addMenu(tr("&Theme")));
    menu->addAction(tr("&Full screen"), QKeySequence("F11"), &m_window, [this] {
        m_window.setWindowState(m_window.windowState() ^ Qt::WindowFullScreen);
    });
}

void WindowActions::makeAppearanceMenu(QMenu *menu)
{
    SettingsStore *store = &m_window.workbench().settings;
    auto *group = new QActionGroup(menu);
    const std::pair<QString, std::string> choices[]
        = {{tr("As the &system"), "system"}, {tr("&Light"), "light"}, {tr("&Dark"), "dark"}};
    for (const auto &[text, value] : choices) {
        QAction *action = menu->addAction(text);
        group->addAction(action);
        action->setCheckable(true);
        action->setChecked(store->settings().appearance == value);
        connect(action, &QAction::triggered, store, [store, chosen = value] {
            Settings settings = store->settings();
            settings.appearance = chosen;
            store->set(settings);
        });
        connect(store, &SettingsStore::changed, action, [store, action, chosen = value] {
            action->setChecked(store->settings().appearance == chosen);
        });
    }
}

void WindowActions::makeRunMenu()
{
    QMenu *menu = addMenu(tr("&Run"));
    Workbench *bench = &m_window.workbench();
    m_run = menu->addAction(tr("&Run the recipe"), QKeySequence("Ctrl+R"), &m_window.recipePanel(),
                            &RecipePanel::run);
    m_needModel
        = {menu->addAction(tr("Measure &sensitivity"), QKeySequence("Ctrl+Shift+S"), bench,
                           [bench] {
                               bench->hub.submit(
                                   sensitivityRequest(bench->project, bench->recipe.recipe()),
                                   tr("Sensitivity"));
                           }),
           menu->addAction(tr("Look for &outliers"), QKeySequence("Ctrl+Shift+L"), bench, [bench] {
               bench->hub.submit(outliersRequest(bench->project), tr("Outliers"));
           })};
    menu->addSeparator();
    m_resume = menu->addAction(tr("R&esume the chosen run"), &m_window.runsPanel(),
                               &RunsPanel::resumeSelected);
    m_cancel = menu->addAction(tr("&Cancel the job"), QKeySequence("Ctrl+."), bench, [bench] {
        for (const HubJob &job : bench->hub.jobs()) {
            if (job.state == JobState::Running) {
                bench->hub.cancel(job.id);
            }
        }
    });
    m_cancelAll = menu->addAction(tr("Cancel &all jobs"), &bench->hub, &JobHub::cancelAll);
    menu->addAction(tr("Show &jobs and log"), QKeySequence("Ctrl+J"), &m_window.jobDock(),
                    [this] { m_window.jobDock().setOpen(!m_window.jobDock().isOpen()); });
}

void WindowActions::makeToolsMenu()
{
    QMenu *menu = addMenu(tr("&Tools"));
    menu->addAction(tr("Search or run &anything..."), QKeySequence("Ctrl+K"), &m_window,
                    &MainWindow::showPalette);
    menu->addAction(tr("&Compare the chosen runs"), QKeySequence("Ctrl+Shift+C"),
                    &m_window.runsPanel(), &RunsPanel::compareSelected);
    menu->addAction(tr("&Next part of the window"), QKeySequence("F6"), &m_window,
                    [this] { m_window.focusPart(1); });
    menu->addAction(tr("Pre&vious part of the window"), QKeySequence("Shift+F6"), &m_window,
                    [this] { m_window.focusPart(-1); });
}

void WindowActions::makeHelpMenu()
{
    QMenu *menu = addMenu(tr("&Help"));
    menu->addAction(tr("&Manual"), QKeySequence::HelpContents, &m_window,
                    [this] { m_window.showHelp(false); });
    menu->addAction(tr("&Shortcuts"), &m_window, [this] { m_window.showHelp(true); });
    menu->addAction(tr("&About Bitprism"), &m_window, &MainWindow::showAbout);
}

void WindowActions::fillSamples(QMenu *menu)
{
    menu->clear();
    for (const WelcomePage::Sample &sample : installedSamples(true)) {
        menu->addAction(sample.title, &m_window,
                        [this, target = sample.target] { m_window.openTarget(target); });
    }
    if (menu->isEmpty()) {
        menu->addAction(tr("No samples are installed"))->setEnabled(false);
    }
}

void WindowActions::fillRecent(QMenu *menu)
{
    menu->clear();
    for (const QString &target : recentTargets()) {
        menu->addAction(target, &m_window, [this, target] { m_window.openTarget(target); });
    }
    if (menu->isEmpty()) {
        menu->addAction(tr("Nothing was opened yet"))->setEnabled(false);
    }
}

void WindowActions::enable()
{
    const Workbench &bench = m_window.workbench();
    const QString missing = missingForAnalysis(bench.project);
    for (QAction *action : m_needModel) {
        action->setEnabled(missing.isEmpty());
        action->setToolTip(missing);
    }
    m_resume->setEnabled(m_window.runsPanel().canResume());
    for (QAction *action : m_needRun) {
        action->setEnabled(m_window.runsPanel().hasSelection());
    }
    m_run->setEnabled(m_window.recipePanel().canRun());
    m_cancel->setEnabled(bench.hub.isBusy());
    m_cancelAll->setEnabled(bench.hub.isBusy());
}

} // namespace bitprism
