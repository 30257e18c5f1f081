// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_actions.h"

#include "app/gui/main_window.h"
#include "app/gui/view_controls.h"
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
#include <QTabWidget>

namespace bitprism {

namespace {

constexpr int mostShortcutViews = 9; // Ctrl+1 to Ctrl+9

} // namespace

WindowActions::WindowActions(MainWindow &window)
    : QObject(&window)
    , m_window(window)
    , m_controls(new ViewControls(window))
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
    const QUndoStack &stack = window.workbench().recipe.undoStack();
    connect(&stack, &QUndoStack::canUndoChanged, this, &WindowActions::enable);
    connect(&stack, &QUndoStack::canRedoChanged, this, &WindowActions::enable);
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
    m_exportReport = menu->addAction(tr("E&xport report..."), this, &WindowActions::exportReport);
    menu->addSeparator();
    menu->addAction(tr("Se&ttings..."), QKeySequence("Ctrl+,"), &m_window,
                    &MainWindow::showSettings);
    menu->addAction(tr("&Quit"), QKeySequence::Quit, &m_window, &QWidget::close);
}

void WindowActions::makeEditMenu()
{
    QMenu *menu = addMenu(tr("&Edit"));
    QUndoStack &stack = m_window.workbench().recipe.undoStack();
    m_undo = stack.createUndoAction(menu, tr("&Undo"));
    m_undo->setShortcut(QKeySequence::Undo);
    m_undo->setIconText(tr("&Undo").remove('&')); // stays, where the text names what is undone
    m_redo = stack.createRedoAction(menu, tr("&Redo"));
    m_redo->setShortcuts({QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")});
    m_redo->setIconText(tr("&Redo").remove('&'));
    menu->addActions({m_undo, m_redo});
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
    //: a menu: what the buttons and fields of the view that shows do
    m_viewMenu = menu->addMenu(tr("&In this view"));
    m_viewMenu->setToolTipsVisible(true);
    connect(m_viewMenu, &QMenu::aboutToShow, this, &WindowActions::fillViewMenu);
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

void WindowActions::fillViewMenu()
{
    m_viewMenu->clear();
    QWidget *view = m_window.views().currentWidget();
    m_viewMenu->addActions(view->actions());
    for (const ViewControls::Control &control : m_controls->of(*view)) {
        const QPointer<QWidget> widget = control.widget;
        QAction *action
            = m_viewMenu->addAction(QString(control.title).replace('&', QStringLiteral("&&")),
                                    m_controls, [this, widget] { m_controls->use(widget); });
        allow(action, control.reason);
    }
    if (m_viewMenu->isEmpty()) {
        m_viewMenu->addAction(tr("It has no buttons"))->setEnabled(false);
    }
}

void WindowActions::exportReport()
{
    m_controls->use(m_window.views().findChild<QWidget *>("export-report"));
}

void WindowActions::allow(QAction *action, const QString &reason)
{
    action->setEnabled(reason.isEmpty());
    action->setToolTip(reason);
}

void WindowActions::enable()
{
    const Workbench &bench = m_window.workbench();
    const QString missing = missingForAnalysis(bench.project);
    for (QAction *action : m_needModel) {
        allow(action, missing);
    }
    const auto unless
        = [](bool isPossible, const QString &reason) { return isPossible ? QString() : reason; };
    const RunsPanel &runs = m_window.runsPanel();
    allow(m_resume, unless(runs.canResume(), tr("Choose a run that was stopped first.")));
    for (QAction *action : m_needRun) {
        allow(action, unless(runs.hasSelection(), tr("Choose a run in the list first.")));
    }
    const QString wrong = tr("The recipe has a problem, which stands above its button.");
    allow(m_run, unless(m_window.recipePanel().canRun(), missing.isEmpty() ? wrong : missing));
    const QString idle = unless(bench.hub.isBusy(), tr("No job is at work."));
    allow(m_cancel, idle);
    allow(m_cancelAll, idle);
    allow(m_exportReport, m_controls->reasonAgainstView());
    // The stack enables these two itself.
    QUndoStack &stack = m_window.workbench().recipe.undoStack();
    m_undo->setToolTip(unless(stack.canUndo(), tr("There is nothing to undo.")));
    m_redo->setToolTip(unless(stack.canRedo(), tr("There is nothing to do again.")));
}

} // namespace bitprism
