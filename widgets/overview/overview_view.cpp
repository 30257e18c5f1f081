// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/overview_view.h"

#include "core/results/model_info.h"
#include "widgets/jobs/project.h"
#include "widgets/overview/figure_card.h"
#include "widgets/overview/parts_bar.h"
#include "widgets/overview/parts_model.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/state_panel.h"

#include <QEvent>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

namespace bitprism {

BITPRISM_EXPORT_VIEW(overview, OverviewView, BITPRISM_TR("View", "Overview"));

OverviewView::OverviewView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_layout(new QStackedLayout(this))
    , m_state(new StatePanel(this))
    , m_title(new QLabel(this))
    , m_subtitle(new QLabel(this))
    , m_size(new FigureCard(tr("Size"), this))
    , m_weights(new FigureCard(tr("Weights"), this))
    , m_layers(new FigureCard(tr("Layers"), this))
    , m_bits(new FigureCard(tr("Bits per weight"), this))
    , m_bar(new PartsBar(this))
    , m_parts(new PartsModel(this))
    , m_table(new QTableView(this))
    , m_facts(new QFormLayout)
    , m_page(makePage())
{
    m_layout->addWidget(m_state);
    m_layout->addWidget(m_page);
    connect(m_state, &StatePanel::actionTriggered, this, &View::openModelRequested);
    connect(context.project, &Project::changed, this, &OverviewView::showProject);
    showProject();
}

QWidget *OverviewView::makePage()
{
    m_title->setFont(scaledFont(this, 1.5, QFont::DemiBold));
    m_title->setTextFormat(Qt::PlainText);
    m_subtitle->setForegroundRole(QPalette::PlaceholderText);
    m_subtitle->setTextFormat(Qt::PlainText);
    auto *factsTitle = new QLabel(tr("Facts"), this);
    factsTitle->setFont(scaledFont(this, 1.2, QFont::DemiBold));
    m_facts->setHorizontalSpacing(space(this, 6));
    m_facts->setVerticalSpacing(space(this, 2));
    m_facts->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_facts->setLabelAlignment(Qt::AlignLeft);
    m_facts->setFormAlignment(Qt::AlignLeft | Qt::AlignTop);

    auto *content = new QWidget;
    auto *layout = new QVBoxLayout(content);
    const int margin = space(this, 6);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_title);
    layout->addWidget(m_subtitle);
    layout->addSpacing(space(this, 2));
    layout->addLayout(makeFigures());
    layout->addSpacing(space(this, 4));
    layout->addWidget(makeParts());
    layout->addSpacing(space(this, 4));
    layout->addWidget(factsTitle);
    layout->addLayout(m_facts);
    layout->addStretch();

    auto *scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setAccessibleName(tr("Overview of the model"));
    return scroll;
}

QLayout *OverviewView::makeFigures()
{
    auto *layout = new QHBoxLayout;
    layout->setSpacing(space(this, 2));
    for (FigureCard *card : {m_size, m_weights, m_layers, m_bits}) {
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

    auto *box = new QWidget(this);
    box->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(title);
    layout->addWidget(m_bar);
    layout->addWidget(m_table);
    return box;
}

void OverviewView::showProject()
{
    const Project &project = *m_context.project;
    switch (project.state()) {
    case Project::State::Empty:
        m_state->showEmpty(tr("Open a checkpoint to see what it is made of: a folder with "
                              "config.json and safetensors files."),
                           tr("Open model..."));
        break;
    case Project::State::Loading:
        m_state->showLoading(tr("Reading %1").arg(project.target()));
        break;
    case Project::State::Failed:
        m_state->showFailure(project.modelProblem(), tr("Open another model..."));
        break;
    case Project::State::Ready:
        showModel(*project.model());
        m_layout->setCurrentWidget(m_page);
        return;
    }
    m_layout->setCurrentWidget(m_state);
}

void OverviewView::showModel(const ModelInfo &info)
{
    int quantizable = 0;
    for (const LayerInfo &layer : info.layers) {
        quantizable += layer.quantizable ? 1 : 0;
    }
    m_title->setText(QString::fromStdString(info.name));
    m_subtitle->setText(QString::fromStdString(info.path));
    m_size->setFigure(formatBytes(info.bytes), tr("%1 bytes").arg(formatCount(info.bytes)));
    m_weights->setFigure(formatCompactCount(info.parameters), formatCount(info.parameters));
    m_layers->setFigure(formatCount(static_cast<std::int64_t>(info.layers.size())),
                        tr("%n can be quantized", nullptr, quantizable));
    const double bits = info.parameters == 0
        ? 0
        : static_cast<double>(info.bytes) * 8 / static_cast<double>(info.parameters);
    m_bits->setFigure(formatBits(bits), tr("mostly %1").arg(QString::fromStdString(info.dtype)));

    std::vector<ModelPart> parts = modelParts(info);
    m_bar->setParts(parts);
    m_parts->setParts(std::move(parts));
    fitTable();
    showFacts(info);
}

void OverviewView::showFacts(const ModelInfo &info)
{
    while (m_facts->rowCount() > 0) {
        m_facts->removeRow(0);
    }
    addFact(tr("Family"), QString::fromStdString(info.family));
    addFact(tr("Blocks"), formatCount(info.blocks));
    if (info.hiddenSize > 0) {
        addFact(tr("Hidden size"), formatCount(info.hiddenSize));
    }
    if (info.vocabularySize > 0) {
        addFact(tr("Vocabulary"), tr("%1 tokens").arg(formatCount(info.vocabularySize)));
    }
    if (info.contextLength > 0) {
        addFact(tr("Context"), tr("%1 tokens").arg(formatCount(info.contextLength)));
    }
    addFact(tr("Tokenizer"),
            info.tokenizer.empty() ? tr("None found") : QString::fromStdString(info.tokenizer));
    addFact(tr("Head"), info.hasTiedHead ? tr("Shares the embedding's weights") : tr("Its own"));
    addFact(tr("Can be run"),
            info.runnable ? tr("Yes") : tr("No: %1").arg(QString::fromStdString(info.problem)));
}

void OverviewView::addFact(const QString &name, const QString &value)
{
    auto *label = new QLabel(name, this);
    label->setForegroundRole(QPalette::PlaceholderText);
    auto *text = new QLabel(value, this);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->addRow(label, text);
}

void OverviewView::fitTable()
{
    // All rows show: the page scrolls, not the table.
    const int rows = m_parts->rowCount() * m_table->verticalHeader()->defaultSectionSize();
    m_table->setFixedHeight(rows + m_table->horizontalHeader()->sizeHint().height()
                            + space(this, 1));
}

void OverviewView::changeEvent(QEvent *event)
{
    View::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        m_parts->setColors(PartsBar::colors(palette()));
    } else if (event->type() == QEvent::FontChange) {
        fitTable();
    }
}

} // namespace bitprism
