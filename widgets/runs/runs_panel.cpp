// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/runs_panel.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/runs/export_dialog.h"
#include "widgets/runs/runs_model.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/row_delegate.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedLayout>
#include <QTimer>
#include <QTreeView>

#include <algorithm>

namespace bitprism {

namespace {

constexpr int leastStatusEms = 6;
constexpr int undoSeconds = 10; // in which a deletion can be undone

} // namespace

RunsPanel::RunsPanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new RunsModel(this))
    , m_filter(new QLineEdit(this))
    , m_tree(new QTreeView(this))
    , m_state(new StatePanel(this))
    , m_layout(new QStackedLayout)
    , m_undoBar(nullptr)
    , m_undoText(new QLabel(this))
    , m_deleteTimer(new QTimer(this))
{
    m_filter->setPlaceholderText(tr("Search runs"));
    m_filter->setAccessibleName(tr("Search runs by name, kind or experiment"));
    m_filter->setClearButtonEnabled(true);
    m_tree->setModel(m_model);
    m_tree->setAccessibleName(tr("Experiments and runs"));
    m_tree->setItemDelegate(new RowDelegate(m_tree));
    m_tree->setUniformRowHeights(true);
    m_tree->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
    m_tree->setTextElideMode(Qt::ElideMiddle);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(RunsModel::NameColumn, QHeaderView::Stretch);
    m_tree->header()->setMinimumSectionSize(em(this, 3));
    for (const int column :
         {RunsModel::BitsColumn, RunsModel::SizeColumn, RunsModel::CreatedColumn}) {
        m_tree->setColumnHidden(column, true);
    }
    m_layout->addWidget(m_tree);
    m_layout->addWidget(m_state);
    m_deleteTimer->setInterval(1000);

    auto *layout = new QVBoxLayout(this);
    const int margin = space(this, 1);
    layout->setContentsMargins(margin, margin, margin, 0);
    layout->setSpacing(margin);
    layout->addWidget(m_filter);
    layout->addLayout(m_layout, 1);
    layout->addWidget(makeUndoBar());

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model->setFilter(text);
        m_tree->expandAll();
    });
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &RunsPanel::takeCurrent);
    connect(m_tree, &QTreeView::activated, this, &RunsPanel::openRun);
    connect(m_tree, &QWidget::customContextMenuRequested, this, &RunsPanel::showMenu);
    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &RunsPanel::selectionChanged);
    connect(m_deleteTimer, &QTimer::timeout, this, [this] {
        --m_secondsLeft;
        showUndoTime();
        if (m_secondsLeft <= 0) {
            reallyDelete();
        }
    });
    auto *deleteKey = new QAction(tr("Delete"), this);
    deleteKey->setShortcut(QKeySequence::Delete);
    deleteKey->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(deleteKey, &QAction::triggered, this, &RunsPanel::deleteSelected);
    m_tree->addAction(deleteKey);
    connect(context.project, &Project::changed, this, &RunsPanel::showRuns);
    connect(context.library, &RunLibrary::editFailed, this,
            [this] { m_model->setHidden(m_deleted); }); // what could not be deleted is there again
    connect(context.project, &Project::runsChanged, this, &RunsPanel::showRuns);
    connect(context.selection, &Selection::runChanged, this, &RunsPanel::showSelected);
    connect(context.hub, &JobHub::jobChanged, this, &RunsPanel::showProgress);
    connect(context.hub, &JobHub::jobFinished, this, &RunsPanel::showProgress);
    showRuns();
}

RunsPanel::~RunsPanel() = default;

QWidget *RunsPanel::makeUndoBar()
{
    m_undoBar = new QFrame(this);
    m_undoBar->setAutoFillBackground(true);
    m_undoBar->setBackgroundRole(QPalette::Highlight);
    m_undoText->setForegroundRole(QPalette::HighlightedText);
    m_undoText->setWordWrap(true);
    auto *undo = new QPushButton(tr("Undo"), m_undoBar);
    undo->setAccessibleName(tr("Bring deleted runs back"));
    auto *layout = new QHBoxLayout(m_undoBar);
    const int margin = space(this, 2);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->addWidget(m_undoText, 1);
    layout->addWidget(undo);
    m_undoBar->hide();
    connect(undo, &QPushButton::clicked, this, &RunsPanel::restoreDeleted);
    return m_undoBar;
}

