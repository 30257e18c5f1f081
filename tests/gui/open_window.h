// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/job_dock/job_line.h"

#include <QAccessible>
#include <QLabel>
#include <QTemporaryDir>
#include <QtTest>

namespace bitprism::test {

/// A window with its project read. The store is one that does not exist, so that the user's own
/// stays out of the test.
struct OpenWindow
{
    explicit OpenWindow(const QString &target)
    {
        window.show();
        window.project().open(target, folder.filePath("none.bitprism"));
    }
    /// What stands in the line at the bottom.
    QString lineText()
    {
        QStringList texts;
        for (const QLabel *label : window.jobDock().line().findChildren<QLabel *>()) {
            texts.append(label->text());
        }
        return texts.join(' ');
    }
    bool waitUntilRead()
    {
        return QTest::qWaitForWindowExposed(&window) && QTest::qWaitFor([this] {
                   return window.project().state() != Project::State::Loading;
               });
    }

    QTemporaryDir folder;
    Workbench workbench;
    MainWindow window{workbench};
};

/// Fails on a visible widget that takes the focus and has no accessible name.
inline void checkNames(QWidget &window)
{
    int checked = 0;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        const bool isPart = widget->objectName().startsWith("qt_"); // of a widget with a name
        if (isPart || !widget->isVisible() || (widget->focusPolicy() & Qt::TabFocus) == 0) {
            continue;
        }
        const QAccessibleInterface *face = QAccessible::queryAccessibleInterface(widget);
        QVERIFY(face != nullptr);
        const QString place = QString("%1 in %2")
                                  .arg(widget->metaObject()->className(),
                                       widget->parentWidget()->metaObject()->className());
        QVERIFY2(!face->text(QAccessible::Name).isEmpty(), qPrintable(place));
        ++checked;
    }
    QVERIFY(window.findChildren<QWidget *>().isEmpty() || checked > 0 || window.inherits("QDialog")
            || window.inherits("QDockWidget"));
}

} // namespace bitprism::test
