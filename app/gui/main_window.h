// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/dock_layout.h"
#include "app/gui/workbench.h"

#include <QMainWindow>

#include <optional>

class QStackedWidget;
class QTabWidget;

namespace bitprism {

class InspectorPanel;
class JobDock;
class ModelTreePanel;
class RecipePanel;
class RunsPanel;
class StateBanner;
class WelcomePage;
class WindowActions;

/// Docks, menus and wiring; what is shown lives in widgets/, and what is worked on in Workbench.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// `workbench` outlives the window.
    explicit MainWindow(Workbench &workbench, QWidget *parent = nullptr);

    Workbench &workbench() { return m_workbench; }
    Project &project() { return m_workbench.project; }
    QTabWidget &views() { return *m_views; }
    ModelTreePanel &modelTree() { return *m_modelTree; }
    RunsPanel &runsPanel() { return *m_runs; }
    RecipePanel &recipePanel() { return *m_recipe; }
    JobDock &jobDock() { return *m_jobs; }
    WindowActions &actions() { return *m_actions; }

    /// Puts docks and window where they stood when it was closed last, and remembers at closing.
    void restoreLayout();
    void rememberLayout() const;
    void resetLayout();
    /// What shows and what was switched in `before`, which this window takes the place of: what
    /// Workbench does not hold. Goes before restoreLayout(), as an open dock has another size.
    void takeOver(const MainWindow &before);
    /// Nothing is being read, and the engine is there or known to be absent.
    bool isSettled() const;

    /// A model, a project or a recipe. What cannot be opened leaves the open model as it is; a line
    /// above the views, or in the recipe, says why.
    void openTarget(const QString &target);
    /// As the program starts: the same, with a project of its own or of `storePath`; `remembers`:
    /// among the recent ones once it is open.
    void openFirst(const QString &target, const QString &storePath, bool remembers);
    void chooseModel();
    void chooseModelFile(); ///< a GGUF file, or one of a model's folder
    void chooseStore();
    void newProject();
    /// Runs go to `file` from now on, which must not exist yet; the open model stays.
    void startProject(const QString &file);
    void showView(const QString &viewId);
    void showPalette();
    void showSettings();
    void showHelp(bool atShortcuts);
    void showAbout();
    /// Project, model, centre, inspector, recipe and jobs, in a circle; `step` is 1 or -1.
    void focusPart(int step);

Q_SIGNALS:
    void settled();
    void firstPainted();
    /// After the window was closed for good.
    void closed();

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    /// What is dropped on a dock is dropped on the window.
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void makeViews();
    void makeDocks();
    void makeSearchButton();
    void arrangeOnce();
    /// Gives the focus to what one goes to `part` for; false where it is closed or has nothing.
    bool enter(QWidget &part);
    void askToClose();
    /// What was named or dropped, as the files themselves tell.
    struct Start
    {
        QString storePath;
        bool remembers = false;
    };
    struct Looked
    {
        QStringList targets; ///< a model's files are its folder
        bool isRecipe = false; ///< the last one
        std::optional<Start> start = std::nullopt; ///< where the program's start names it
    };
    static Looked lookAt(const QStringList &paths);
    void look(const QStringList &paths, const std::optional<Start> &start = std::nullopt);
    void openPaths(const QStringList &paths);
    void takeLooked(const Looked &looked);
    void openLooked(const Looked &looked);
    void takeOpened();
    void showOpenFailure(const QString &target, const QString &problem);
    void showStoreTrouble(const QString &problem);
    void showUnwritableStore(quint64 job);
    void showProject();
    void showIdleText();
    void tellSettled();

    Workbench &m_workbench;
    QStackedWidget *m_centre;
    QTabWidget *m_views;
    WelcomePage *m_welcome;
    StateBanner *m_notice; ///< above the views
    InspectorPanel *m_inspector = nullptr;
    ModelTreePanel *m_modelTree = nullptr;
    RunsPanel *m_runs = nullptr;
    RecipePanel *m_recipe = nullptr;
    JobDock *m_jobs = nullptr;
    WindowActions *m_actions = nullptr;
    DockLayout m_layout;
    QString m_unwritable; ///< the same of a store that jobs could not write
    QString m_trouble; ///< with the open store, as the notice says it
    Latest<Looked> m_looking;
    bool m_isLooking = false; ///< what was named or dropped is not known yet
    QString m_toRemember; ///< what is being opened
    QString m_next; ///< the recipe to be opened after it
    struct Opening
    {
        QString target;
        QString storePath; ///< empty: the project's own choice
    };
    void open(const Opening &opening);
    Opening m_opening; ///< what was asked for last
    Opening m_failed; ///< what could not be opened, and is tried again by the notice
    bool m_isArranged = false; ///< the docks have their sizes, which takes a window that shows
    bool m_remembersLayout = false;
    bool m_isPainted = false;
    bool m_mayClose = false;
    bool m_entersCentre = false; ///< once what is being opened is there
};

} // namespace bitprism
