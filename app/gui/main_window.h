// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/engine_starter.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QMainWindow>

class QLabel;
class QTabWidget;

namespace bitprism {

/// Docks, menus and wiring; what is shown lives in widgets/.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(QWidget *parent = nullptr);

    ViewContext &context() { return m_context; }
    Project &project() { return m_project; }
    QTabWidget &views() { return *m_views; }
    /// Puts docks and window where they stood when it was closed last, and remembers at closing.
    void restoreLayout();
    /// Nothing is being read, and the engine is there or known to be absent.
    bool isSettled() const;

Q_SIGNALS:
    void settled();

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void makeViews();
    void showView(const QString &viewId);
    void makeDocks();
    void makeMenus();
    void makeAppearanceMenu(QMenu *menu);
    void makeSampleMenu(QMenu *menu);
    void chooseModel();
    void chooseStore();
    void showAbout();
    void showProject();
    void showEngine();
    void tellSettled();

    Project m_project;
    Selection m_selection;
    EngineStarter m_engine;
    JobHub m_hub{m_project};
    RunLibrary m_library{m_project, m_hub};
    RecipeDocument m_recipe;
    ViewContext m_context{&m_project, &m_selection, &m_hub, &m_library, &m_recipe};
    QTabWidget *m_views;
    QLabel *m_engineText;
    bool m_remembersLayout = false;
    bool m_isPainted = false;
};

} // namespace bitprism
