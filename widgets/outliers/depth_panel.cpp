// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/depth_panel.h"

#include "widgets/outliers/block_model.h"
#include "widgets/outliers/outlier_charts.h"
#include "widgets/plot/depth_axis.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/metrics.h"
#include "widgets/tables/data_table.h"

#include <QComboBox>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

namespace bitprism {

DepthPanel::DepthPanel(QWidget *parent)
    : QWidget(parent)
    , m_measure(new QComboBox(this))
    , m_plot(new LinePlot(this))
    , m_model(new BlockModel(this))
    , m_table(new DataTable(tr("Massive activations and attention sinks"), this))
    , m_none(new QLabel(this))
{
    for (const DepthMeasure measure : depthMeasures) {
        m_measure->addItem(measureName(measure));
        m_measure->setItemData(m_measure->count() - 1, measureDefinition(measure), Qt::ToolTipRole);
    }
    m_measure->setAccessibleName(tr("What is drawn by depth"));
    m_plot->setClickHint(tr("Click: choose the layer."));
    m_plot->setRankedAmong(tr("all layers"));
    m_table->setModel(m_model);
    auto *left = new QWidget(this);
    auto *leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins({});
    leftLayout->setSpacing(space(this, 1));
    auto *line = new QHBoxLayout;
    line->setSpacing(space(this, 2));
    auto *label = new QLabel(tr("&By depth"), left);
    label->setBuddy(m_measure);
    line->addWidget(label);
    line->addWidget(m_measure);
    line->addStretch(1);
    leftLayout->addLayout(line);
    leftLayout->addWidget(m_plot, 1);
    auto *parts = new QSplitter(Qt::Horizontal, this);
    parts->addWidget(left);
    m_none->setWordWrap(true);
    m_none->setAlignment(Qt::AlignCenter);
    m_none->setMargin(space(this, 4));
    m_none->setForegroundRole(QPalette::PlaceholderText);
    parts->addWidget(m_table);
    parts->addWidget(m_none);
    parts->setSizes({em(this, 48), em(this, 42), em(this, 42)});
    parts->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->addWidget(parts);
    connect(m_measure, &QComboBox::currentIndexChanged, this, &DepthPanel::showPlot);
    connect(m_plot, &PlotFrame::clicked, this, &DepthPanel::layerChosen);
}

void DepthPanel::showTable(std::shared_ptr<const OutlierTable> table,
                           std::shared_ptr<const ModelInfo> model)
{
    if (table == m_result && model == m_info) {
        return;
    }
    m_result = std::move(table);
    m_info = std::move(model);
    m_model->setBlocks(m_result ? m_result->blocks : std::vector<BlockOutliers>());
    const bool isEmpty = m_model->rowCount() == 0;
    m_table->setVisible(!isEmpty);
    m_none->setVisible(isEmpty);
    m_none->setText(!m_result || !m_result->complete
                        ? tr("Massive activations and attention sinks are listed here once the "
                             "whole model was measured.")
                        : m_result->isOfWeights
                        ? tr("The weights alone were analysed, so there are no tokens in which to "
                             "look for massive activations and attention sinks.")
                        : tr("No massive activations and no attention sinks in these tokens."));
    showPlot();
}

void DepthPanel::showPlot()
{
    const DepthMeasure measure
        = depthMeasures[static_cast<std::size_t>(qMax(0, m_measure->currentIndex()))];
    const bool isShare = measure == DepthMeasure::ErrorShare;
    PlotAxis values{measureName(measure), !isShare};
    values.startsAtZero = isShare;
    m_plot->setTitle(tr("%1 of every layer's input, by depth").arg(measureName(measure)));
    m_plot->setAxes(depthAxis(m_info.get()), values);
    m_plot->setSeries(m_result ? outliersByDepth(*m_result, m_info.get(), measure)
                               : std::vector<PlotSeries>());
}

void DepthPanel::showLayer(const QString &layer)
{
    m_plot->setSelected(layer.isEmpty() ? QStringList() : QStringList(layer));
}

} // namespace bitprism
