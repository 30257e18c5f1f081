// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_text.h"

#include "widgets/shared/text.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr int significantDigits = 4;
constexpr int leastForPercentiles = 10;
constexpr double smallest = 1e-4; ///< written without an exponent

/// The context of this file's texts.
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Plot)
};

/// Digits after the point that show `digits` significant ones.
int decimalsFor(double value, int digits)
{
    const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value))));
    return std::max(digits - 1 - magnitude, 0);
}

QString withExponent(double value, int decimals)
{
    const QLocale locale;
    return locale.toString(value, 'e', decimals).replace(locale.exponential(), QLatin1String("e"));
}

/// The minus of typography in place of the keyboard's.
QString withMinus(QString number) { return number.replace(QLatin1Char('-'), QChar(u'\u2212')); }

/// `digits` significant ones; below `least` with an exponent.
QString withDigits(double value, int digits, double least)
{
    if (!std::isfinite(value)) {
        return QStringLiteral("\u2013");
    }
    if (value == 0) {
        return QStringLiteral("0");
    }
    const QLocale locale;
    const double size = std::abs(value);
    if (size < least || size >= 1e7) {
        return withExponent(value, digits - 1);
    }
    if (value == std::round(value)) {
        return locale.toString(value, 'f', 0);
    }
    return locale.toString(value, 'f', decimalsFor(value, digits));
}

} // namespace

QString plotNumber(double value)
{
    return withMinus(withDigits(value, significantDigits, smallest));
}

QString decimalNumber(double value, int decimals)
{
    return withMinus(QLocale().toString(value, 'f', decimals));
}

QString powerOfTen(int exponent)
{
    static const QString digits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString text = exponent < 0 ? QStringLiteral("10⁻") : QStringLiteral("10");
    for (const QChar digit : QString::number(std::abs(exponent))) {
        text += digits.at(digit.digitValue());
    }
    return text;
}

Notation commonNotation(const std::vector<double> &values, int digits, int least)
{
    double largest = 0;
    double smallest = std::numeric_limits<double>::infinity();
    for (const double value : values) {
        if (std::isfinite(value) && value != 0) {
            largest = std::max(largest, std::abs(value));
            smallest = std::min(smallest, std::abs(value));
        }
    }
    if (largest == 0) {
        return {};
    }
    const int mostDecimals = least > 0 ? 4 : 7;
    const int decimals = least > 0
        ? std::max(decimalsFor(largest, digits), decimalsFor(smallest, least))
        : decimalsFor(largest, digits);
    const bool isExponent = decimals > mostDecimals || largest >= 1e7;
    return {isExponent ? digits - 1 : decimals, isExponent};
}

QString notedNumber(double value, const Notation &notation)
{
    if (!std::isfinite(value)) {
        return QStringLiteral("\u2013");
    }
    if (value == 0) {
        return QStringLiteral("0");
    }
    const double shown = std::abs(value) < 0.5 * std::pow(10, -notation.decimals) ? 0 : value;
    return withMinus(notation.isExponent ? withExponent(value, notation.decimals)
                                         : QLocale().toString(shown, 'f', notation.decimals));
}

QString notedNumber(double value, double standardError, const Notation &notation)
{
    if (!std::isfinite(value) || !std::isfinite(standardError) || standardError <= 0) {
        return notedNumber(value, notation);
    }
    if (!notation.isExponent) {
        return plotNumber(value, standardError);
    }
    const double largest = std::max(std::abs(value), standardError);
    const int exponent = static_cast<int>(std::floor(std::log10(largest)));
    const double unit = std::pow(10, exponent);
    const int decimals = std::min(decimalsFor(standardError / unit, 2), significantDigits - 1);
    const QLocale locale;
    const QString sign = exponent < 0 ? QString(u'\u2212') : QStringLiteral("+");
    //: a value and its standard error, both times the same power of ten
    return Texts::tr("(%1 ± %2)e%3")
        .arg(withMinus(locale.toString(value / unit, 'f', decimals)),
             locale.toString(standardError / unit, 'f', decimals),
             sign + QStringLiteral("%1").arg(std::abs(exponent), 2, 10, QLatin1Char('0')));
}

QString signedNotedNumber(double value, const Notation &notation)
{
    const QString text = notedNumber(value, notation);
    const bool isZero
        = !notation.isExponent && std::abs(value) < 0.5 * std::pow(10, -notation.decimals);
    return value > 0 && !isZero ? QLocale().positiveSign() + text : text;
}

