// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/tokens_view.h"

#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_choice.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/elided_label.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/text.h"
#include "widgets/tables/data_table.h"
#include "widgets/tokens/change_legend.h"
#include "widgets/tokens/continuation_panel.h"
#include "widgets/tokens/item_page.h"
#include "widgets/tokens/items_model.h"
#include "widgets/tokens/token_choices.h"
#include "widgets/tokens/worst_model.h"

#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QTabWidget>
#include <QVBoxLayout>

#include <cmath>

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
    , m_previous(new QPushButton(tr("&Previous item"), this))
    , m_next(new QPushButton(tr("Ne&xt item"), this))
    , m_nextWorst(new QPushButton(tr("Next &worst token"), this))
    , m_item(new ItemPage(context.project->storeThread(), this))
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

QWidget *TokensView::makeItem()
{
    m_piece->setForegroundRole(QPalette::PlaceholderText);
    m_itemTitle->setFont(scaledFont(this, 1, QFont::DemiBold));
    auto *box = new QWidget(this);
    auto *head = new QWidget(box);
    auto *line = new FlowLayout(space(this, 2), head); // of a narrow window two lines
    line->addWidget(m_itemTitle);
    line->startRightGroup();
    for (QPushButton *button : {m_previous, m_next, m_nextWorst}) {
        line->addWidget(button);
    }
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(head);
    layout->addWidget(m_item, 1);
    layout->addWidget(m_piece);
    return box;
}

QWidget *TokensView::makeTables()
{
    m_worstTable->setModel(m_worstModel);
    m_itemTable->setModel(m_itemsModel);
    m_tables->addTab(m_worstTable, tr("Worst tokens"));
    m_tables->addTab(m_itemTable, tr("Items"));
    m_tables->addTab(m_continuations, tr("Continuations"));
    m_tables->setDocumentMode(true);
    m_tables->setAccessibleName(tr("Items"));
    m_tables->setCurrentIndex(m_context.selection->kept("tokens.tab").toInt());
    connect(m_tables, &QTabWidget::currentChanged, this,
            [this](int tab) { m_context.selection->keep("tokens.tab", tab); });
    return m_tables;
}

QWidget *TokensView::makePage()
{
    m_title->setFont(scaledFont(this, 1.2, QFont::DemiBold));
    m_title->setWordWrap(true);
    m_about->setForegroundRole(QPalette::PlaceholderText);
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(makeItem());
    split->addWidget(makeTables());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setChildrenCollapsible(false);
    auto *line = new QHBoxLayout;
    line->setSpacing(space(this, 4));
    line->addWidget(m_about, 1);
    line->addWidget(m_legend);
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_title);
    layout->addLayout(line);
    layout->addWidget(split, 1);
    return page;
}

void TokensView::connectAll()
{
    connect(m_context.project, &Project::changed, this, &TokensView::refresh);
    connect(m_context.project, &Project::runsChanged, this, &TokensView::refresh);
    connect(m_context.selection, &Selection::runChanged, this, &TokensView::refresh);
    connect(m_choices, &TokenChoices::runChosen, this, [this](const QString &run) {
        m_key.clear();
        m_context.selection->setRun(run);
        refresh();
    });
    connect(m_choices, &TokenChoices::referenceChosen, this, [this](const QString &run) {
        m_reference = run;
        ask(false);
    });
    connect(m_choices, &TokenChoices::evaluationChosen, this, [this](const QString &key) {
        m_key = key;
        ask(false);
    });
    connect(m_previous, &QPushButton::clicked, this, [this] { showItem(m_item->item() - 1); });
    connect(m_next, &QPushButton::clicked, this, [this] { showItem(m_item->item() + 1); });
    connect(m_nextWorst, &QPushButton::clicked, this, &TokensView::goToNextWorst);
    connect(&m_item->text(), &TokenText::pieceChosen, this, &TokensView::showReading);
    connect(m_worstTable, &DataTable::rowChosen, this, [this](int row) {
        m_worst = row;
        const PlacedPiece &place = m_worstModel->place(row);
        showItem(static_cast<int>(place.item), static_cast<int>(place.piece));
    });
    connect(m_itemTable, &DataTable::rowChosen, this, [this](int row) { showItem(row); });
    connect(m_state, &StatePanel::actionTriggered, this, &TokensView::act);
    connect(m_banner, &StateBanner::actionTriggered, this,
            [this] { m_context.hub->resumeRun(m_resumable); });
}

