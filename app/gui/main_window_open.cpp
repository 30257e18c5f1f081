// SPDX-License-Identifier: GPL-3.0-or-later
// The part of MainWindow that opens models and projects.
#include "app/gui/main_window.h"
#include "core/recipe/recipe.h"
#include "widgets/jobs/worker.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/shared/file_drop.h"
#include "widgets/shared/state_banner.h"
#include "widgets/welcome/welcome_page.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>

#include <algorithm>
#include <utility>

namespace bitprism {

namespace {

/// A file of a model's folder stands for the folder; everything else for itself.
QString folderOfPart(const QString &target)
{
    const QFileInfo file(target);
    const bool isPart = file.isFile()
        && (file.suffix() == QLatin1String("safetensors")
            || file.suffix() == QLatin1String("json"));
    return isPart && file.dir().exists(QStringLiteral("config.json")) ? file.absolutePath()
                                                                      : target;
}

/// A recipe may lie beside a model, whose own JSON files are none.
bool isRecipe(const QString &target)
{
    const QFileInfo file(target);
    if (!file.isFile() || file.suffix() != QLatin1String("json")) {
        return false;
    }
    return !file.dir().exists(QStringLiteral("config.json"))
        || !errorOf([&] { static_cast<void>(readRecipe(target.toStdString())); });
}

const QString projectEnding = QStringLiteral(".bitprism");

} // namespace

MainWindow::Looked MainWindow::lookAt(const QStringList &paths)
{
    Looked looked;
    for (const QString &path : paths) {
        looked.isRecipe = isRecipe(path);
        looked.targets.append(looked.isRecipe ? path : folderOfPart(path));
    }
    looked.targets.removeDuplicates(); // all files of one model are one thing
    return looked;
}

void MainWindow::openTarget(const QString &target) { openPaths({target}); }

void MainWindow::openPaths(const QStringList &paths)
{
    m_notice->clear();
    look(paths);
}

void MainWindow::look(const QStringList &paths, const std::optional<Start> &start)
{
    const auto look = [paths, start] {
        Looked looked = lookAt(paths);
        looked.start = start;
        return looked;
    };
    const bool mustRead = std::any_of(paths.begin(), paths.end(), [](const QString &path) {
        return path.endsWith(QLatin1String(".json"));
    });
    if (mustRead) { // to know a recipe from a model's own files, which may be long
        m_isLooking = true;
        m_looking.ask(look);
    } else {
        m_looking.forget();
        takeLooked(look());
    }
}

void MainWindow::takeLooked(const Looked &looked)
{
    m_isLooking = false;
    if (looked.start) {
        const QString target = looked.targets.first();
        m_next = looked.isRecipe ? target : QString(); // once the project is there
        m_toRemember = looked.isRecipe || !looked.start->remembers ? QString() : target;
        m_opening = {looked.isRecipe ? QString() : target, looked.start->storePath};
        m_workbench.project.open(m_opening.target, m_opening.storePath);
    } else {
        openLooked(looked);
    }
    tellSettled();
}

void MainWindow::openLooked(const Looked &looked)
{
    if (looked.targets.size() != 1) {
        m_notice->showFailureToDismiss(
            tr("Drop one model, project or recipe at a time. What was open stays open."), {});
    } else if (looked.isRecipe) {
        m_layout.bringForward(m_recipe);
        m_recipe->openRecipe(looked.targets.first());
    } else {
        m_toRemember = looked.targets.first();
        open({m_toRemember, {}});
    }
}

void MainWindow::open(const Opening &opening)
{
    m_opening = opening;
    m_entersCentre = true; // else the focus goes where the window finds room for it
    m_workbench.project.open(opening.target, opening.storePath);
}

void MainWindow::openFirst(const QString &target, const QString &storePath, bool remembers)
{
    look({target}, Start{storePath, remembers});
}

void MainWindow::chooseModel()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a model's folder"));
    if (!folder.isEmpty()) {
        openTarget(folder);
    }
}

void MainWindow::chooseModelFile()
{
    const QString file
        = QFileDialog::getOpenFileName(this, tr("Open a model's file"), {},
                                       tr("Models (*.gguf *.safetensors config.json);;All files "
                                          "(*)"));
    if (!file.isEmpty()) {
        openTarget(file);
    }
}

void MainWindow::chooseStore()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Open a project"), {},
                                                      tr("Projects (*.bitprism);;All files (*)"));
    if (!file.isEmpty()) {
        openTarget(file);
    }
}

void MainWindow::newProject()
{
    QString file = QFileDialog::getSaveFileName(
        this, tr("New project"), tr("project") + projectEnding, tr("Projects (*.bitprism)"),
        nullptr, QFileDialog::DontConfirmOverwrite); // nothing is overwritten
    if (!file.isEmpty()) {
        startProject(file.endsWith(projectEnding) ? file : file + projectEnding);
    }
}

void MainWindow::startProject(const QString &file)
{
    if (QFileInfo::exists(file)) {
        m_notice->showFailureToDismiss(
            tr("%1 exists already. Choose another name, or open it by File > Open a project.")
                .arg(file),
            {});
        return;
    }
    m_notice->clear();
    const Project &project = m_workbench.project;
    // The model that is open stays; its runs go to the new file.
    open({project.model() ? QString::fromStdString(project.model()->path) : QString(), file});
}

/// What could be opened stands among the recent ones.
void MainWindow::takeOpened()
{
    const Project::State state = m_workbench.project.state();
    if (state == Project::State::Loading) {
        return;
    }
    const QString target = std::exchange(m_toRemember, {});
    if (!target.isEmpty() && target == m_workbench.project.target()
        && state != Project::State::Failed) {
        rememberTarget(target);
    }
    if (state == Project::State::Failed) {
        showView("overview"); // says why, with a button
    }
    if (const QString next = std::exchange(m_next, {}); !next.isEmpty()) {
        openTarget(next);
    }
}

void MainWindow::showOpenFailure(const QString &target, const QString &problem)
{
    m_toRemember.clear();
    m_entersCentre = false;
    m_failed = m_opening;
    m_notice->showFailureToDismiss(tr("%1 was not opened: %2 What was open stays open.")
                                       .arg(QFileInfo(target).fileName(), problem),
                                   tr("Retry"));
}

/// Until the file can be read again.
void MainWindow::showStoreTrouble(const QString &problem)
{
    if (problem.isEmpty() && m_notice->sentence() == m_trouble) {
        m_notice->clear();
    } else if (!problem.isEmpty()) {
        m_trouble = tr("The project cannot be read any more: %1").arg(problem);
        m_notice->showFailureToDismiss(m_trouble, {});
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!draggedPaths(*event->mimeData()).isEmpty()) {
        acceptAsCopy(*event);
    }
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QStringList paths = draggedPaths(*event->mimeData());
    if (paths.isEmpty()) {
        return;
    }
    acceptAsCopy(*event);
    openPaths(paths);
}

bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::DragEnter) {
        dragEnterEvent(static_cast<QDragEnterEvent *>(event));
        return true;
    }
    if (event->type() == QEvent::Drop) {
        dropEvent(static_cast<QDropEvent *>(event));
        return true;
    }
    return QMainWindow::eventFilter(watched, event);
}

} // namespace bitprism
