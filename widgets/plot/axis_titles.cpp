// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/axis_titles.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct AxisTexts
{
    Q_DECLARE_TR_FUNCTIONS(Plot)
};

/// Two lines, as even as words allow, or where a language has no spaces its commas and brackets.
QString inTwoLines(const QString &title)
{
    static const QRegularExpression breaks(
        QStringLiteral(" |(?<=[\uff0c\uff1b\uff1a])|(?=\uff08)"));
    const auto middle = title.size() / 2;
    qsizetype start = -1; // of what the line break stands for
    qsizetype end = -1;
    for (auto all = breaks.globalMatch(title); all.hasNext();) {
        const QRegularExpressionMatch found = all.next();
        if (start < 0 || std::abs(found.capturedStart() - middle) < std::abs(start - middle)) {
            start = found.capturedStart();
            end = found.capturedEnd();
        }
    }
    return start < 0 ? title : title.left(start) + QLatin1Char('\n') + title.mid(end);
}

} // namespace

QString axisTitle(const PlotAxis &info)
{
    //: the title of an axis, which may name a unit
    return info.isLog && !info.title.isEmpty() ? AxisTexts::tr("%1 (logarithmic)").arg(info.title)
                                               : info.title;
}

QString fittingTitle(const PlotAxis &info, const QFontMetrics &metrics, int length)
{
    QStringList forms{axisTitle(info)};
    if (info.isLog && !info.title.isEmpty()) {
        //: the title of an axis, short form of "(logarithmic)"
        forms.append(AxisTexts::tr("%1 (log)").arg(info.title));
    }
    for (const QString &form : QStringList(forms)) {
        forms.append(inTwoLines(form));
    }
    for (const QString &form : std::as_const(forms)) {
        const QStringList lines = form.split(QLatin1Char('\n'));
        if (std::all_of(lines.begin(), lines.end(), [&](const QString &line) {
                return metrics.horizontalAdvance(line) <= length;
            })) {
            return form;
        }
    }
    QStringList lines = forms.last().split(QLatin1Char('\n'));
    for (QString &line : lines) {
        line = metrics.elidedText(line, Qt::ElideMiddle, length);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace bitprism
