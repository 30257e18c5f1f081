// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMainWindow>

namespace bitprism {

/// Where the docks of the window stand at first, and how they make room in a narrow window.
class DockLayout
{
public:
    explicit DockLayout(QMainWindow &window);

    void add(const char *name, const QString &title, QWidget *content, Qt::DockWidgetArea area);
    void add(QDockWidget *dock, Qt::DockWidgetArea area);
    /// The first arrangement, in the proportions of the first start: nothing floats, nothing is
    /// hidden.
    void arrange();
    /// Above the window, to which they belong from now on: floating docks of a remembered layout
    /// were made before it.
    void liftFloating();
    /// In a narrow window the right docks stand as tabs behind the first of the left ones.
    void fit();
    /// Shows the dock of `content`, also where it was closed or stands behind another.
    void bringForward(const QWidget *content) const;

private:
    QList<QDockWidget *> docksOf(Qt::DockWidgetArea area) const;
    void setSizes();
    bool isNarrow() const;

    struct Place
    {
        QDockWidget *dock = nullptr;
        Qt::DockWidgetArea area = Qt::LeftDockWidgetArea;
    };

    QMainWindow &m_window;
    QList<Place> m_places;
    bool m_isTabbed = false; ///< the right docks
};

} // namespace bitprism
