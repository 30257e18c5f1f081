// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/qcustomplot_header.h"

namespace bitprism {

/// At most six labelled ticks at round numbers; on a logarithmic axis at decades where there are
/// two or more of them.
class NumberTicker final : public QCPAxisTicker
{
public:
    NumberTicker(bool isLog, bool isInteger)
        : m_isLog(isLog)
        , m_isInteger(isInteger)
    {
        setTickCount(mostLabels);
    }

    static constexpr int mostLabels = 6; ///< fewer by setTickCount(), on a short axis

    /// The lower `share` of the axis stands for all that is zero or below: one label, no decades.
    void setEdge(double share) { m_edge = share; }

    void generate(const QCPRange &range, const QLocale &locale, QChar formatChar, int precision,
                  QVector<double> &ticks, QVector<double> *subTicks,
                  QVector<QString> *tickLabels) override;

private:
    void makeLinear(const QCPRange &range, const QLocale &locale, QVector<double> &ticks,
                    QVector<QString> &labels) const;
    bool makeDecades(const QCPRange &range, const QLocale &locale, QVector<double> &ticks,
                     QVector<double> &subTicks, QVector<QString> &labels) const;

    bool m_isLog;
    bool m_isInteger;
    double m_edge = 0;
};

/// Labels at given places.
class ListTicker final : public QCPAxisTicker
{
public:
    void setTicks(QVector<double> places, QVector<QString> labels);
    void generate(const QCPRange &range, const QLocale &locale, QChar formatChar, int precision,
                  QVector<double> &ticks, QVector<double> *subTicks,
                  QVector<QString> *tickLabels) override;

private:
    QVector<double> m_places;
    QVector<QString> m_labels;
};

} // namespace bitprism
