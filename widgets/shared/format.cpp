// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/format.h"

#include <QCoreApplication>
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

QString notMeasured() { return QStringLiteral("\u2013"); }

} // namespace bitprism
