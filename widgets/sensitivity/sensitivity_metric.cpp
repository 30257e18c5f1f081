// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sensitivity/sensitivity_metric.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

struct MetricTexts
{
    const char *name;
    const char *heading;
    const char *unit;
    const char *sentence;
    const char *definition;
};

const MetricTexts &textsOf(SensitivityMetric metric)
{
    static const std::array<MetricTexts, sensitivityMetrics.size()> texts{{
        {QT_TRANSLATE_NOOP("SensitivityMetric", "KL divergence"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "KL, nats"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "nats per token"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "KL divergence when only this layer is quantized, nats per token"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "How far the model's predictions move away from the unquantized "
                           "model's: the mean over tokens of D(reference, quantized).")},
        {QT_TRANSLATE_NOOP("SensitivityMetric", "Change in loss"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "Change in loss, nats"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "nats per token"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "Change in loss when only this layer is quantized, nats per token"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "Mean negative log likelihood with this layer quantized less that of "
                           "the unquantized model, on the same tokens.")},
        {QT_TRANSLATE_NOOP("SensitivityMetric", "Predicted change in loss"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "Predicted, nats"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "nats per token"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "Change in loss predicted from one gradient pass when only this layer "
                           "is quantized, nats per token"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "What the gradients of the loss say that quantizing this layer costs, "
                           "without running the quantized model.")},
        {QT_TRANSLATE_NOOP("SensitivityMetric", "Error of the model's output"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "Model's output"), "",
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "Error of the model's output when only this layer is quantized, as a "
                           "share of its square"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "For models that score nothing (an encoder, CLIP's towers): squared "
                           "change of their output, divided by the output's square.")},
        {QT_TRANSLATE_NOOP("SensitivityMetric", "Output error"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "Output error"), "",
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "Error of each layer's output, as a share of the output's square"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "Squared error of the layer's output on the calibration data, divided "
                           "by the output's square.")},
        {QT_TRANSLATE_NOOP("SensitivityMetric", "Weight error"),
         QT_TRANSLATE_NOOP("SensitivityMetric", "Weight error"), "",
         QT_TRANSLATE_NOOP("SensitivityMetric", "Mean squared error of each layer's weights"),
         QT_TRANSLATE_NOOP("SensitivityMetric",
                           "Mean over weights of the squared difference that quantizing makes.")},
    }};
    return texts[static_cast<std::size_t>(metric)];
}

QString translatedText(const char *text)
{
    return *text == '\0' ? QString() : QCoreApplication::translate("SensitivityMetric", text);
}

} // namespace

double metricValue(const SensitivityCell &cell, SensitivityMetric metric)
{
    switch (metric) {
    case SensitivityMetric::KlDivergence:
        return cell.klDivergence.value_or(none);
    case SensitivityMetric::DeltaNll:
        return cell.deltaNll.value_or(none);
    case SensitivityMetric::PredictedDeltaNll:
        return cell.predictedDeltaNll.value_or(none);
    case SensitivityMetric::ModelOutputError:
        return cell.modelOutputError.value_or(none);
    case SensitivityMetric::OutputError:
        return cell.outputMse.value_or(none);
    case SensitivityMetric::WeightError:
        return cell.weightMse.value_or(none);
    }
    return none;
}

double metricError(const SensitivityCell &cell, SensitivityMetric metric)
{
    switch (metric) {
    case SensitivityMetric::KlDivergence:
        return cell.klStandardError.value_or(none);
    case SensitivityMetric::DeltaNll:
        return cell.deltaNllStandardError.value_or(none);
    case SensitivityMetric::ModelOutputError:
        return cell.modelOutputStandardError.value_or(none);
    default:
        return none;
    }
}

SensitivityMetric measuredMetric(const SensitivityTable &table, SensitivityMetric wanted)
{
    const auto isMeasured = [&](SensitivityMetric metric) {
        return std::any_of(table.cells.begin(), table.cells.end(),
                           [metric](const SensitivityCell &cell) {
                               return std::isfinite(metricValue(cell, metric));
                           });
    };
    if (isMeasured(wanted)) {
        return wanted;
    }
    const auto found
        = std::find_if(sensitivityMetrics.begin(), sensitivityMetrics.end(), isMeasured);
    return found == sensitivityMetrics.end() ? wanted : *found;
}

bool isInsideNoise(const SensitivityCell &cell, SensitivityMetric metric)
{
    return std::abs(metricValue(cell, metric)) < metricError(cell, metric); // false with a NaN
}

bool isSigned(SensitivityMetric metric)
{
    return metric == SensitivityMetric::DeltaNll || metric == SensitivityMetric::PredictedDeltaNll;
}

QString metricName(SensitivityMetric metric) { return translatedText(textsOf(metric).name); }

QString metricHeading(SensitivityMetric metric) { return translatedText(textsOf(metric).heading); }

QString metricUnit(SensitivityMetric metric) { return translatedText(textsOf(metric).unit); }

QString metricSentence(SensitivityMetric metric)
{
    return translatedText(textsOf(metric).sentence);
}

QString metricDefinition(SensitivityMetric metric)
{
    return translatedText(textsOf(metric).definition);
}

QString metricAxis(SensitivityMetric metric)
{
    const QString unit = metricUnit(metric);
    return unit.isEmpty()
        ? metricName(metric)
        : QCoreApplication::translate("SensitivityMetric", "%1, %2").arg(metricName(metric), unit);
}

QString bitsText(int bits)
{
    return bits == 1 ? QCoreApplication::translate("SensitivityMetric", "1 bit")
                     : QCoreApplication::translate("SensitivityMetric", "%1 bits").arg(bits);
}

} // namespace bitprism
