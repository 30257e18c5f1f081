// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/palette/command_list.h"

#include <QObject>

class QAction;
class QDockWidget;
class QMenu;

namespace bitprism {

class MainWindow;
class ViewControls;

/// The menus of the window: every action is here, with its shortcut, and the palette reads them
/// from here.
class WindowActions : public QObject
{
    Q_OBJECT

public:
    /// Adds the menus to `window`, whose docks and views stand already.
    explicit WindowActions(MainWindow &window);

    /// Every action of every menu, in order.
    QList<QAction *> all() const;
    /// The actions, what buttons and fields of views and docks do, the layers of the model and the
    /// runs of the store; what cannot be done now too, with the reason.
    std::vector<Command> commands() const;

private:
    void makeFileMenu();
    void makeEditMenu();
    void makeViewMenu();
    void makeRunMenu();
    void makeToolsMenu();
    void makeHelpMenu();
    void makeAppearanceMenu(QMenu *menu);
    void fillSamples(QMenu *menu);
    void fillRecent(QMenu *menu);
    void fillViewMenu();
    QMenu *addMenu(const QString &title);
    void enable();
    void exportReport();
    /// `reason`: why `action` cannot be done now; empty: it can.
    static void allow(QAction *action, const QString &reason);
    struct Entry
    {
        QAction *action;
        QString category; ///< the submenu it is in; empty: none
    };
    QList<Entry> entries() const;
    void addLanguages(std::vector<Command> &commands) const;
    /// What plots and tables of the view that shows can do.
    void addViewCommands(std::vector<Command> &commands) const;
    /// What buttons and fields do, those of the view that shows first. What has the title of a
    /// menu's action is that action's.
    void addControls(std::vector<Command> &commands) const;

    MainWindow &m_window;
    ViewControls *m_controls;
    QList<QMenu *> m_menus;
    QMenu *m_viewMenu = nullptr; ///< of the view that shows, made anew each time it opens
    QList<QAction *> m_needModel; ///< enabled while an analysis can start
    QList<QAction *> m_needRun; ///< enabled while a run is selected
    QAction *m_undo = nullptr;
    QAction *m_redo = nullptr;
    QAction *m_exportReport = nullptr;
    QAction *m_resume = nullptr;
    QAction *m_run = nullptr;
    QAction *m_cancel = nullptr;
    QAction *m_cancelAll = nullptr;
};

} // namespace bitprism
