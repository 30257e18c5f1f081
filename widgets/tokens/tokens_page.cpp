// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TokensView that lays it out and wires it.
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/shared/elided_label.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/data_table.h"
#include "widgets/tokens/change_legend.h"
#include "widgets/tokens/continuation_panel.h"
#include "widgets/tokens/item_page.h"
#include "widgets/tokens/items_model.h"
#include "widgets/tokens/token_choices.h"
#include "widgets/tokens/tokens_view.h"
#include "widgets/tokens/worst_model.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace bitprism {

QWidget *TokensView::makeItem()
{
    m_piece->setForegroundRole(QPalette::PlaceholderText);
    m_previous->setAccessibleName(tr("Previous item"));
    m_next->setAccessibleName(tr("Next item"));
    m_nextWorst->setAccessibleName(tr("Next worst token"));
    m_itemTitle->setFont(scaledFont(this, 1, QFont::DemiBold));
    m_item->text().addActions(m_picture->actions());
    m_picture->setDrawing([this] { return itemPicture(); });
    auto *box = new QWidget(this);
    auto *head = new QWidget(box);
    auto *line = new FlowLayout(space(this, 2), head); // of a narrow window two lines
    line->addWidget(m_itemTitle);
    line->startRightGroup();
    auto *buttons = new QWidget(head); // they stay side by side
    auto *row = new QHBoxLayout(buttons);
    row->setContentsMargins({});
    row->setSpacing(space(this, 2));
    for (QPushButton *button : {m_previous, m_next, m_nextWorst}) {
        row->addWidget(button);
    }
    line->addWidget(buttons);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(head);
    layout->addWidget(m_item, 1);
    return box;
}

QWidget *TokensView::makeTables()
{
    m_worstTable->setModel(m_worstModel);
    // A click shows the item; its number would take the room of the context.
    m_worstTable->setColumnShown(WorstModel::ItemColumn, false);
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
    split->setStretchFactor(0, 1);
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_title);
    layout->addWidget(m_about);
    layout->addWidget(m_legend);
    layout->addWidget(split, 1);
    layout->addWidget(m_piece); // below all: it is longer than the text is wide
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
    connect(m_state, &StatePanel::actionTriggered, this,
            [this] { Q_EMIT showViewRequested("overview"); });
    connect(m_state, &StatePanel::retryTriggered, this, [this] { ask(true); });
    connect(m_banner, &StateBanner::actionTriggered, this,
            [this] { m_context.hub->resumeRun(m_resumable); });
}

} // namespace bitprism
