// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <cmath>

namespace bitprism {

namespace {

/// Decimals that show `value` (at least 1) with three significant digits.
int decimalsFor(double value) { return value >= 100 ? 0 : value >= 10 ? 1 : 2; }

} // namespace

QString formatBytes(std::int64_t bytes)
{
    double scaled = static_cast<double>(bytes);
    while (scaled >= 1000) {
        scaled /= 1000;
    }
    return QLocale().formattedDataSize(bytes, bytes < 1000 ? 0 : decimalsFor(scaled),
                                       QLocale::DataSizeSIFormat);
}

QString formatCount(std::int64_t count)
{
    return QLocale().toString(static_cast<qlonglong>(count));
}

QString formatCompactCount(std::int64_t count)
{
    if (count < 10000) {
        return formatCount(count);
    }
    static const char *const forms[] = {
        //: thousands of weights
        QT_TRANSLATE_NOOP("Format", "%1 K"),
        //: millions of weights
        QT_TRANSLATE_NOOP("Format", "%1 M"),
        //: thousand millions of weights
        QT_TRANSLATE_NOOP("Format", "%1 B"),
        //: million millions of weights
        QT_TRANSLATE_NOOP("Format", "%1 T"),
    };
    double scaled = static_cast<double>(count) / 1000;
    std::size_t form = 0;
    while (scaled >= 999.5 && form + 1 < std::size(forms)) {
        scaled /= 1000;
        ++form;
    }
    return QCoreApplication::translate("Format", forms[form])
        .arg(QLocale().toString(scaled, 'f', decimalsFor(scaled)));
}

QString formatBits(double bits)
{
    const bool isWhole = bits == std::round(bits);
    return QLocale().toString(bits, 'f', isWhole ? 0 : 2);
}

QString formatBits(const std::optional<double> &bits)
{
    return bits ? formatBits(*bits) : notMeasured();
}

QString formatShare(double share)
{
    return QCoreApplication::translate("Format", "%1 %")
        .arg(QLocale().toString(share * 100, 'f', 1));
}

QString formatProgress(double share)
{
    return QCoreApplication::translate("Format", "%1 %").arg(static_cast<int>(share * 100));
}

QString formatSeconds(double seconds)
{
    const int secondsOfMinute = 60;
    const int secondsOfHour = 3600;
    const int shortest = 90; // below, seconds alone are easier to read
    if (seconds < 9.5) {
        return QCoreApplication::translate("Format", "%1 s")
            .arg(QLocale().toString(seconds, 'f', seconds < 0.95 ? 1 : 0));
    }
    const auto whole = static_cast<qlonglong>(std::llround(seconds));
    if (whole < shortest) {
        return QCoreApplication::translate("Format", "%1 s").arg(whole);
    }
    if (whole < secondsOfHour) {
        return QCoreApplication::translate("Format", "%1 min %2 s")
            .arg(whole / secondsOfMinute)
            .arg(whole % secondsOfMinute);
    }
    return QCoreApplication::translate("Format", "%1 h %2 min")
        .arg(whole / secondsOfHour)
        .arg(whole % secondsOfHour / secondsOfMinute);
}

QString formatTime(const QDateTime &moment)
{
    //: a date with a time, in the letters of QDateTime::toString()
    return QLocale().toString(moment.toLocalTime(),
                              QCoreApplication::translate("Format", "d MMM yyyy HH:mm"));
}

QString notMeasured() { return QStringLiteral("\u2013"); }

} // namespace bitprism
