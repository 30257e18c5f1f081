// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/screenshots.h"

#include "app/gui/application.h"

#include <QDir>
#include <QTabWidget>
#include <QTimer>

namespace bitprism {

Screenshots::Screenshots(Application &application, MainWindow &window, QString folder,
                         std::vector<Appearance> appearances)
    : m_application(application)
    , m_window(window)
    , m_folder(std::move(folder))
    , m_appearances(std::move(appearances))
{
    // Queued, so that every view has shown the project before the picture is taken.
    connect(&window, &MainWindow::settled, this, &Screenshots::takeWhenReady, Qt::QueuedConnection);
}

void Screenshots::takeWhenReady()
{
    if (m_isStarted || !m_window.isSettled()) {
        return;
    }
    m_isStarted = true;
    if (QDir().mkpath(m_folder)) {
        takeNext();
    } else {
        Q_EMIT finished(tr("%1: the folder cannot be made.").arg(m_folder));
    }
}

void Screenshots::takeNext()
{
    if (m_next == m_appearances.size()) {
        Q_EMIT finished({});
        return;
    }
    m_application.setAppearance(m_appearances[m_next++]);
    QTimer::singleShot(0, this, [this] {
        const QString problem = takeViews();
        if (problem.isEmpty()) {
            takeNext();
        } else {
            Q_EMIT finished(problem);
        }
    });
}

QString Screenshots::takeViews()
{
    const char *suffix = Theme::isDarkPalette(Application::palette()) ? "dark" : "light";
    for (int i = 0; i < m_window.views().count(); ++i) {
        m_window.views().setCurrentIndex(i);
        const QString file = QString("%1/%2-%3.png")
                                 .arg(m_folder, m_window.views().widget(i)->objectName(), suffix);
        if (!m_window.grab().save(file)) {
            return tr("%1: the picture cannot be written.").arg(file);
        }
    }
    return {};
}

} // namespace bitprism