QString plotNumber(double value, double standardError)
{
    if (!std::isfinite(value) || !std::isfinite(standardError) || standardError <= 0) {
        return plotNumber(value);
    }
    const QLocale locale;
    // Two digits of the error say how many of the value are worth reading.
    const int decimals = decimalsFor(standardError, 2);
    if (decimals > 7 || std::abs(value) >= 1e7) {
        return Texts::tr("%1 ± %2").arg(plotNumber(value),
                                        withMinus(withExponent(standardError, 1)));
    }
    // What rounds to zero has no sign.
    const double shown = std::abs(value) < 0.5 * std::pow(10, -decimals) ? 0 : value;
    return Texts::tr("%1 ± %2").arg(withMinus(locale.toString(shown, 'f', decimals)),
                                    locale.toString(standardError, 'f', decimals));
}

QString signedPlotNumber(double value)
{
    if (!std::isfinite(value) || value == 0) {
        return plotNumber(value);
    }
    return (value > 0 ? QLocale().positiveSign() : QString(u'\u2212'))
        + plotNumber(std::abs(value));
}

QString signedPlotNumber(double value, const std::optional<double> &standardError)
{
    const QString text = plotNumber(value, standardError.value_or(0));
    return value > 0 ? QLocale().positiveSign() + text : text;
}

QString rankText(int rank, int total, const QString &among)
{
    const int tens = rank % 100;
    const int ones = tens >= 11 && tens <= 13 ? 0 : rank % 10;
    const char *const forms[] = {
        //: place among all: "4th of 42"
        QT_TRANSLATE_NOOP("Plot", "%1th of %2"),
        //: place among all: "1st of 42"
        QT_TRANSLATE_NOOP("Plot", "%1st of %2"),
        //: place among all: "2nd of 42"
        QT_TRANSLATE_NOOP("Plot", "%1nd of %2"),
        //: place among all: "3rd of 42"
        QT_TRANSLATE_NOOP("Plot", "%1rd of %2"),
    };
    const QLocale locale;
    const QString text
        = Texts::tr(forms[ones <= 3 ? ones : 0]).arg(locale.toString(rank), locale.toString(total));
    //: a place among all, and what these are: "2nd of 16 among the layers shown"
    return among.isEmpty() ? text : Texts::tr("%1 among %2").arg(text, among);
}

QString percentileText(int rank, int total)
{
    if (total < leastForPercentiles) {
        return QStringLiteral("\u2013");
    }
    // Half of each value lies below itself; percentiles go from 1 to 99.
    return QLocale().toString(qBound(1, qRound(100 * (total - rank + 0.5) / total), 99));
}

QString standingText(int rank, int total, const QString &among)
{
    const QString text = rankText(rank, total, among);
    //: a place among all, and the share of them that is smaller: "3rd of 42 (percentile 94)"
    return total < leastForPercentiles
        ? text
        : Texts::tr("%1 (percentile %2)").arg(text, percentileText(rank, total));
}

std::pair<int, int> rankAmong(double value, const std::vector<double> &values)
{
    int rank = 1;
    int total = 0;
    for (const double other : values) {
        total += std::isfinite(other) ? 1 : 0;
        rank += std::isfinite(other) && other > value ? 1 : 0;
    }
    return {rank, total};
}

QString PlotReading::text() const
{
    QStringList parts{headline};
    for (const auto &[name, value] : values) {
        parts.append(name.isEmpty() ? value : Texts::tr("%1: %2").arg(name, value));
    }
    parts.append(rank);
    parts.append(note);
    parts.removeAll(QString());
    return listText(parts);
}

QString PlotTable::toTsv() const
{
    const auto line = [](QStringList fields) {
        for (QString &field : fields) {
            field.replace(QLatin1Char('\t'), QLatin1Char(' '));
            field.replace(QLatin1Char('\n'), QLatin1Char(' '));
        }
        return fields.join(QLatin1Char('\t')) + QLatin1Char('\n');
    };
    QString text = line(header);
    for (const QStringList &row : rows) {
        text += line(row);
    }
    return text;
}

QString errorTitle(const QString &quantity)
{
    return quantity.isEmpty() ? Texts::tr("standard error")
                              //: heading of a column: the standard error of the one before
                              : Texts::tr("standard error of: %1").arg(quantity);
}

QString exactNumber(double value)
{
    return std::isfinite(value) ? QString::number(value, 'g', QLocale::FloatingPointShortest)
                                : QString();
}

} // namespace bitprism
