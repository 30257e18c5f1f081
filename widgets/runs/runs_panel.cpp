// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/runs_panel.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/runs/deletion_bar.h"
#include "widgets/runs/run_name_delegate.h"
#include "widgets/runs/runs_model.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/quiet_focus.h"
#include "widgets/shared/row_delegate.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace bitprism {

namespace {

constexpr int leastStatusEms = 6;
constexpr double mostStatusShare = 0.4; ///< of the width: the names need the rest

} // namespace

RunsPanel::RunsPanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new RunsModel(*context.hub, this))
    , m_filter(new QLineEdit(this))
    , m_tree(new QTreeView(this))
    , m_state(new StatePanel(this))
    , m_layout(new QStackedLayout)
    , m_deleted(new DeletionBar(context.library->deletion(), this))
{
    m_filter->setPlaceholderText(tr("Search runs"));
    m_filter->setAccessibleName(tr("Search runs by name, kind or experiment"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAcceptDrops(false); // the window opens what is dropped
    m_tree->setModel(m_model);
    new QuietFocus(*m_tree);
    m_tree->setAccessibleName(tr("Experiments and runs"));
    m_tree->setItemDelegate(new RowDelegate(m_tree));
    m_tree->setItemDelegateForColumn(RunsModel::NameColumn, new RunNameDelegate(m_tree));
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

    auto *layout = new QVBoxLayout(this);
    const int margin = space(this, 1);
    layout->setContentsMargins(margin, margin, margin, 0);
    layout->setSpacing(margin);
    layout->addWidget(m_filter);
    layout->addLayout(m_layout, 1);
    layout->addWidget(m_deleted);
    connectAll();
    showRuns();
}

void RunsPanel::connectAll()
{
    const ViewContext &context = m_context;
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
    auto *deleteKey = new QAction(tr("Delete"), this);
    deleteKey->setShortcut(QKeySequence::Delete);
    deleteKey->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(deleteKey, &QAction::triggered, this, &RunsPanel::deleteSelected);
    m_tree->addAction(deleteKey);
    connect(context.project, &Project::changed, this, &RunsPanel::showRuns);
    connect(context.project, &Project::runsChanged, this, &RunsPanel::showRuns);
    connect(context.selection, &Selection::runChanged, this, &RunsPanel::showSelected);
    connect(context.hub, &JobHub::jobChanged, this, &RunsPanel::showProgress);
    connect(context.hub, &JobHub::jobFinished, this, &RunsPanel::showProgress);
}

void RunsPanel::showRuns()
{
    const Project &project = *m_context.project;
    const QStringList selected = selectedRuns();
    changeRows([&] { m_model->setRuns(project.runs()); });
    if (project.runs() && !project.runs()->empty()) {
        m_layout->setCurrentWidget(m_tree);
        fitStatus();
        showSelected(selected.value(0, m_context.selection->run()));
        selectAlso(selected.mid(1));
        return;
    }
    const QString problem = project.storeProblem();
    if (problem.isEmpty()) {
        m_state->showEmpty(tr("Runs will be listed here, newest first."), {});
    } else {
        m_state->showFailure(problem, StatePanel::Retry::No);
    }
    m_layout->setCurrentWidget(m_state);
}

/// The list is made anew by `change`: what was open, and where it stood, stays. Of what is new the
/// first opens.
void RunsPanel::changeRows(const std::function<void()> &change)
{
    QHash<QString, bool> wasOpen;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex group = m_model->index(row, 0);
        wasOpen.insert(group.data(RunsModel::groupRole).toString(), m_tree->isExpanded(group));
    }
    const int place = m_tree->verticalScrollBar()->value();
    change();
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex group = m_model->index(row, 0);
        if (m_model->rowCount(group) > 0
            && wasOpen.value(group.data(RunsModel::groupRole).toString(),
                             /*defaultValue=*/row == 0)) {
            m_tree->expand(group);
        }
    }
    m_tree->verticalScrollBar()->setValue(place);
}

void RunsPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitStatus();
}

/// As wide as the longest status that is there, so that none is cut where there is room.
void RunsPanel::fitStatus()
{
    static const RunList none;
    const RunListPtr &runs = m_context.project->runs();
    const RunList &listed = runs ? *runs : none;
    constexpr std::size_t mostLooked = 1000; // the newest; the words repeat
    int width = 0;
    for (std::size_t i = 0; i < std::min(mostLooked, listed.size()); ++i) {
        width = qMax(width, fontMetrics().horizontalAdvance(m_model->statusText(listed[i])));
    }
    const int most = static_cast<int>(mostStatusShare * m_tree->width());
    m_tree->setColumnWidth(RunsModel::StatusColumn,
                           qMax(em(this, leastStatusEms), qMin(width + em(this, 1), most)));
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
        m_model->showProgress(working->runId);
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

} // namespace bitprism
