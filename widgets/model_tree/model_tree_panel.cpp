// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/model_tree/model_tree_panel.h"

#include "core/results/sensitivity_table.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_follower.h"
#include "widgets/jobs/run_library.h"
#include "widgets/model_tree/layer_name_delegate.h"
#include "widgets/model_tree/measure_delegate.h"
#include "widgets/model_tree/model_tree_model.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/quiet_focus.h"
#include "widgets/shared/row_delegate.h"
#include "widgets/shared/selection.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QVBoxLayout>

namespace bitprism {

namespace {

/// The KL divergence (or the weight error) at the smallest width.
ModelTreeModel::Measure layerMeasure(const SensitivityTable *table)
{
    ModelTreeModel::Measure measure;
    if (table == nullptr || table->widths.empty()) {
        return measure;
    }
    const int width = table->widths.front();
    const auto take = [&](std::optional<double> SensitivityCell::*figure) {
        for (const SensitivityCell &cell : table->cells) {
            if (cell.bits == width && cell.*figure) {
                measure.values[cell.layer] = *(cell.*figure);
            }
        }
        return !measure.values.empty();
    };
    if (take(&SensitivityCell::klDivergence)) {
        measure.title
            = ModelTreePanel::tr("KL divergence with this layer at %1 bits, nats per token")
                  .arg(width);
        //: the heading of a narrow column: a measure and its width
        measure.heading = ModelTreePanel::tr("KL, %n bits", nullptr, width);
    } else if (take(&SensitivityCell::weightMse)) { // of a model that cannot be run
        measure.title = ModelTreePanel::tr("Mean squared weight error at %1 bits").arg(width);
        measure.heading = ModelTreePanel::tr("Error, %n bits", nullptr, width);
    }
    return measure;
}

} // namespace

ModelTreePanel::ModelTreePanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new ModelTreeModel(this))
    , m_filter(new QSortFilterProxyModel(this))
    , m_filterText(new QLineEdit(this))
    , m_tree(new QTreeView(this))
{
    m_filter->setSourceModel(m_model);
    m_filter->setRecursiveFilteringEnabled(true);
    m_filter->setFilterRole(ModelTreeModel::layerRole);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filterText->setPlaceholderText(tr("Filter layers"));
    m_filterText->setAccessibleName(tr("Filter layers by name"));
    m_filterText->setClearButtonEnabled(true);
    m_filterText->setAcceptDrops(false); // the window opens what is dropped
    m_tree->setModel(m_filter);
    new QuietFocus(*m_tree);
    m_tree->setAccessibleName(tr("Blocks and layers of the model"));
    m_tree->setItemDelegate(new RowDelegate(m_tree));
    m_tree->setItemDelegateForColumn(ModelTreeModel::NameColumn, new LayerNameDelegate(m_tree));
    m_tree->setItemDelegateForColumn(ModelTreeModel::MeasureColumn, new MeasureDelegate(m_tree));
    setFocusProxy(m_filterText);
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(ModelTreeModel::NameColumn, QHeaderView::Stretch);
    m_tree->header()->setMinimumSectionSize(em(this, 3));
    m_tree->setColumnHidden(ModelTreeModel::KindColumn, true);
    m_tree->setColumnHidden(ModelTreeModel::ShapeColumn, true);
    m_tree->setColumnHidden(ModelTreeModel::MeasureColumn, true); // until something is measured
    m_tree->setColumnHidden(ModelTreeModel::BitsColumn, true); // the tooltip says all three
    m_tree->setTextElideMode(Qt::ElideMiddle);
    m_tree->setIndentation(space(this, 3));
    m_tree->setColumnWidth(ModelTreeModel::MeasureColumn, em(this, 7));

    auto *layout = new QVBoxLayout(this);
    const int margin = space(this, 1);
    layout->setContentsMargins(margin, margin, margin, 0);
    layout->setSpacing(margin);
    layout->addWidget(m_filterText);
    layout->addWidget(m_tree);

    connect(m_filterText, &QLineEdit::textChanged, this, &ModelTreePanel::takeFilter);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ModelTreePanel::takeCurrent);
    connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex &block) {
        if (m_opened == block) {
            m_opened = QPersistentModelIndex();
        }
    });
    connect(context.selection, &Selection::layerChanged, this, &ModelTreePanel::showLayer);
    connect(context.project, &Project::changed, this, &ModelTreePanel::showProject);
    auto *follower
        = new RunFollower(context, SensitivityTable::kind, RunFollower::Otherwise::Newest, this);
    connect(follower, &RunFollower::changed, this, &ModelTreePanel::showMeasure);
    showProject();
    showMeasure(); // known already where the window is made anew, in another language
}

