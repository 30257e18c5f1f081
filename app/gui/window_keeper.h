// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"
#include "app/gui/workbench.h"

#include <QObject>

#include <memory>

namespace bitprism {

class Application;

/// Holds the window and makes it anew in another language, at the same place, on the same work.
class WindowKeeper : public QObject
{
    Q_OBJECT

public:
    WindowKeeper(Application &application, Workbench &workbench, QObject *parent = nullptr);
    ~WindowKeeper() override;

    MainWindow &window() { return *m_window; }
    /// What the command line names; nothing named: the sample project on a first start, else the
    /// welcome page. `remembers`: what could be opened stands among the recent ones from now on,
    /// and the recipe is kept from one session to the next.
    void open(const QString &target, const QString &storePath, bool remembers = true);
    /// A job that did not stop in time is deep inside a library, which must not be taken apart
    /// under it: the process ends at once, and the job's run stays resumable.
    void endProcessIfBusy(int status) const;

private:
    void changeLanguage();
    void quitWithWindow();

    Application &m_application;
    Workbench &m_workbench;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace bitprism
