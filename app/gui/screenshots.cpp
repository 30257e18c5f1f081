// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/screenshots.h"

#include "app/gui/application.h"
#include "widgets/jobs/project.h"

#include <QDir>
#include <QTabWidget>
#include <QTimer>

namespace bitprism {

namespace {

constexpr int quietMilliseconds = 1500; // without a new estimate of what an analysis would take
constexpr int longestWaitMilliseconds = 5000;
constexpr int idleRounds = 4; // a run's result, what follows from it, its picture, and one more

} // namespace

Screenshots::Screenshots(Application &application, MainWindow &window, QString folder,
                         std::vector<Appearance> appearances)
    : m_application(application)
    , m_window(window)
    , m_folder(std::move(folder))
    , m_appearances(std::move(appearances))
{
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(quietMilliseconds);
    connect(&m_quiet, &QTimer::timeout, this, &Screenshots::takeNext);
    connect(&window.workbench().hub, &JobHub::estimateChanged, this, [this] {
        if (m_quiet.isActive() && m_sinceReady.elapsed() < longestWaitMilliseconds) {
            m_quiet.start();
        }
    });
    // Queued, so that every view has shown the project before the picture is taken.
    connect(&window, &MainWindow::settled, this, &Screenshots::takeWhenReady, Qt::QueuedConnection);
}

void Screenshots::takeWhenReady()
{
    if (m_isStarted || !m_window.isSettled()) {
        return;
    }
    m_isStarted = true;
    for (const Appearance appearance : m_appearances) {
        for (int view = 0; view < m_window.views().count(); ++view) {
            m_pictures.push_back({appearance, view});
        }
    }
    chooseLayer();
    if (QDir().mkpath(m_folder)) {
        m_sinceReady.start();
        m_quiet.start();
    } else {
        Q_EMIT finished(tr("%1: the folder cannot be made.").arg(m_folder));
    }
}

void Screenshots::chooseLayer()
{
    const ModelInfoPtr &model = m_window.project().model();
    Selection &selection = m_window.workbench().selection;
    if (!model || !selection.layer().isEmpty()) {
        return;
    }
    for (const LayerInfo &layer : model->layers) {
        if (layer.quantizable && layer.kind == "mlp_down") {
            selection.setLayer(QString::fromStdString(layer.name));
            return;
        }
    }
}

void Screenshots::takeNext()
{
    if (m_next == m_pictures.size()) {
        Q_EMIT finished({});
        return;
    }
    const Picture &picture = m_pictures[m_next];
    if (m_application.appearance() != picture.appearance) {
        m_application.setAppearance(picture.appearance);
    }
    m_window.views().setCurrentIndex(picture.view);
    whenIdle(idleRounds, [this] { save(); });
}

void Screenshots::whenIdle(int rounds, const std::function<void()> &action)
{
    if (rounds == 0) {
        QTimer::singleShot(0, this, action);
        return;
    }
    // Tasks of a worker are done in their order, so this one comes after all that was asked for.
    const auto nothing = [] { return true; };
    Project &project = m_window.project();
    project.storeThread().ask<bool>(
        this, nothing, [this, &project, nothing, rounds, action](const Answer<bool> &) {
            project.interactiveThread().ask<bool>(
                this, nothing,
                [this, rounds, action](const Answer<bool> &) { whenIdle(rounds - 1, action); });
        });
}

void Screenshots::save()
{
    const char *suffix = Theme::isDarkPalette(Application::palette()) ? "dark" : "light";
    const QString view = m_window.views().widget(m_pictures[m_next].view)->objectName();
    const QString file = QString("%1/%2-%3.png").arg(m_folder, view, suffix);
    if (!m_window.grab().save(file)) {
        Q_EMIT finished(tr("%1: the picture cannot be written.").arg(file));
        return;
    }
    ++m_next;
    takeNext();
}

} // namespace bitprism
