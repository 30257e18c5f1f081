// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/weights_histogram.h"

#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"

namespace bitprism {

WeightsHistogram::WeightsHistogram(QWidget *parent)
    : LinePlot(parent)
{
    setAxes({tr("weight")}, {tr("share of weights, %"), false, false, true});
    constexpr double leastEms = 10.5; // low, so that the table below is in sight
    setMinimumHeight(em(this, leastEms));
}

void WeightsHistogram::showWeights(const LayerWeights &weights)
{
    const Histogram &bins = weights.histogram;
    double total = 0;
    for (const std::int64_t count : bins.counts) {
        total += static_cast<double>(count);
    }
    PlotSeries series;
    series.name = tr("weights");
    series.line = SeriesLine::Step;
    series.hasMarkers = false;
    const double width = (bins.high - bins.low) / static_cast<double>(bins.counts.size());
    for (std::size_t i = 0; i < bins.counts.size(); ++i) {
        const double share = 100 * static_cast<double>(bins.counts[i]) / total;
        series.points.push_back({bins.low + (static_cast<double>(i) + 0.5) * width, share});
    }
    std::vector<ReferenceLine> levels;
    for (const double level : weights.levels) {
        levels.push_back({level, Qt::Vertical, {}});
    }
    setTitle(tr("Weights, share in each of %1 bins").arg(bins.counts.size()));
    setContext(contextOf(weights));
    setReferenceLines(std::move(levels));
    setSeries({series});
}

QString WeightsHistogram::contextOf(const LayerWeights &weights)
{
    QString context = weights.levels.empty() ? weights.bits > 0
            ? tr("%1 bits in the recipe").arg(weights.bits)
            : tr("The recipe leaves this layer as it is.")
                                             : tr("dashed: %1 values of a group of %3 at %2 bits")
                                                   .arg(weights.levels.size())
                                                   .arg(weights.bits)
                                                   .arg(weights.groupSize);
    if (weights.rowsRead < weights.rows) {
        context += QLatin1Char('\n')
            + tr("from %1 of %2 rows")
                  .arg(formatCount(weights.rowsRead), formatCount(weights.rows));
    }
    return context;
}

} // namespace bitprism