/// Of one sensitivity, and of no other: bars of two runs cannot be compared.
void ModelTreePanel::showMeasure()
{
    RunLibrary &library = *m_context.library;
    const QString run = settledRun(m_context, SensitivityTable::kind);
    const auto table = library.resultOf<SensitivityTable>(run);
    if (!table && library.stateOf(run, SensitivityTable::kind) == RunLibrary::State::Loading) {
        return; // what is there stays until it is read
    }
    ModelTreeModel::Measure measure = layerMeasure(table.get());
    measure.source
        = sourceOf(run, table && table->complete, static_cast<int>(measure.values.size()));
    if (table == m_measured && measure.source == m_source) {
        return;
    }
    m_measured = table;
    m_source = measure.source;
    // The names have more use for the room of an empty column.
    m_tree->setColumnHidden(ModelTreeModel::MeasureColumn, measure.values.empty());
    m_model->setMeasure(std::move(measure));
}

/// What the bars are, in words: the run, and whether it has come to all layers.
QString ModelTreePanel::sourceOf(const QString &run, bool isComplete, int measured) const
{
    const store::RunRecord *record = m_context.project->findRun(run);
    const QString name = record == nullptr ? run : QString::fromStdString(record->name);
    //: a run's name, and how much of it is measured
    return isComplete ? name : tr("%1, %n layers measured so far", nullptr, measured).arg(name);
}

void ModelTreePanel::showProject()
{
    if (m_context.project->state() == Project::State::Loading) { // another model's figures
        m_measured.reset();
        m_source.clear();
        m_model->setMeasure({});
    }
    m_model->setModelInfo(m_context.project->model());
    m_filterText->setEnabled(m_context.project->model() != nullptr);
    const QModelIndex first = m_filter->index(0, 0);
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        if (m_filter->rowCount(m_filter->index(row, 0)) > 0) {
            m_tree->expand(m_filter->index(row, 0)); // the first block, as an example of all
            break;
        }
    }
    m_tree->resizeColumnToContents(ModelTreeModel::SizeColumn); // of the rows that show
    m_tree->scrollTo(first);
}

void ModelTreePanel::showLayer(const QString &layer)
{
    const QModelIndex index = m_filter->mapFromSource(m_model->indexOfLayer(layer));
    if (!index.isValid() || index == m_tree->currentIndex().siblingAtColumn(0)) {
        return;
    }
    const QModelIndex block = index.parent();
    if (m_opened.isValid() && m_opened != block) {
        m_tree->collapse(m_opened); // going through the blocks would open them all
        m_opened = QPersistentModelIndex();
    }
    if (block.isValid() && !m_tree->isExpanded(block)) {
        m_opened = block;
    }
    m_tree->setCurrentIndex(index);
}

void ModelTreePanel::takeCurrent(const QModelIndex &current)
{
    const QString layer = current.data(ModelTreeModel::layerRole).toString();
    if (!layer.isEmpty()) {
        m_context.selection->setLayer(layer);
    }
}

void ModelTreePanel::takeFilter(const QString &text)
{
    m_filter->setFilterFixedString(text);
    if (!text.isEmpty()) {
        m_tree->expandAll();
    }
}

} // namespace bitprism
