// SPDX-License-Identifier: GPL-3.0-or-later
// The part of OverviewView that lays it out.
#include "widgets/jobs/runs_banner.h"
#include "widgets/overview/figure_card.h"
#include "widgets/overview/latest_runs.h"
#include "widgets/overview/model_facts.h"
#include "widgets/overview/overview_view.h"
#include "widgets/overview/parts_bar.h"
#include "widgets/overview/parts_model.h"
#include "widgets/overview/start_buttons.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/scroll_page.h"
#include "widgets/tables/table_files.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

namespace bitprism {

QWidget *OverviewView::makePage()
{
    m_title->setFont(scaledFont(this, 1.5, QFont::DemiBold));
    m_title->setTextFormat(Qt::PlainText);
    m_subtitle->setForegroundRole(QPalette::PlaceholderText);
    m_subtitle->setTextFormat(Qt::PlainText);
    const auto heading = [this](const QString &text) {
        auto *label = new QLabel(text, this);
        label->setFont(scaledFont(this, 1.2, QFont::DemiBold));
        return label;
    };
    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    const int margin = space(this, 6);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_title);
    layout->addWidget(m_subtitle);
    layout->addWidget(m_banner);
    layout->addSpacing(space(this, 2));
    layout->addLayout(makeFigures());
    layout->addSpacing(space(this, 4));
    layout->addWidget(makeParts());
    layout->addSpacing(space(this, 4));
    layout->addWidget(heading(tr("Measure")));
    layout->addWidget(m_start);
    layout->addSpacing(space(this, 4));
    layout->addWidget(heading(tr("Latest results")));
    layout->addWidget(m_latest);
    layout->addSpacing(space(this, 4));
    layout->addWidget(heading(tr("Facts")));
    layout->addWidget(m_facts);
    layout->addStretch();

    auto *page = new ScrollPage(content, tr("Overview of the model"), this);
    page->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded); // its table may be wider
    return page;
}

QLayout *OverviewView::makeFigures()
{
    auto *layout = new QHBoxLayout;
    layout->setSpacing(space(this, 2));
    for (FigureCard *card : {m_size, m_sizeAfter, m_loss, m_memory}) {
        layout->addWidget(card, 1);
    }
    return layout;
}

QWidget *OverviewView::makeParts()
{
    auto *title = new QLabel(tr("Where the bytes are"), this);
    title->setFont(scaledFont(this, 1.2, QFont::DemiBold));
    m_parts->setColors(PartsBar::colors(palette()));
    m_table->setModel(m_parts);
    m_table->setAccessibleName(tr("Size by part"));
    addCopying(*m_table, tr("Size by part"));
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setTabKeyNavigation(false);
    m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(PartsModel::PartColumn,
                                                      QHeaderView::ResizeToContents);
    m_table->setWordWrap(false);

    const auto note = [this](const QString &text) {
        auto *label = new QLabel(text, this);
        label->setFont(scaledFont(this, 0.85));
        label->setForegroundRole(QPalette::PlaceholderText);
        return label;
    };

    auto *box = new QWidget(this);
    box->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    auto *bars = new QWidget(box);
    auto *barsLayout = new QVBoxLayout(bars);
    barsLayout->setContentsMargins({});
    barsLayout->setSpacing(space(this, 2));
    barsLayout->addWidget(note(tr("Now")));
    barsLayout->addWidget(m_bar);
    barsLayout->addWidget(note(tr("With the recipe, on the same scale")));
    barsLayout->addWidget(m_barAfter);
    m_barsMenu = new PictureMenu(bars, [this] { return plotTable(*m_parts); });
    m_barsMenu->attach();
    bars->setFocusPolicy(Qt::StrongFocus); // for the menu key
    bars->setAccessibleName(tr("Where the bytes are"));
    layout->addWidget(title);
    layout->addWidget(bars);
    layout->addWidget(m_table);
    return box;
}

} // namespace bitprism