QString TokensView::chosenRun() const
{
    const store::RunRecord *selected = m_context.project->findRun(m_context.selection->run());
    if (selected != nullptr && isComparable(*selected)) {
        return m_context.selection->run();
    }
    if (m_context.project->runs()) {
        for (const store::RunRecord &run : *m_context.project->runs()) { // newest first
            if (isComparable(run) && !run.metrics.empty()) {
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
                     "changed. No run has measured anything yet."),
                  tr("Go to the overview to start one"), false);
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
    m_hasFailed = false;
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
    m_hasFailed = m_comparison == nullptr;
    if (m_hasFailed) {
        showState(answer.problem ? errorText(*answer.problem) : QString(), tr("Try again"), true);
    } else if (m_comparison->evaluations.empty()) {
        showState(tr("%1 keeps no losses: it measured nothing, or an older version made it. Run "
                     "its recipe again with an evaluation.")
                      .arg(nameOf(m_run)),
                  tr("Go to the overview"), false);
    } else {
        showComparison();
        m_layout->setCurrentWidget(m_page);
    }
    showBanner();
}

void TokensView::showState(const QString &sentence, const QString &action, bool isFailure)
{
    m_choices->showEvaluations(nullptr);
    if (isFailure) {
        m_state->showFailure(sentence, action);
    } else {
        m_state->showEmpty(sentence, action);
    }
    m_layout->setCurrentWidget(m_state);
}

void TokensView::act()
{
    if (m_hasFailed) {
        ask(true);
    } else {
        Q_EMIT showViewRequested("overview");
    }
}

void TokensView::showComparison()
{
    m_choices->showEvaluations(m_comparison.get());
    showHeading();
    m_item->setComparison(m_comparison, nameBefore(), nameOf(m_run));
    m_worstModel->setComparison(m_comparison);
    m_itemsModel->setComparison(m_comparison);
    const bool hasPieces = !m_comparison->worst.empty() && m_comparison->form == ItemForm::Text;
    m_legend->setComparison(hasPieces ? m_comparison : nullptr);
    m_tables->setTabVisible(0, hasPieces);
    m_nextWorst->setVisible(hasPieces);
    m_piece->setVisible(m_comparison->form == ItemForm::Text);
    m_worst = -1;
    showContinuations();
    if (hasPieces) {
        m_tables->setCurrentIndex(0);
        goToNextWorst();
    } else {
        m_tables->setCurrentIndex(1);
        m_itemTable->sortBy(m_comparison->hasReference ? ItemsModel::ChangeColumn
                                                       : ItemsModel::AfterColumn,
                            Qt::DescendingOrder);
        showItem(m_comparison->items.empty() ? -1 : 0);
    }
}

void TokensView::showHeading()
{
    const QString after = nameOf(m_run);
    const QString before = nameBefore();
    switch (m_comparison->form) {
    case ItemForm::Text:
        m_title->setText(
            tr("Change in the loss of each token, nats: %1 less %2").arg(after, before));
        break;
    case ItemForm::LabelledText:
        m_title->setText(tr("The class that each text is given by %1 and %2").arg(before, after));
        break;
    case ItemForm::Transcript:
        m_title->setText(tr("What %1 and %2 heard").arg(before, after));
        break;
    case ItemForm::Image:
        m_title->setText(
            tr("The class that each picture is given by %1 and %2").arg(before, after));
        break;
    case ItemForm::Output:
        m_title->setText(tr("Error of the output, as a share of its norm, in %1").arg(after));
        break;
    }
    const KeptEvaluation &kept = m_comparison->evaluations[m_comparison->shown];
    QStringList facts{QFileInfo(QString::fromStdString(m_comparison->model)).fileName(),
                      evaluationText(kept),
                      tr("%n items", nullptr, static_cast<int>(m_comparison->items.size()))};
    if (m_comparison->form == ItemForm::Text) {
        facts.append(tr("%1 tokens scored by both").arg(formatCount(m_comparison->scored)));
    }
    m_about->setText(facts.join(QStringLiteral(", ")));
}

void TokensView::showContinuations()
{
    constexpr int continuationsTab = 2;
    m_tables->setTabVisible(continuationsTab,
                            m_comparison->evaluations[m_comparison->shown].task == "perplexity");
    ComparedModels models;
    models.modelPath = QString::fromStdString(m_comparison->model);
    models.runs = {m_reference, m_run};
    models.names = {nameBefore(), nameOf(m_run)};
    m_continuations->setModels(models);
}

void TokensView::showItem(int item, int piece)
{
    const int count = static_cast<int>(m_comparison->items.size());
    if (item < 0 || item >= count) {
        return;
    }
    if (item != m_item->item() || piece < 0) {
        m_item->showItem(item);
    }
    const ComparedItem &shown = m_comparison->items[static_cast<std::size_t>(item)];
    QString title = tr("Item %1 of %2").arg(item + 1).arg(count);
    if (!shown.source.empty()) {
        title += QStringLiteral(": ") + itemName(*m_comparison, static_cast<std::size_t>(item));
    } else if (std::isfinite(shown.change())) {
        title
            += QStringLiteral(": ") + tr("%1 nats per token").arg(signedPlotNumber(shown.change()));
    }
    m_itemTitle->setText(title);
    m_previous->setEnabled(item > 0);
    m_next->setEnabled(item + 1 < count);
    m_item->text().setCurrentPiece(piece);
    m_itemTable->setCurrentRow(item);
    showReading(piece);
}

void TokensView::showReading(int piece)
{
    m_piece->setText(piece < 0 ? tr("Choose a token to see its values; arrow keys go on.")
                               : m_item->text().reading(piece));
    m_worstTable->setCurrentRow(
        m_worstModel->rowOf(static_cast<std::size_t>(qMax(0, m_item->item())), piece));
}

void TokensView::goToNextWorst()
{
    if (m_comparison->worst.empty()) {
        return;
    }
    m_worst = (m_worst + 1) % static_cast<int>(m_comparison->worst.size());
    const PlacedPiece &place = m_worstModel->place(m_worst);
    showItem(static_cast<int>(place.item), static_cast<int>(place.piece));
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
    const double share = doneShare(*run, m_context.hub->jobOfRun(m_run));
    if (run->status == store::RunStatus::Failed) {
        m_resumable = m_run;
        m_banner->showFailure(tr("%1: %2").arg(name, QString::fromStdString(run->failure)),
                              tr("Retry"));
    } else if (run->status == store::RunStatus::Running
               || run->status == store::RunStatus::Queued) {
        m_banner->showNote(
            tr("%1 is at work: %2. What it measures follows.").arg(name, formatProgress(share)));
    } else if (run->status != store::RunStatus::Finished) {
        m_resumable = m_run;
        m_banner->showNote(tr("%1 stopped at %2.").arg(name, formatProgress(share)), tr("Resume"));
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
