// SPDX-License-Identifier: GPL-3.0-or-later
// The part of MainWindow that takes the keyboard's focus from one of its parts to the next.
#include "app/gui/main_window.h"
#include "widgets/inspector/inspector_panel.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/model_tree/model_tree_panel.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/shared/scroll_page.h"

#include <QApplication>
#include <QStackedWidget>
#include <QTreeView>

#include <utility>

namespace bitprism {

namespace {

bool takesFocus(const QWidget &widget)
{
    return widget.isVisible() && widget.isEnabled() && (widget.focusPolicy() & Qt::TabFocus) != 0;
}

/// The first such widget in there that the Tab key reaches; null: none.
template <typename Widget> QWidget *firstIn(const QWidget &part)
{
    for (Widget *widget : part.findChildren<Widget *>()) {
        if (takesFocus(*widget)) {
            return widget;
        }
    }
    return nullptr;
}

/// The uppermost plot, and of those the leftmost: it has the view's answer.
QWidget *firstPlot(const QWidget &part)
{
    QWidget *first = nullptr;
    const auto place = [&part](const QWidget &plot) {
        const QPoint at = plot.mapTo(&part, QPoint());
        return std::pair(at.y(), at.x());
    };
    for (PlotFrame *plot : part.findChildren<PlotFrame *>()) {
        if (takesFocus(*plot) && (first == nullptr || place(*plot) < place(*first))) {
            first = plot;
        }
    }
    return first;
}

/// The first list with rows: an empty one has nothing to go to.
QWidget *firstList(const QWidget &part)
{
    for (QTreeView *list : part.findChildren<QTreeView *>()) {
        if (takesFocus(*list) && list->model() != nullptr && list->model()->rowCount() > 0) {
            return list;
        }
    }
    return nullptr;
}

/// What one goes to a part for: its plot or its list, and not the controls above it; else the first
/// control of its page, and not the page.
QWidget *entryOf(const QWidget &part)
{
    const auto *page = qobject_cast<ScrollPage *>(firstIn<ScrollPage>(part));
    for (QWidget *entry : {firstPlot(part), firstList(part),
                           page == nullptr ? nullptr : firstIn<QWidget>(*page->widget())}) {
        if (entry != nullptr) {
            return entry;
        }
    }
    QWidget *first = firstIn<QWidget>(part);
    return qobject_cast<QTreeView *>(first) == nullptr ? first : nullptr;
}

/// The dock that is the part, or in which it lies; null for the centre.
QDockWidget *dockOf(QWidget &part)
{
    QWidget *widget = &part;
    while (widget != nullptr && qobject_cast<QDockWidget *>(widget) == nullptr) {
        widget = widget->parentWidget();
    }
    return qobject_cast<QDockWidget *>(widget);
}

} // namespace

bool MainWindow::enter(QWidget &part)
{
    QDockWidget *dock = dockOf(part);
    QWidget *entry = dock != nullptr && dock->isHidden() ? nullptr : entryOf(part);
    if (entry == nullptr) {
        return false;
    }
    if (dock != nullptr) {
        dock->raise(); // it may stand as a tab behind another
        dock->activateWindow(); // it may float
    }
    entry->window()->setAttribute(Qt::WA_KeyboardFocusChange); // as after Tab: the focus shows
    entry->setFocus(Qt::TabFocusReason);
    return true;
}

void MainWindow::focusPart(int step)
{
    const QList<QWidget *> parts{m_runs, m_modelTree, m_centre, m_inspector, m_recipe, m_jobs};
    const auto count = static_cast<int>(parts.size());
    int place = step > 0 ? -1 : count;
    for (int i = 0; i < count; ++i) {
        if (parts[i]->isAncestorOf(QApplication::focusWidget())) {
            place = i;
        }
    }
    for (int i = 1; i <= count; ++i) {
        if (enter(*parts[(place + i * step + 2 * count) % count])) {
            return;
        }
    }
}

} // namespace bitprism
