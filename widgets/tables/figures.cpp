// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/figures.h"

#include "core/report/numbers.h"
#include "widgets/shared/format.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace bitprism {

namespace {

/// The core writes numbers for documents, with a full stop; the window follows the locale.
QString localized(const std::string &text)
{
    QString result = QString::fromStdString(text);
    const QString point = QLocale().decimalPoint();
    return point == u"." ? result : result.replace(u'.', point);
}

} // namespace

QString formatFigure(const std::optional<double> &value)
{
    return localized(numbers::plain(value));
}

QString formatMeasured(const std::optional<double> &value, const std::optional<double> &error)
{
    return value ? localized(numbers::withError(*value, error.value_or(0))) : notMeasured();
}

QString formatDifference(const std::optional<double> &value, const std::optional<double> &error)
{
    return localized(numbers::difference(value, error));
}

QString formatSeconds(const std::optional<double> &seconds)
{
    if (!seconds || !std::isfinite(*seconds)) {
        return notMeasured();
    }
    constexpr double fewSeconds = 9.5; // below, the parts of one still say something, as in reports
    if (*seconds < fewSeconds) {
        return QCoreApplication::translate("Format", "%1 s")
            .arg(QLocale().toString(*seconds, 'f', 2));
    }
    return formatSeconds(*seconds);
}

} // namespace bitprism
