// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/dock_layout.h"

#include "widgets/shared/layout_fence.h"
#include "widgets/shared/metrics.h"

#include <QDockWidget>
#include <QLayout>
#include <QWindow>

namespace bitprism {

namespace {

constexpr int leftEms = 26; // widths of the docks and of a narrow window, in letters M
constexpr int rightEms = 28;
constexpr int narrowEms = 115;

} // namespace

DockLayout::DockLayout(QMainWindow &window)
    : m_window(window)
{
}

void DockLayout::add(const char *name, const QString &title, QWidget *content,
                     Qt::DockWidgetArea area)
{
    auto *dock = new QDockWidget(title, &m_window);
    dock->setObjectName(name);
    dock->setWidget(new LayoutFence(content, dock));
    add(dock, area);
}

void DockLayout::add(QDockWidget *dock, Qt::DockWidgetArea area)
{
    m_window.addDockWidget(area, dock);
    dock->setAcceptDrops(true); // one that floats is a window of its own
    dock->installEventFilter(&m_window);
    m_places.append({dock, area});
}

QList<QDockWidget *> DockLayout::docksOf(Qt::DockWidgetArea area) const
{
    QList<QDockWidget *> docks;
    for (const Place &place : m_places) {
        if (place.area == area) {
            docks.append(place.dock);
        }
    }
    return docks;
}

void DockLayout::arrange()
{
    for (const Place &place : std::as_const(m_places)) {
        place.dock->setFloating(false);
        m_window.removeDockWidget(place.dock);
    }
    for (const Place &place : std::as_const(m_places)) {
        m_window.addDockWidget(place.area, place.dock);
        place.dock->show();
    }
    m_isTabbed = false;
    if (isNarrow()) {
        fit();
    }
    setSizes();
}

void DockLayout::setSizes()
{
    const QList<QDockWidget *> left = docksOf(Qt::LeftDockWidgetArea);
    const QList<QDockWidget *> right = docksOf(Qt::RightDockWidgetArea);
    if (m_window.isVisible()) {
        m_window.layout()->activate(); // sizes hold for what is laid out
    }
    m_window.resizeDocks(left, {1, 2}, Qt::Vertical);
    if (m_isTabbed) {
        m_window.resizeDocks({left.first()}, {em(&m_window, leftEms)}, Qt::Horizontal);
        return;
    }
    m_window.resizeDocks(right, {3, 2}, Qt::Vertical);
    m_window.resizeDocks({left.first(), right.first()},
                         {em(&m_window, leftEms), em(&m_window, rightEms)}, Qt::Horizontal);
}

void DockLayout::liftFloating()
{
    for (const Place &place : std::as_const(m_places)) {
        QWindow *own = place.dock->isFloating() ? place.dock->windowHandle() : nullptr;
        if (own == nullptr || place.dock->isHidden()
            || own->transientParent() == m_window.windowHandle()) {
            continue;
        }
        place.dock->hide(); // window managers read it when a window is shown
        own->setTransientParent(m_window.windowHandle());
        place.dock->show();
        place.dock->raise();
    }
}

bool DockLayout::isNarrow() const { return m_window.width() < em(&m_window, narrowEms); }

void DockLayout::fit()
{
    if (isNarrow() == m_isTabbed) {
        return;
    }
    m_isTabbed = isNarrow();
    QDockWidget *first = docksOf(Qt::LeftDockWidgetArea).first();
    const QList<QDockWidget *> right = docksOf(Qt::RightDockWidgetArea);
    for (QDockWidget *dock : right) {
        if (dock->isFloating()) {
            continue;
        }
        if (m_isTabbed) {
            m_window.tabifyDockWidget(first, dock);
        } else {
            m_window.addDockWidget(Qt::RightDockWidgetArea, dock);
        }
    }
    if (m_isTabbed) {
        first->raise();
    } else {
        m_window.resizeDocks({right.first()}, {em(&m_window, rightEms)}, Qt::Horizontal);
    }
}

void DockLayout::bringForward(const QWidget *content) const
{
    for (const Place &place : m_places) {
        if (place.dock->isAncestorOf(content)) {
            place.dock->show();
            place.dock->raise();
        }
    }
}

} // namespace bitprism
