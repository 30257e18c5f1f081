// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/sensitivity_table.h"

#include <QString>

#include <array>

namespace bitprism {

/// What of a sensitivity table is shown.
enum class SensitivityMetric
{
    KlDivergence,
    DeltaNll,
    PredictedDeltaNll,
    ModelOutputError, ///< where the model scores nothing
    OutputError,
    WeightError
};

inline constexpr std::array sensitivityMetrics{
    SensitivityMetric::KlDivergence,      SensitivityMetric::DeltaNll,
    SensitivityMetric::PredictedDeltaNll, SensitivityMetric::ModelOutputError,
    SensitivityMetric::OutputError,       SensitivityMetric::WeightError};

/// NaN where it was not measured (yet).
double metricValue(const SensitivityCell &cell, SensitivityMetric metric);
/// NaN where the metric has no standard error.
double metricError(const SensitivityCell &cell, SensitivityMetric metric);
/// `wanted` where any cell has it, else the first metric that one has: a model that scores nothing
/// has no divergence, and one that cannot be run has errors of weights only.
SensitivityMetric measuredMetric(const SensitivityTable &table, SensitivityMetric wanted);
/// The value is below its standard error: it cannot be told from nothing.
bool isInsideNoise(const SensitivityCell &cell, SensitivityMetric metric);
/// A change, which may be for the better: zero is in the middle of its colours.
bool isSigned(SensitivityMetric metric);

QString metricName(SensitivityMetric metric); ///< "KL divergence"
QString metricUnit(SensitivityMetric metric); ///< "nats per token"; empty: none
QString metricSentence(SensitivityMetric metric); ///< title of a plot
QString metricDefinition(SensitivityMetric metric); ///< tooltip
/// "KL, nats": of a column.
QString metricHeading(SensitivityMetric metric);
/// Name and unit, as it stands on an axis.
QString metricAxis(SensitivityMetric metric);

/// "3 bits", in the right number.
QString bitsText(int bits);

} // namespace bitprism
