// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunsPanel that does something with the selected runs.
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/runs/export_dialog.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/shared/selection.h"

#include <QApplication>
#include <QClipboard>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QTreeView>

#include <algorithm>

namespace bitprism {

void RunsPanel::showMenu(const QPoint &place)
{
    const QStringList runs = selectedRuns();
    if (runs.isEmpty()) {
        return;
    }
    QMenu menu(this);
    menu.addAction(tr("Open results"), this, [this] { openRun(m_tree->currentIndex()); });
    menu.addAction(tr("Compare"), this, &RunsPanel::compareSelected);
    menu.addAction(tr("Resume"), this, &RunsPanel::resumeSelected)->setEnabled(canResume());
    menu.addSeparator();
    menu.addAction(tr("Rename..."), this, &RunsPanel::renameSelected);
    menu.addAction(tr("Copy id"), this,
                   [runs] { QApplication::clipboard()->setText(runs.join('\n')); });
    QAction *write = menu.addAction(tr("Export a checkpoint..."), this, &RunsPanel::exportSelected);
    const store::RunRecord *record = m_context.project->findRun(runs.first());
    write->setEnabled(record != nullptr && record->kind == "run"
                      && record->status == store::RunStatus::Finished);
    menu.addSeparator();
    menu.addAction(tr("Delete..."), this, &RunsPanel::deleteSelected);
    menu.exec(m_tree->viewport()->mapToGlobal(place));
}

void RunsPanel::compareSelected()
{
    QStringList runs = selectedRuns();
    if (runs.isEmpty()) {
        return;
    }
    m_context.selection->setCompared(runs);
    Q_EMIT showViewRequested("compare");
}

void RunsPanel::resumeSelected()
{
    for (const QString &run : selectedRuns()) {
        if (isResumable(run)) {
            m_context.hub->resumeRun(run);
        }
    }
}

bool RunsPanel::isResumable(const QString &run) const
{
    const store::RunRecord *record = m_context.project->findRun(run);
    return record != nullptr && record->status != store::RunStatus::Finished
        && record->status != store::RunStatus::Running
        && record->status != store::RunStatus::Queued;
}

bool RunsPanel::canResume() const
{
    const QStringList runs = selectedRuns();
    return std::any_of(runs.begin(), runs.end(),
                       [this](const QString &run) { return isResumable(run); });
}

void RunsPanel::renameSelected()
{
    const QString run = selectedRuns().value(0);
    const store::RunRecord *record = m_context.project->findRun(run);
    if (record == nullptr) {
        return;
    }
    bool isAccepted = false;
    const QString name
        = QInputDialog::getText(this, tr("Rename the run"), tr("Name:"), QLineEdit::Normal,
                                QString::fromStdString(record->name), &isAccepted)
              .trimmed();
    if (isAccepted && !name.isEmpty()) {
        m_context.library->renameRun(run, name);
    }
}

void RunsPanel::deleteSelected()
{
    const QStringList runs = selectedRuns();
    if (runs.isEmpty()) {
        return;
    }
    const store::RunRecord *first = m_context.project->findRun(runs.first());
    const QString question = runs.size() == 1 && first != nullptr
        ? tr("Delete the run \"%1\" with all its results?").arg(QString::fromStdString(first->name))
        : tr("Delete %n runs with all their results?", nullptr, static_cast<int>(runs.size()));
    auto *box = new QMessageBox(QMessageBox::Question, tr("Delete runs"), question,
                                QMessageBox::Cancel, this);
    box->setInformativeText(
        tr("For %1 seconds afterwards they can be brought back.").arg(RunDeletion::seconds));
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *yes = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    connect(yes, &QPushButton::clicked, this,
            [this, runs] { m_context.library->deletion().hide(runs); });
    box->open();
}

void RunsPanel::exportSelected()
{
    const store::RunRecord *run = m_context.project->findRun(selectedRuns().value(0));
    if (run == nullptr || run->kind != "run") {
        return;
    }
    auto *dialog = new ExportDialog(*run, m_context.project->storePath(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QDialog::accepted, this,
            [this, dialog, name = QString::fromStdString(run->name)] {
                m_context.hub->submit(dialog->request(), tr("Export of %1").arg(name));
            });
    dialog->open();
}

} // namespace bitprism
