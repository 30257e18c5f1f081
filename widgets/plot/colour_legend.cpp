// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/colour_legend.h"

#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/colour_map.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QCoreApplication>

namespace bitprism {

namespace {

constexpr int gradientStops = 64;

/// The context of this file's texts.
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(Plot)
};

} // namespace

ColourLegend::ColourLegend(PlotCanvas &canvas, int row, int column)
    : m_canvas(canvas)
    , m_bar(new QCPColorScale(&canvas))
{
    canvas.plotLayout()->addElement(row, column, m_bar);
    auto *group = new QCPMarginGroup(&canvas);
    canvas.axisRect()->setMarginGroup(QCP::msTop | QCP::msBottom, group);
    m_bar->setMarginGroup(QCP::msTop | QCP::msBottom, group);
    m_bar->setRangeDrag(false);
    m_bar->setRangeZoom(false);
}

void ColourLegend::setShown(bool shown) { m_bar->setVisible(shown); }

void ColourLegend::setScale(const ColourScale &scale, const QString &name)
{
    m_scale = scale;
    m_name = name;
    m_title = scale.isLog ? Texts::tr("%1 (logarithmic)").arg(name) : name;
    showValues();
    applyTheme();
}

void ColourLegend::showValues()
{
    if (m_scale.isLog && m_scale.isDiverging) {
        // The axis has no scale of this kind: it counts places, and is labelled with values.
        QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
        for (const double share : {-1.0, -0.1, -0.01, 0.0, 0.01, 0.1, 1.0}) {
            const double labelled = share * m_scale.high;
            ticker->addTick(m_scale.place(labelled), plotNumber(labelled));
        }
        m_bar->setDataScaleType(QCPAxis::stLinear);
        m_bar->setDataRange({0, 1});
        m_bar->axis()->setTicker(ticker);
    } else {
        m_bar->setDataScaleType(m_scale.isLog ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
        m_bar->setDataRange({m_scale.low, m_scale.high});
        m_bar->axis()->setTicker(
            QSharedPointer<QCPAxisTicker>(new NumberTicker(m_scale.isLog, false)));
    }
}

void ColourLegend::fit()
{
    const QFontMetrics metrics(m_canvas.sideFont());
    const int length = static_cast<int>(m_canvas.plotRect().height());
    QString title = m_title;
    if (metrics.horizontalAdvance(title) > length && m_scale.isLog) {
        title = Texts::tr("%1 (log)").arg(m_name);
    }
    m_bar->setLabel(metrics.elidedText(title, Qt::ElideMiddle, length));
}

void ColourLegend::applyTheme()
{
    const Theme theme = Theme::of(m_canvas.palette());
    const ColourMap &map
        = m_scale.isDiverging ? ColourMap::diverging(theme) : ColourMap::sequential(theme);
    QCPColorGradient gradient;
    gradient.clearColorStops();
    gradient.setLevelCount(256);
    for (int i = 0; i <= gradientStops; ++i) {
        const double place = static_cast<double>(i) / gradientStops;
        gradient.setColorStopAt(place, map.colour(place));
    }
    m_bar->setGradient(gradient);
    for (QCPAxis *axis : m_bar->axis()->axisRect()->axes()) {
        axis->setBasePen(QPen(theme.border, 1));
    }
    QCPAxis *axis = m_bar->axis();
    axis->setTickPen(QPen(theme.mutedText, 1));
    axis->setSubTicks(false);
    axis->setTickLength(0, em(&m_canvas, 0.35));
    axis->setTickLabelColor(theme.mutedText);
    axis->setTickLabelFont(m_canvas.smallFont());
    axis->setLabelColor(m_canvas.palette().color(QPalette::Text));
    axis->setLabelFont(m_canvas.sideFont());
    m_bar->setBarWidth(em(&m_canvas, 1));
}

} // namespace bitprism
