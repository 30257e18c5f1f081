// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/run_headline.h"

#include "core/report/chart/charts.h"
#include "core/results/outlier_table.h"
#include "core/results/sensitivity_table.h"
#include "widgets/jobs/run_library.h"
#include "widgets/plot/plot_text.h"
#include "widgets/tables/task_title.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(RunHeadline)
};

QString rounded(double value)
{
    const int digits = 4;
    return QLocale().toString(value, 'g', digits);
}

QString headlineOf(const std::vector<store::HeadlineMetric> &metrics)
{
    for (const store::HeadlineMetric &metric : metrics) {
        if (metric.deltaNll) {
            const int decimals = 4;
            const QLocale locale;
            const QString sign = *metric.deltaNll < 0 ? QString() : QStringLiteral("+");
            const QString value = sign + locale.toString(*metric.deltaNll, 'f', decimals);
            return metric.deltaNllStandardError
                ? Texts::tr("loss %1 \u00b1 %2 nats per token")
                      .arg(value, locale.toString(*metric.deltaNllStandardError, 'f', decimals))
                : Texts::tr("loss %1 nats per token").arg(value);
        }
    }
    for (const store::HeadlineMetric &metric : metrics) {
        if (metric.value) {
            const QString text = QStringLiteral("%1 %2").arg(
                taskTitle(metric.task), rounded(*metric.value));
            return metric.baseline
                ? Texts::tr("%1, unquantized %2").arg(text, rounded(*metric.baseline))
                : text;
        }
    }
    return {};
}

QString headlineOf(const SensitivityTable &table)
{
    const chart::SensitivityMeasure measure = chart::measureOf(table);
    const SensitivityCell *worst = nullptr;
    for (const SensitivityCell &cell : table.cells) {
        const std::optional<double> value = measure.value(cell);
        const bool isSmallest = !table.widths.empty() && cell.bits == table.widths.front();
        if (value && isSmallest && (worst == nullptr || *value > *measure.value(*worst))) {
            worst = &cell;
        }
    }
    return worst == nullptr ? QString()
                            : Texts::tr("most sensitive at %1 bits: %2")
                                  .arg(worst->bits)
                                  .arg(shortLayerName(QString::fromStdString(worst->layer)));
}

QString headlineOf(const OutlierTable &table)
{
    const auto largest = std::max_element(
        table.layers.begin(), table.layers.end(),
        [](const LayerOutliers &a, const LayerOutliers &b) { return a.maxAbs < b.maxAbs; });
    if (largest == table.layers.end()) {
        return {};
    }
    return (table.isOfWeights ? Texts::tr("largest weight %1, in %2")
                              : Texts::tr("largest input %1, of %2"))
        .arg(rounded(largest->maxAbs), shortLayerName(QString::fromStdString(largest->layer)));
}

} // namespace

QString runHeadline(RunLibrary &library, const store::RunRecord &run)
{
    const QString id = QString::fromStdString(run.id);
    if (run.kind == SensitivityTable::kind) {
        const auto table = library.resultOf<SensitivityTable>(id);
        return table ? headlineOf(*table) : QString();
    }
    if (run.kind == OutlierTable::kind) {
        const auto table = library.resultOf<OutlierTable>(id);
        return table ? headlineOf(*table) : QString();
    }
    return headlineOf(run.metrics);
}

} // namespace bitprism
