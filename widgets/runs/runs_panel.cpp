// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/runs_panel.h"

#include "widgets/jobs/project.h"
#include "widgets/runs/runs_model.h"
#include "widgets/shared/state_panel.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QTableView>

namespace bitprism {

RunsPanel::RunsPanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new RunsModel(this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this))
    , m_state(new StatePanel(this))
    , m_layout(new QStackedLayout(this))
{
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(RunsModel::sortRole);
    m_table->setModel(m_sorted);
    m_table->setAccessibleName(tr("Runs of the store"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(RunsModel::CreatedColumn, Qt::DescendingOrder);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(RunsModel::NameColumn, QHeaderView::Stretch);
    m_layout->addWidget(m_table);
    m_layout->addWidget(m_state);
    connect(context.project, &Project::changed, this, &RunsPanel::showProject);
    showProject();
}

void RunsPanel::showProject()
{
    const Project &project = *m_context.project;
    m_model->setRuns(project.runs());
    if (project.runs() && !project.runs()->empty()) {
        for (int column = RunsModel::StatusColumn; column < RunsModel::columnTotal; ++column) {
            m_table->resizeColumnToContents(column);
        }
        m_layout->setCurrentWidget(m_table);
        return;
    }
    const QString problem = project.storeProblem();
    if (problem.isEmpty()) {
        m_state->showEmpty(tr("Runs will be listed here. Start one with bitprism-cli run."), {});
    } else {
        m_state->showFailure(problem, {});
    }
    m_layout->setCurrentWidget(m_state);
}

} // namespace bitprism
