// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/runs_view.h"

#include "widgets/jobs/run_choice.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/run_chooser.h"

#include <QStackedLayout>
#include <QVBoxLayout>

namespace bitprism {

RunsView::RunsView(ViewContext &context, const QString &chooserLabel, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_layout(new QStackedLayout)
    , m_state(new StatePanel(this))
    , m_chooser(new RunChooser(*context.project, chooserLabel, this))
    , m_banner(new RunsBanner(m_context, this))
{
    auto *layout = new QVBoxLayout(this);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_chooser);
    layout->addWidget(m_banner);
    layout->addLayout(m_layout, 1);
    m_layout->addWidget(m_state);
    connect(m_chooser, &RunChooser::chosenChanged, m_context.selection, &Selection::setCompared);
    connect(m_context.selection, &Selection::comparedChanged, this, &RunsView::refresh);
    connect(m_context.project, &Project::changed, this, &RunsView::refresh);
    connect(m_context.project, &Project::runsChanged, this, &RunsView::refresh);
    connect(m_state, &StatePanel::actionTriggered, this,
            [this] { Q_EMIT showViewRequested("overview"); });
    connect(m_state, &StatePanel::retryTriggered, this, &RunsView::tryAgain);
}

void RunsView::setPage(QWidget *page) { m_layout->addWidget(page); }

void RunsView::refresh()
{
    if (isPutAside()) {
        return;
    }
    const RunListPtr &runs = m_context.project->runs();
    QStringList ids = runs ? knownRuns(m_context.selection->compared(), *runs) : QStringList();
    if (ids.size() < leastRuns() && runs) {
        ids = defaultRuns(*runs);
    }
    if (ids != m_ids) {
        m_hasPage = false;
        forget();
    }
    m_ids = ids;
    m_chooser->setChosen(ids);
    m_banner->setRuns(ids);
    if (m_context.project->state() == Project::State::Loading && !runs) {
        m_state->showLoading(tr("Reading the runs of the store"));
        m_layout->setCurrentWidget(m_state);
    } else if (const QString problem = m_context.project->storeProblem(); !problem.isEmpty()) {
        showFailure(problem);
    } else if (ids.size() < leastRuns()) {
        m_state->showEmpty(emptySentence(), tr("Go to the overview to start one"));
        m_layout->setCurrentWidget(m_state);
    } else {
        if (!m_hasPage) {
            m_state->showLoading(readingSentence());
            m_layout->setCurrentWidget(m_state);
        }
        request();
    }
}

void RunsView::showPage()
{
    m_hasPage = true;
    m_layout->setCurrentIndex(1);
}

void RunsView::showFailure(const QString &problem)
{
    m_state->showFailure(problem, StatePanel::Retry::Yes);
    m_layout->setCurrentWidget(m_state);
}

void RunsView::tryAgain()
{
    if (m_context.project->storeProblem().isEmpty()) {
        refresh();
    } else {
        m_context.project->open(m_context.project->target(), m_context.project->storePath());
    }
}

} // namespace bitprism
