// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/screenshots.h"

#include "app/gui/application.h"
#include "core/families/locate_model.h"
#include "widgets/jobs/estimate_question.h"
#include "widgets/jobs/project.h"
#include "widgets/plot/replot_queue.h"
#include "widgets/welcome/welcome_page.h"

#include <QDialog>
#include <QDir>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTimer>

#include <algorithm>

namespace bitprism {

namespace {

constexpr int quietMilliseconds = 500; // without a new estimate of what an analysis would take
// For estimates, all waits together: on a busy machine, too, 30 s are promised for all pictures.
constexpr int longestWaitMilliseconds = 9000; // before the first picture
constexpr int longestInAllMilliseconds = 20000; // since the window was ready
constexpr int failedStatus = 1; // as the command line's
constexpr int wrongUsageStatus = 2;
constexpr int badInputStatus = 3;
constexpr int idleRounds = 4; // a run's result, what follows from it, its picture, and one more

} // namespace

Screenshots::Screenshots(Application &application, MainWindow &window, QString folder,
                         std::vector<Appearance> appearances)
    : m_application(application)
    , m_window(window)
    , m_folder(std::move(folder))
    , m_appearances(std::move(appearances))
{
    // Where the pointer happens to be, nothing is to look as if it were pointed at.
    for (QWidget *part : m_window.findChildren<QWidget *>(Qt::FindDirectChildrenOnly)) {
        part->setAttribute(Qt::WA_TransparentForMouseEvents);
    }
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(quietMilliseconds);
    connect(&m_quiet, &QTimer::timeout, this, [this] {
        // An estimate that takes long tells nothing meanwhile.
        if (m_window.workbench().hub.isWorking()
            && m_sinceReady.elapsed() < longestWaitMilliseconds) {
            m_quiet.start();
        } else {
            takeNext();
        }
    });
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
    if (refuse()) {
        return;
    }
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
        Q_EMIT finished(failedStatus, tr("%1: the folder cannot be made.").arg(m_folder));
    }
}

/// Pictures of nothing would look like a success to a script.
bool Screenshots::refuse()
{
    const Project &project = m_window.project();
    if (project.state() == Project::State::Empty && project.storeProblem().isEmpty()) {
        Q_EMIT finished(wrongUsageStatus,
                        tr("No model is open, so there is nothing to show; name a model, or a "
                           "project that holds runs."));
        return true;
    }
    if (project.state() != Project::State::Ready || !project.storeProblem().isEmpty()) {
        Q_EMIT finished(badInputStatus, {}); // the problem was told when it was met
        return true;
    }
    return false;
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
    if (m_hasFailed) {
        return;
    }
    if (m_next == m_pictures.size()) {
        m_isOver = true;
        if (m_saving == 0) {
            Q_EMIT finished(0, {});
        }
        return;
    }
    const Picture &picture = m_pictures[m_next];
    if (m_application.appearance() != picture.appearance) {
        m_application.setAppearance(picture.appearance);
    }
    m_window.views().setCurrentIndex(picture.view);
    whenIdle(idleRounds, [this] { saveWhenEstimated(); });
}

/// Buttons and forms ask how long their analysis takes once they are seen.
void Screenshots::saveWhenEstimated()
{
    const auto questions = m_window.findChildren<EstimateQuestion *>();
    const bool isSettled
        = std::all_of(questions.begin(), questions.end(), [](const EstimateQuestion *question) {
              const auto *asker = qobject_cast<const QWidget *>(question->parent());
              return asker == nullptr || !asker->isVisible() || question->isSettled();
          });
    if (isSettled || m_sinceReady.elapsed() > longestInAllMilliseconds) {
        save();
    } else {
        constexpr int soon = 50; // milliseconds
        QTimer::singleShot(soon, this, &Screenshots::saveWhenEstimated);
    }
}

void Screenshots::whenIdle(int rounds, const std::function<void()> &action)
{
    if (rounds == 0) {
        QTimer::singleShot(0, this, [this, action] { whenDrawn(action); });
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

/// Combo boxes grow by themselves first and are laid out afterwards; plots are drawn one by one.
void Screenshots::whenDrawn(const std::function<void()> &action)
{
    QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    if (ReplotQueue::instance().isEmpty()) {
        action();
    } else {
        constexpr int soon = 1; // milliseconds: after what is due, the next plot too
        QTimer::singleShot(soon, this, [this, action] { whenDrawn(action); });
    }
}

void Screenshots::save()
{
    const QString suffix
        = Theme::isDarkPalette(Application::palette()) ? QString("dark") : QString("light");
    const int shown = m_pictures[m_next].view;
    saveAs(m_window, m_window.views().widget(shown)->objectName() + "-" + suffix);
    ++m_next;
    if (m_next == m_pictures.size() || m_pictures[m_next].view == 0) { // the last in this theme
        saveDialogs(suffix);
        saveWelcome(suffix);
    }
    takeNext();
}

void Screenshots::saveAs(QWidget &widget, const QString &name)
{
    const QString file = QString("%1/%2.png").arg(m_folder, name);
    ++m_saving;
    m_writer.ask<bool>(
        this, [image = widget.grab().toImage(), file] { return image.save(file); },
        [this, file](const Answer<bool> &answer) {
            takeSaved(file, answer.value.value_or(false));
        });
}

void Screenshots::takeSaved(const QString &file, bool isSaved)
{
    --m_saving;
    if (m_hasFailed) {
        return;
    }
    if (!isSaved) {
        m_hasFailed = true;
        Q_EMIT finished(failedStatus, tr("%1: the picture cannot be written.").arg(file));
    } else if (m_isOver && m_saving == 0) {
        Q_EMIT finished(0, {});
    }
}

void Screenshots::saveWelcome(const QString &suffix)
{
    auto *page = m_window.findChild<WelcomePage *>();
    auto *centre = page == nullptr ? nullptr : qobject_cast<QStackedWidget *>(page->parentWidget());
    if (centre != nullptr) {
        QWidget *before = centre->currentWidget();
        page->setSamples(installedSamples(false));
        centre->setCurrentWidget(page);
        saveAs(m_window, "welcome-" + suffix);
        centre->setCurrentWidget(before);
    }
}

void Screenshots::saveDialogs(const QString &suffix)
{
    const auto take = [&](QDialog *dialog, const char *name) {
        dialog->show();
        saveAs(*dialog, QString("%1-%2").arg(name, suffix));
        dialog->close();
    };
    const auto newest = [this] { return m_window.findChildren<QDialog *>().last(); };
    m_window.showSettings();
    take(newest(), "settings");
    m_window.showHelp(false);
    take(newest(), "manual");
    m_window.showPalette();
    take(newest(), "palette");
}

} // namespace bitprism
