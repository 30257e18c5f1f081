// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/axis_ticker.h"

#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"

#include <cmath>

namespace bitprism {

namespace {

/// The smallest of 1, 2, 2.5, 5 times a power of ten that leaves at most `labels` ticks.
double niceStep(double span, bool isInteger, int labels)
{
    const double least = span / std::max(1, labels - 1);
    const double magnitude = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0}) {
        const double step = factor * magnitude;
        const bool isAllowed = !isInteger || (step >= 1 && step == std::round(step));
        if (isAllowed && step >= least * 0.999999) {
            return step;
        }
    }
    return isInteger ? 1 : 10 * magnitude;
}

/// Where the axis goes to both sides of zero, small enough for a label on either if that takes no
/// more than `labels`.
double stepFor(const QCPRange &range, bool isInteger, int labels)
{
    const double step = niceStep(range.size(), isInteger, labels);
    const double side = std::min(-range.lower, range.upper);
    if (!(side > 0) || side >= step) {
        return step;
    }
    for (int more = labels + 1; more <= 2 * NumberTicker::mostLabels; ++more) {
        const double finer = niceStep(range.size(), isInteger, more);
        const double count = std::floor(range.upper / finer) - std::ceil(range.lower / finer) + 1;
        if (side >= finer) {
            return count <= labels ? finer : step;
        }
    }
    return step;
}

/// The minus of typography in place of the keyboard's.
QString withMinus(QString number) { return number.replace(QLatin1Char('-'), QChar(u'\u2212')); }

/// Plain where all decades are easily read so, as powers of ten elsewhere.
QString decadeLabel(int decade, bool isPlain, const QLocale &locale)
{
    return isPlain ? locale.toString(std::pow(10, decade), 'f', std::max(-decade, 0))
                   : powerOfTen(decade);
}

} // namespace

void NumberTicker::generate(const QCPRange &range, const QLocale &locale, QChar, int,
                            QVector<double> &ticks, QVector<double> *subTicks,
                            QVector<QString> *tickLabels)
{
    QVector<double> minor;
    QVector<QString> labels;
    ticks.clear();
    if (!(range.size() > 0) || !std::isfinite(range.size())) {
        return;
    }
    const bool hasEdge = m_isLog && m_edge > 0 && range.lower > 0;
    const auto inside = [&](double share) { // of the axis
        return hasEdge ? range.lower * std::pow(range.upper / range.lower, share) : range.lower;
    };
    const QCPRange rest(inside(m_edge), range.upper);
    if (!m_isLog || !makeDecades(rest, locale, ticks, minor, labels)) {
        makeLinear(rest, locale, ticks, labels);
    }
    if (hasEdge) {
        ticks.prepend(inside(m_edge / 2));
        labels.prepend(QStringLiteral("\u2264 0"));
    }
    if (subTicks != nullptr) {
        *subTicks = minor;
    }
    if (tickLabels != nullptr) {
        *tickLabels = labels;
    }
}

void NumberTicker::makeLinear(const QCPRange &range, const QLocale &locale, QVector<double> &ticks,
                              QVector<QString> &labels) const
{
    const double step = stepFor(range, m_isInteger, mTickCount);
    const double largest = std::max(std::abs(range.lower), std::abs(range.upper));
    constexpr double mostDigits = 1e7;
    const bool isPlain = step >= 0.99e-4 && largest < mostDigits;
    const double third = std::pow(10, std::floor(std::log10(largest)) - 2); // digit that is shown
    const bool isCompact = largest >= mostDigits && largest < 1e17
        && std::abs(step / third - std::round(step / third)) < 1e-6;
    // A step of 2.5 needs a digit more than its magnitude says.
    int decimals = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
    const double scaled = step * std::pow(10, decimals);
    decimals += std::abs(scaled - std::round(scaled)) > 1e-6 ? 1 : 0;
    for (double place = std::ceil(range.lower / step - 1e-9); place <= range.upper / step + 1e-9;
         ++place) {
        const double value = place * step;
        ticks.append(value);
        labels.append(value == 0      ? QStringLiteral("0")
                          : isPlain   ? withMinus(locale.toString(value, 'f', decimals))
                          : isCompact ? (value < 0 ? QString(u'\u2212') : QString())
                              + formatCompactCount(std::llround(std::abs(value)))
                                      : withMinus(locale.toString(value, 'g', 3)));
    }
}

bool NumberTicker::makeDecades(const QCPRange &range, const QLocale &locale, QVector<double> &ticks,
                               QVector<double> &subTicks, QVector<QString> &labels) const
{
    if (range.lower <= 0) {
        return false;
    }
    const int first = static_cast<int>(std::ceil(std::log10(range.lower) - 1e-9));
    const int last = static_cast<int>(std::floor(std::log10(range.upper) + 1e-9));
    if (last - first < 1) {
        return false;
    }
    const int stride = (last - first) / mTickCount + 1;
    const bool isPlain = first >= -3 && last <= 5;
    for (int decade = first; decade <= last; decade += stride) {
        ticks.append(std::pow(10, decade));
        labels.append(decadeLabel(decade, isPlain, locale));
    }
    for (int decade = first - 1; stride == 1 && decade <= last; ++decade) {
        for (int factor = 2; factor <= 9; ++factor) {
            subTicks.append(factor * std::pow(10, decade));
        }
    }
    return true;
}

void ListTicker::setTicks(QVector<double> places, QVector<QString> labels)
{
    m_places = std::move(places);
    m_labels = std::move(labels);
}

void ListTicker::generate(const QCPRange &range, const QLocale &, QChar, int,
                          QVector<double> &ticks, QVector<double> *subTicks,
                          QVector<QString> *tickLabels)
{
    ticks.clear();
    QVector<QString> labels;
    for (qsizetype i = 0; i < m_places.size(); ++i) {
        if (range.contains(m_places.at(i))) {
            ticks.append(m_places.at(i));
            labels.append(m_labels.at(i));
        }
    }
    if (subTicks != nullptr) {
        subTicks->clear();
    }
    if (tickLabels != nullptr) {
        *tickLabels = labels;
    }
}

} // namespace bitprism
