// SPDX-License-Identifier: GPL-3.0-or-later
// The part of WindowActions that the command palette offers.
#include "app/gui/main_window.h"
#include "app/gui/view_controls.h"
#include "app/gui/window_actions.h"
#include "app/gui/workbench.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/shared/text.h"
#include "widgets/tables/data_table.h"

#include <QCoreApplication>
#include <QDockWidget>
#include <QMenuBar>
#include <QPointer>
#include <QSet>
#include <QTabWidget>

namespace bitprism {

namespace {

QString plainTextOf(const QAction &action) { return withoutMnemonic(action.text()); }

/// Why the action is greyed, which its tool tip says; without one that is its text.
QString reasonOf(const QAction &action)
{
    if (action.isEnabled()) {
        return {};
    }
    const bool isSaid = action.toolTip() != plainTextOf(action)
        && action.toolTip() != withoutMnemonic(action.iconText());
    return isSaid ? action.toolTip() : WindowActions::tr("Not possible now.");
}

/// Where several commands would have one text, such as those of plots, or say too little: found by
/// either part.
QString titleOf(const QString &what, const QString &which)
{
    //: %1 what is done or chosen, %2 the plot or table it is done to, or the value
    return WindowActions::tr("%1: %2").arg(what, which);
}

} // namespace

QList<QAction *> WindowActions::all() const
{
    QList<QAction *> actions;
    for (const Entry &entry : entries()) {
        actions.append(entry.action);
    }
    return actions;
}

QList<WindowActions::Entry> WindowActions::entries() const
{
    QList<Entry> entries;
    QList<QMenu *> menus = m_menus;
    while (!menus.isEmpty()) {
        const QMenu *menu = menus.takeFirst();
        if (menu == m_viewMenu) {
            continue; // what is in it the palette lists for every view
        }
        const bool isSubmenu = !m_menus.contains(menu);
        for (QAction *action : menu->actions()) {
            if (action->menu() != nullptr) {
                menus.append(action->menu());
            } else if (!action->isSeparator()) {
                entries.append({action, isSubmenu ? plainTextOf(*menu->menuAction()) : QString()});
            }
        }
    }
    return entries;
}

void WindowActions::addLanguages(std::vector<Command> &commands) const
{
    SettingsStore *store = &m_window.workbench().settings;
    for (const Choice &choice : languageChoices()) {
        commands.push_back(
            {titleOf(QCoreApplication::translate("Settings", "Language"), translated(choice.title)),
             {},
             [store, value = std::string(choice.value)] {
                 Settings settings = store->settings();
                 settings.language = value;
                 store->set(settings);
             }});
    }
}

void WindowActions::addViewCommands(std::vector<Command> &commands) const
{
    const QWidget *view = m_window.views().currentWidget();
    // What an action is done to stands in the title: every plot has the same actions.
    const auto add = [&commands](const QList<QAction *> &actions, const QString &subject,
                                 const QString &hint) {
        for (QAction *action : actions) {
            if (action->isSeparator() || action->menu() != nullptr || action->text().isEmpty()) {
                continue;
            }
            const QString text = plainTextOf(*action);
            commands.push_back({subject.isEmpty() ? text : titleOf(text, subject), hint,
                                [action = QPointer(action)] {
                                    if (action) {
                                        action->trigger();
                                    }
                                },
                                reasonOf(*action)});
        }
    };
    add(view->actions(), {}, m_window.views().tabText(m_window.views().currentIndex()));
    for (const PlotFrame *plot : view->findChildren<PlotFrame *>()) {
        if (plot->isVisible()) {
            add(plot->actions(), plot->title(), tr("plot"));
        }
    }
    for (const PictureMenu *menu : view->findChildren<PictureMenu *>()) {
        if (menu->isVisible()) {
            add(menu->actions(), menu->title(), tr("plot"));
        }
    }
    for (DataTable *table : view->findChildren<DataTable *>()) {
        if (table->isVisible()) {
            add(table->menu().actions(), table->name(), tr("table"));
        }
    }
}

void WindowActions::addControls(std::vector<Command> &commands) const
{
    QSet<QString> known;
    for (const Command &command : commands) {
        known.insert(command.title);
    }
    QList<QWidget *> parts{m_window.views().currentWidget()};
    for (int i = 0; i < m_window.views().count(); ++i) {
        if (m_window.views().widget(i) != parts.first()) {
            parts.append(m_window.views().widget(i));
        }
    }
    for (QDockWidget *dock : m_window.findChildren<QDockWidget *>(Qt::FindDirectChildrenOnly)) {
        parts.append(dock);
    }
    for (QWidget *part : std::as_const(parts)) {
        const int tab = m_window.views().indexOf(part);
        const QString place = tab >= 0 ? m_window.views().tabText(tab) : part->windowTitle();
        for (const ViewControls::Control &control : m_controls->of(*part)) {
            if (!known.contains(control.title)) {
                const QPointer<QWidget> widget = control.widget;
                const auto use = [controls = m_controls, widget] { controls->use(widget); };
                commands.push_back({control.title, place, use, control.reason});
            }
        }
    }
}

std::vector<Command> WindowActions::commands() const
{
    for (QMenu *menu : m_window.menuBar()->findChildren<QMenu *>()) {
        Q_EMIT menu->aboutToShow(); // fills samples and recent projects
    }
    std::vector<Command> commands;
    for (const auto &[action, category] : entries()) {
        const QString text = plainTextOf(*action);
        commands.push_back({category.isEmpty() ? text : titleOf(category, text),
                            action->shortcut().toString(QKeySequence::NativeText),
                            [action = action] { action->trigger(); }, reasonOf(*action)});
    }
    addLanguages(commands);
    addControls(commands);
    addViewCommands(commands);
    Workbench *bench = &m_window.workbench();
    if (bench->project.model()) {
        for (const LayerInfo &layer : bench->project.model()->layers) {
            const QString name = QString::fromStdString(layer.name);
            commands.push_back(
                {name, tr("layer"), [bench, name] { bench->selection.setLayer(name); }});
        }
    }
    if (bench->project.runs()) {
        for (const store::RunRecord &run : *bench->project.runs()) {
            const QString id = QString::fromStdString(run.id);
            commands.push_back({QString::fromStdString(run.name), tr("run"),
                                [bench, id] { bench->selection.setRun(id); }});
        }
    }
    return commands;
}

} // namespace bitprism
