// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/distribution_panel.h"

#include "widgets/outliers/outlier_charts.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/metrics.h"

#include <QSplitter>
#include <QVBoxLayout>

namespace bitprism {

DistributionPanel::DistributionPanel(QWidget *parent)
    : QWidget(parent)
    , m_inputs(new LinePlot(this))
    , m_weights(new LinePlot(this))
{
    m_inputs->setAxes({tr("value of the input")}, {tr("share of values, %"), true});
    m_weights->setAxes({tr("weight")}, {tr("share of weights, %"), true});
    auto *parts = new QSplitter(Qt::Horizontal, this);
    parts->addWidget(m_inputs);
    parts->addWidget(m_weights);
    parts->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->addWidget(parts);
}

void DistributionPanel::showLayer(const LayerOutliers &layer, const ComponentChoice &activations)
{
    const bool hasInputs = !layer.inputHistogram.counts.empty();
    m_inputs->setTitle(hasInputs ? tr("Values of the layer's input, share in each of %1 bins")
                                       .arg(shownBins(layer.inputHistogram))
                                 : tr("Values of the layer's input: not measured, the weights "
                                      "alone are known"));
    const std::optional<ActivationGrid> grid = activationGrid(activations, layer);
    m_inputs->setContext(grid ? gridSentence(*grid)
                              : tr("The recipe leaves inputs of layers as they are."));
    m_inputs->setReferenceLines(grid ? gridLines(*grid) : std::vector<ReferenceLine>());
    m_inputs->setSeries({histogramSeries(layer.inputHistogram, tr("input"))});
    m_weights->setTitle(
        tr("Weights of the layer, share in each of %1 bins").arg(shownBins(layer.weightHistogram)));
    m_weights->setContext({});
    m_weights->setReferenceLines({});
    m_weights->setSeries({histogramSeries(layer.weightHistogram, tr("weights"))});
}

void DistributionPanel::showWeights(const std::optional<LayerWeights> &weights,
                                    const QString &problem)
{
    std::vector<ReferenceLine> lines;
    for (const double level : weights ? weights->levels : std::vector<double>()) {
        lines.push_back({level, Qt::Vertical, {}});
    }
    m_weights->setContext(
        !weights ? problem
            : lines.empty()
            ? (weights->bits > 0 ? tr("%n bits in the recipe", nullptr, weights->bits)
                                 : tr("The recipe leaves this layer as it is."))
            : tr("dashed: the %1 values of a typical group, %2 bits, group size %3")
                  .arg(weights->levels.size())
                  .arg(weights->bits)
                  .arg(weights->groupSize));
    m_weights->setReferenceLines(std::move(lines));
}

} // namespace bitprism
