// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/channel_panel.h"

#include "widgets/outliers/channel_model.h"
#include "widgets/outliers/outlier_charts.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/metrics.h"
#include "widgets/tables/data_table.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace bitprism {

ChannelPanel::ChannelPanel(QWidget *parent)
    : QWidget(parent)
    , m_plot(new LinePlot(this))
    , m_model(new ChannelModel(this))
    , m_table(new DataTable(tr("Largest channels of the layer"), this))
{
    m_plot->setClickHint(tr("Click: choose the channel."));
    m_table->setModel(m_model);
    auto *parts = new QSplitter(Qt::Horizontal, this);
    parts->addWidget(m_plot);
    parts->addWidget(m_table);
    parts->setSizes({em(this, 45), em(this, 45)});
    parts->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->addWidget(parts);
    connect(m_plot, &PlotFrame::clicked, this,
            [this](const QString &id) { Q_EMIT channelChosen(channelOf(id)); });
    connect(m_table, &DataTable::rowChosen, this,
            [this](int row) { Q_EMIT channelChosen(m_model->channel(row)); });
}

void ChannelPanel::showLayer(const LayerOutliers &layer, bool isOfWeights,
                             const std::vector<float> &gain)
{
    m_model->setLayer(layer);
    m_plot->setTitle(isOfWeights ? tr("Largest weight of each column, the largest first")
                                 : tr("Largest magnitude of each channel, the largest first"));
    m_plot->setContext(isOfWeights ? QString::fromStdString(layer.layer)
                                   : gainSentence(layer, gain));
    m_plot->setAxes(
        {tr("channels, the largest first"), true},
        {layer.norm.empty() ? tr("largest magnitude") : tr("largest magnitude, gain"), true});
    m_table->setColumnShown(ChannelModel::GainColumn, !layer.norm.empty());
    m_table->setColumnShown(ChannelModel::TokenColumn, !isOfWeights);
    m_plot->setSeries(channelsAndGain(layer, gain));
}

void ChannelPanel::showChannel(std::int64_t channel)
{
    m_plot->setSelected(channel < 0 ? QStringList() : QStringList(channelId(channel)));
    m_table->setCurrentRow(m_model->rowOf(channel));
}

} // namespace bitprism
