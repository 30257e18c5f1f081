// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace bitprism {

/// Measured numbers as tables show them, in the user's locale; an en dash for what is missing.

/// Four significant digits.
QString formatFigure(const std::optional<double> &value);
/// The value to the error's second digit: "16.89 ± 0.41"; four digits where the error is unknown.
QString formatMeasured(const std::optional<double> &value, const std::optional<double> &error);
/// The same with its sign: "+0.31 ± 0.04".
QString formatDifference(const std::optional<double> &value, const std::optional<double> &error);
/// Under 90 in seconds, then "2 min 10 s".
QString formatSeconds(const std::optional<double> &seconds);

} // namespace bitprism
