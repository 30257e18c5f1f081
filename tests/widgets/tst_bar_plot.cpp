// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/widgets/shown_plot.h"
#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/bar_plot.h"

using namespace bitprism;
using test::show;

class TstBarPlot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void barsStartAtZero()
    {
        BarPlot plot;
        plot.setSeries(
            {{"a", {{"x", "x", 5}, {"y", "y", 7}}}, {"b", {{"x", "x", 6}, {"y", "y", 6.5}}}});
        show(plot);
        QCOMPARE(plot.canvas().yAxis->range().lower, 0.0);
        plot.zoom(2, plot.canvas().plotRect().center());
        QCOMPARE(plot.canvas().yAxis->range().lower, 0.0);
        plot.resetView();
        QCOMPARE(plot.itemAt(plot.itemRect(3).center()), 3);
        QCOMPARE(plot.reading(3).headline, QString("y"));
        plot.setOrientation(Qt::Horizontal);
        plot.setSeries({{"a", {{"x", "x", -5}, {"y", "y", 7}}}});
        plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
        QVERIFY(plot.canvas().xAxis->range().lower < -5);
        QVERIFY(plot.itemRect(0).right() <= plot.itemRect(1).left() + 3);
    }

    void barsAreRankedAmongAllThatAreNotDrawn()
    {
        BarPlot plot;
        BarSeries series{"difference", {{"a", "a", -7}, {"b", "b", 5}}};
        plot.setSeries({series});
        QCOMPARE(plot.reading(0).rank, QString("2nd of 2"));
        for (int size = 1; size <= 7; ++size) {
            series.sizes.push_back(size);
        }
        plot.setRankedAmong("all layers");
        plot.setSeries({series});
        QCOMPARE(plot.reading(0).rank, QString("1st of 7 among all layers")); // by size
        QCOMPARE(plot.reading(1).rank, QString("3rd of 7 among all layers"));
    }

    void barsOfManyDecadesAreLogarithmic()
    {
        BarPlot plot;
        BarSeries series{"kurtosis", {}};
        for (const double value : {3.0, 40.0, 1200.0}) {
            series.bars.push_back({QString::number(value), QString::number(value), value});
        }
        plot.setLogWhereWide(true);
        plot.setSeries({series});
        show(plot);
        QVERIFY(plot.canvas().yInfo().isLog);
        const auto height = [&](int item) { return plot.itemRect(item).height(); };
        QVERIFY(height(0) > 0.1 * height(2)); // one in four hundred would not be seen
        series.bars[2].value = 100;
        plot.setSeries({series});
        QVERIFY(!plot.canvas().yInfo().isLog); // less than two decades
    }

    void barsOfBothSignsHaveLabelsOnBothSides()
    {
        NumberTicker ticker(false, false);
        QVector<double> places;
        QVector<QString> labels;
        ticker.generate({-0.018, 0.034}, QLocale::c(), 'g', 6, places, nullptr, &labels);
        QVERIFY(places.first() < 0 && places.last() > 0);
        QVERIFY(labels.first().startsWith(QChar(0x2212)));
        QVERIFY(places.size() <= NumberTicker::mostLabels);
    }

    /// The edge of the plot, where no bar begins, has no line that would be read as another zero.
    void barsOfBothSignsHaveOneLineOfZero()
    {
        for (const Qt::Orientation orientation : {Qt::Horizontal, Qt::Vertical}) {
            BarPlot plot;
            plot.setOrientation(orientation);
            plot.setValuesShown(orientation == Qt::Horizontal);
            const auto edge = [&] {
                const QCPAxis &categories
                    = orientation == Qt::Horizontal ? *plot.canvas().yAxis : *plot.canvas().xAxis;
                return categories.basePen().style() == categories.tickPen().style()
                    ? categories.basePen().style()
                    : Qt::CustomDashLine; // else dots would remain of the line
            };
            plot.setSeries({{"differences", {{"a", "a", 2}, {"b", "b", -1}}}});
            show(plot);
            QCOMPARE(edge(), Qt::NoPen);
            show(plot, true); // nor after a change of the theme
            QCOMPARE(edge(), Qt::NoPen);
            plot.setSeries({{"sizes", {{"a", "a", 2}, {"b", "b", 1}}}});
            plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
            QCOMPARE(edge(), Qt::SolidLine);
        }
    }
};

BITPRISM_TEST(TstBarPlot);
#include "tst_bar_plot.moc"