void RunsPanel::showRuns()
{
    const Project &project = *m_context.project;
    if (project.state() == Project::State::Loading) {
        reallyDelete(); // another store comes
    }
    const QStringList selected = selectedRuns();
    m_model->setRuns(project.runs());
    if (project.runs() && !project.runs()->empty()) {
        m_layout->setCurrentWidget(m_tree);
        fitStatus();
        if (m_model->rowCount() > 0 && m_model->rowCount(m_model->index(0, 0)) > 0) {
            m_tree->expand(m_model->index(0, 0));
        }
        showSelected(selected.value(0, m_context.selection->run()));
        selectAlso(selected.mid(1));
        return;
    }
    const QString problem = project.storeProblem();
    if (problem.isEmpty()) {
        m_state->showEmpty(tr("Runs will be listed here, newest first."), {});
    } else {
        m_state->showFailure(problem, {});
    }
    m_layout->setCurrentWidget(m_state);
}

/// As wide as the longest status that is there, so that none is cut.
void RunsPanel::fitStatus()
{
    const RunListPtr &runs = m_context.project->runs();
    constexpr std::size_t mostLooked = 1000; // the newest; the words repeat
    int width = em(this, leastStatusEms);
    for (std::size_t i = 0; i < std::min(mostLooked, runs->size()); ++i) {
        width = qMax(width, fontMetrics().horizontalAdvance(m_model->statusText((*runs)[i])));
    }
    m_tree->setColumnWidth(RunsModel::StatusColumn, width + em(this, 1));
}

void RunsPanel::showSelected(const QString &runId)
{
    const QModelIndex place = m_model->indexOfRun(runId);
    if (place.isValid() && place != m_tree->currentIndex().siblingAtColumn(0)) {
        m_tree->setCurrentIndex(place);
    }
}

/// The list was read anew under a choice of several.
void RunsPanel::selectAlso(const QStringList &runs)
{
    for (const QString &run : runs) {
        const QModelIndex place = m_model->indexOfRun(run);
        if (place.isValid()) {
            m_tree->selectionModel()->select(
                place, QItemSelectionModel::Select | QItemSelectionModel::Rows);
        }
    }
}

void RunsPanel::showProgress(quint64 job)
{
    const HubJob *working = m_context.hub->find(job);
    if (working != nullptr && !working->runId.isEmpty()) {
        m_model->setProgress(
            working->runId, working->state == JobState::Finished ? -1 : working->progress.fraction);
    }
}

void RunsPanel::takeCurrent(const QModelIndex &current)
{
    const QString run = current.data(RunsModel::runRole).toString();
    if (!run.isEmpty()) {
        m_context.selection->setRun(run);
    }
}

void RunsPanel::openRun(const QModelIndex &index)
{
    const store::RunRecord *run
        = m_context.project->findRun(index.data(RunsModel::runRole).toString());
    if (run == nullptr) {
        return;
    }
    if (run->kind == "run" || run->kind == "evaluate") {
        m_context.selection->setCompared({QString::fromStdString(run->id)});
        Q_EMIT showViewRequested("compare");
    } else {
        Q_EMIT showViewRequested(QString::fromStdString(run->kind));
    }
}

QStringList RunsPanel::selectedRuns() const
{
    QStringList ids;
    for (const QModelIndex &index : m_tree->selectionModel()->selectedRows()) {
        const QString run = index.data(RunsModel::runRole).toString();
        if (!run.isEmpty()) {
            ids.append(run);
        }
    }
    return ids;
}

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
        tr("For %1 seconds afterwards they can be brought back.").arg(undoSeconds));
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *yes = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    connect(yes, &QPushButton::clicked, this, [this, runs] { hideForDeletion(runs); });
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

void RunsPanel::hideForDeletion(const QStringList &runs)
{
    reallyDelete(); // what was deleted before cannot be brought back any more
    m_deleted = QSet<QString>(runs.begin(), runs.end());
    m_model->setHidden(m_deleted);
    m_secondsLeft = undoSeconds;
    showUndoTime();
    m_undoBar->show();
    m_deleteTimer->start();
}

void RunsPanel::showUndoTime()
{
    //: runs that were deleted, and how long that can be taken back
    m_undoText->setText(
        tr("Deleted runs: %n. %1 s to undo.", nullptr, static_cast<int>(m_deleted.size()))
            .arg(m_secondsLeft));
}

void RunsPanel::restoreDeleted()
{
    m_deleted.clear();
    m_deleteTimer->stop();
    m_undoBar->hide();
    m_model->setHidden({});
}

void RunsPanel::reallyDelete()
{
    for (const QString &run : std::as_const(m_deleted)) {
        m_context.library->deleteRun(run);
    }
    m_deleted.clear();
    m_deleteTimer->stop();
    m_undoBar->hide();
}

} // namespace bitprism
