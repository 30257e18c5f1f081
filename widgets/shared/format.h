// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>

class QDateTime;

namespace bitprism {

/// Numbers as the window shows them, in the user's locale. What was not measured is an en dash.

/// Decimal units with three significant digits, as model hubs count: "1.84 GB".
QString formatBytes(std::int64_t bytes);
/// All digits, grouped: "5,243,136".
QString formatCount(std::int64_t count);
/// Three significant digits above ten thousand: "5.24 M", "6.74 B".
QString formatCompactCount(std::int64_t count);
/// Average bits: two decimals, none for whole numbers.
QString formatBits(double bits);
QString formatBits(const std::optional<double> &bits);
/// A share of one as per cent: "12.5 %".
QString formatShare(double share);
/// How far something is, in whole per cent: "43 %".
QString formatProgress(double share);
/// Seconds under 90 ("40 s"), then "2 min 10 s", then "3 h 5 min".
QString formatSeconds(double seconds);

/// A moment in the user's time zone, the same form in all English: "26 Nov 2026 16:33".
QString formatTime(const QDateTime &moment);

QString notMeasured();

} // namespace bitprism
