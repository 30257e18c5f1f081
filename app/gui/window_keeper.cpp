// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_keeper.h"

#include "app/gui/application.h"
#include "core/families/locate_model.h"
#include "widgets/settings/settings_dialog.h"
#include "widgets/welcome/welcome_page.h"

#include <QFileInfo>
#include <QTabWidget>

#include <cstdio>
#include <cstdlib>

namespace bitprism {

WindowKeeper::WindowKeeper(Application &application, Workbench &workbench, QObject *parent)
    : QObject(parent)
    , m_application(application)
    , m_workbench(workbench)
    , m_window(std::make_unique<MainWindow>(workbench))
{
    quitWithWindow();
    // Queued: the settings page that asked for it belongs to the window that goes.
    connect(&workbench.settings, &SettingsStore::languageChanged, this,
            &WindowKeeper::changeLanguage, Qt::QueuedConnection);
}

WindowKeeper::~WindowKeeper() = default;

void WindowKeeper::open(const QString &target, const QString &storePath, bool remembers)
{
    if (remembers) {
        m_workbench.recipeKeeper.start();
    }
    const bool isFirstStart = target.isEmpty() && storePath.isEmpty() && recentTargets().isEmpty();
    const std::optional<std::filesystem::path> finished
        = isFirstStart ? sampleProject() : std::nullopt;
    const QString wanted = finished ? QString::fromStdString(finished->string()) : target;
    const QFileInfo file(wanted);
    // Of a name, a sample's or a hub's, there is no path.
    m_window->openFirst(!wanted.isEmpty() && file.exists() ? file.absoluteFilePath() : wanted,
                        storePath, remembers);
}

/// Floating docks and dialogs are windows too, and would keep the program without this one.
void WindowKeeper::quitWithWindow()
{
    connect(
        m_window.get(), &MainWindow::closed, this, [] { QCoreApplication::exit(); },
        Qt::QueuedConnection);
}

void WindowKeeper::changeLanguage()
{
    m_application.setLanguage(QString::fromStdString(m_workbench.settings.settings().language));
    const bool isOnItsPage = m_window->findChild<SettingsDialog *>() != nullptr;
    m_window->rememberLayout();
    auto window = std::make_unique<MainWindow>(m_workbench);
    window->takeOver(*m_window); // before the layout: an open dock has another size
    window->restoreLayout();
    window->show(); // before the old one goes, so that the last window does not close
    if (isOnItsPage) {
        window->showSettings();
    }
    m_window = std::move(window);
    quitWithWindow();
}

void WindowKeeper::endProcessIfBusy(int status) const
{
    if (m_workbench.hub.isWorking()) {
        std::fflush(stdout);
        std::_Exit(status);
    }
}

} // namespace bitprism
