// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/tokens_view.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_choice.h"
#include "widgets/jobs/run_status.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/shared/elided_label.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/stored_text.h"
#include "widgets/shared/text.h"
#include "widgets/tables/data_table.h"
#include "widgets/tokens/change_legend.h"
#include "widgets/tokens/continuation_panel.h"
#include "widgets/tokens/item_page.h"
#include "widgets/tokens/items_model.h"
#include "widgets/tokens/token_choices.h"
#include "widgets/tokens/worst_model.h"

#include <QLabel>
#include <QPushButton>
#include <QStackedLayout>
#include <QTabWidget>
#include <QVBoxLayout>

namespace bitprism {

TokensView::TokensView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_reading(context.project->storeThread(), this,
                [this](const Answer<TokenComparisonPtr> &answer) { take(answer); })
    , m_layout(new QStackedLayout)
    , m_state(new StatePanel(this))
    , m_banner(new StateBanner(this))
    , m_choices(new TokenChoices(*context.project, this))
    , m_title(new QLabel(this))
    , m_about(new ElidedLabel(this))
    , m_legend(new ChangeLegend(this))
    , m_itemTitle(new QLabel(this))
    , m_previous(new QPushButton(tr("&Previous"), this))
    , m_next(new QPushButton(tr("Ne&xt"), this))
    , m_nextWorst(new QPushButton(tr("Next &worst"), this))
    , m_item(new ItemPage(context.project->storeThread(), this))
    , m_picture(new PictureMenu(&m_item->text(), [this] { return m_item->text().table(); }))
    , m_piece(new ElidedLabel(this))
    , m_tables(new QTabWidget(this))
    , m_worstTable(new DataTable(tr("Worst tokens"), this))
    , m_worstModel(new WorstModel(this))
    , m_itemTable(new DataTable(tr("Items"), this))
    , m_itemsModel(new ItemsModel(this))
    , m_continuations(new ContinuationPanel(context, this))
{
    auto *layout = new QVBoxLayout(this);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_choices);
    layout->addWidget(m_banner);
    layout->addLayout(m_layout, 1);
    m_page = makePage();
    m_layout->addWidget(m_state);
    m_layout->addWidget(m_page);
    connectAll();
    refresh();
}

QString TokensView::chosenRun() const
{
    const store::RunRecord *selected = m_context.project->findRun(m_context.selection->run());
    if (selected != nullptr && isComparable(*selected)) {
        return m_context.selection->run();
    }
    if (m_context.project->runs()) {
        for (const store::RunRecord &run : *m_context.project->runs()) { // newest first
            if (isComparable(run) && !run.metrics.empty()
                && run.modelHash == m_context.project->modelHash()) {
                return QString::fromStdString(run.id);
            }
        }
    }
    return {};
}

QString TokensView::nameOf(const QString &run) const { return m_choices->nameOf(run); }

QString TokensView::nameBefore() const
{
    return m_reference.isEmpty() ? tr("the unquantized model") : nameOf(m_reference);
}

QString TokensView::headingBefore() const
{
    return m_reference.isEmpty() ? tr("Unquantized model") : nameOf(m_reference);
}

void TokensView::refresh()
{
    const QString run = chosenRun();
    if (run != m_run) {
        m_comparison.reset();
        m_key.clear();
    }
    m_run = run;
    m_reference = m_choices->showRuns(run, m_reference);
    m_choices->setVisible(!run.isEmpty());
    showBanner();
    const Project &project = *m_context.project;
    if (project.state() == Project::State::Loading && !project.runs()) {
        m_state->showLoading(tr("Reading the runs of the store"));
        m_layout->setCurrentWidget(m_state);
    } else if (run.isEmpty()) {
        m_asked.clear();
        showState(tr("The data of an evaluation token by token, coloured by what quantizing "
                     "changed. No run has measured anything of this model yet."),
                  tr("Go to the overview to start one"));
    } else {
        ask(false);
    }
}

void TokensView::ask(bool again)
{
    const store::RunRecord *run = m_context.project->findRun(m_run);
    if (run == nullptr) {
        return;
    }
    // A running job moves its record with every block; its losses come with its metrics.
    const QString asked = QStringList{m_context.project->storePath(), m_run, m_reference, m_key,
                                      QString::number(run->metrics.size())}
                              .join(QLatin1Char('\n'));
    if (asked == m_asked && !again) {
        return;
    }
    m_asked = asked;
    if (!m_comparison) {
        m_state->showLoading(tr("Reading the losses of %1").arg(nameOf(m_run)));
        m_layout->setCurrentWidget(m_state);
    }
    m_reading.ask([connection = m_context.project->connection(),
                   path = m_context.project->storePath().toStdString(), id = m_run.toStdString(),
                   reference = m_reference.toStdString(), key = m_key.toStdString()] {
        return std::make_shared<const TokenComparison>(
            compareTokens(connection->open(path), id, reference, key));
    });
}

void TokensView::take(const Answer<TokenComparisonPtr> &answer)
{
    m_comparison = answer.value.value_or(nullptr);
    if (!m_comparison) {
        m_choices->showEvaluations(nullptr);
        m_state->showFailure(answer.problem ? errorText(*answer.problem) : QString(),
                             StatePanel::Retry::Yes);
        m_layout->setCurrentWidget(m_state);
    } else if (m_comparison->evaluations.empty()) {
        showState(tr("%1 keeps no losses: it measured nothing, or an older version made it. Run "
                     "its recipe again with an evaluation.")
                      .arg(nameOf(m_run)),
                  tr("Go to the overview"));
    } else {
        showComparison();
        m_layout->setCurrentWidget(m_page);
    }
    showBanner();
}

void TokensView::showState(const QString &sentence, const QString &action)
{
    m_choices->showEvaluations(nullptr);
    m_state->showEmpty(sentence, action);
    m_layout->setCurrentWidget(m_state);
}

void TokensView::showBanner()
{
    m_resumable.clear();
    const store::RunRecord *run = m_context.project->findRun(m_run);
    if (run == nullptr) {
        m_banner->clear();
        return;
    }
    const QString name = nameOf(m_run);
    const double share = doneShare(*run, *m_context.hub);
    if (run->status == store::RunStatus::Failed) {
        m_resumable = m_run;
        m_banner->showFailure(tr("%1: %2").arg(name, storedErrorText(run->failure)), tr("Retry"));
    } else if (run->status == store::RunStatus::Running
               || run->status == store::RunStatus::Queued) {
        m_banner->showNote(
            tr("%1 is at work: %2. What it measures follows.").arg(name, formatProgress(share)));
    } else if (run->status != store::RunStatus::Finished) {
        m_resumable = m_run;
        m_banner->showNote(stoppedSentence(name, share), tr("Resume"));
    } else if (m_comparison && !m_comparison->evaluations.empty() && !m_comparison->hasReference
               && m_comparison->form != ItemForm::Output) {
        m_banner->showNote(
            tr("No losses of %1 are kept for these data, so nothing can be compared: "
               "the losses of %2 are shown by themselves.")
                .arg(nameBefore(), name));
    } else if (m_comparison && !m_comparison->isComplete) {
        m_banner->showNote(tr("Only the first items of these data were kept."));
    } else {
        m_banner->clear();
    }
}

BITPRISM_EXPORT_VIEW(tokens, TokensView, BITPRISM_TR("View", "Tokens"));

} // namespace bitprism
