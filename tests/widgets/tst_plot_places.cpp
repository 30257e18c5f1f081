// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/hover_card.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_text.h"
#include "widgets/plot/series_plot.h"

#include <QLocale>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QtTest>

#include <cmath>

using namespace bitprism;

/// Where things stand that have no place of their own, and how the numbers of one column look.
class TstPlotPlaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cellsHaveTwoDigits();
    void pointsWithoutAPlaceStandAtTheAxis();
    void pointsAtTheEdgeAreSpread();
    void aBackdropIsReadAndNeverChosen();
    void aPointComesBeforeTheBackdropBehindIt();
    void namesHaveRoomAboveTheHighestPoint();
    void barsAreNamedByTheirGroups();
    void aLowAxisHasTwoNumbers();
    void plotsKeepTheirLines();
    void barsInTheNoiseMakeNoFence();
};

void TstPlotPlaces::cellsHaveTwoDigits()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    // All cells of a map, and all rows of a column, in one notation.
    const Notation small = commonNotation({0.012, 0.0047, 7.5e-8}, 2, 2);
    QCOMPARE(notedNumber(0.012, small), "1.2e−02");
    QCOMPARE(notedNumber(7.5e-8, small), "7.5e−08");
    const Notation plain = commonNotation({0.1642, 0.012}, 2, 2);
    QCOMPARE(notedNumber(0.1642, plain), "0.164");
    QCOMPARE(notedNumber(0.012, plain), "0.012");
    const Notation column = commonNotation({0.03083, -0.0155, 8.6e-5, 1e-9});
    QCOMPARE(signedNotedNumber(0.03083, column), "+0.03083");
    QCOMPARE(signedNotedNumber(8.6e-5, column), "+0.00009");
    QCOMPARE(signedNotedNumber(-0.0155, column), "−0.01550");
    QCOMPARE(signedNotedNumber(1e-9, column), "0.00000");
    QCOMPARE(signedNotedNumber(0, column), "0");
    QCOMPARE(powerOfTen(-3), "10⁻³");
    QCOMPARE(notedNumber(2.84e-4, 2.4e-5, small), "(2.84 ± 0.24)e−04");
    QCOMPARE(notedNumber(-0.00017, 0.00063, small), "(−1.7 ± 6.3)e−04");
    QCOMPARE(notedNumber(0.164, 0.012, plain), "0.164 ± 0.012");
}

void TstPlotPlaces::pointsWithoutAPlaceStandAtTheAxis()
{
    ScatterPlot plot;
    plot.setAxes({"predicted", true}, {"measured", true});
    PlotSeries series{"3 bits", {}};
    series.points = {{0.1, 0.2}, {0.3, -0.01}, {0, 0.4}, {-1, 0}};
    for (std::size_t i = 0; i < series.points.size(); ++i) {
        series.points[i].id = QString::number(i);
    }
    plot.setSeries({series});
    plot.resize(500, 400);
    plot.show();
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    const QRectF area = plot.canvas().plotRect();
    const QRectF scaled = plot.canvas().scaledRect();
    QVERIFY(scaled.left() > area.left() && scaled.bottom() < area.bottom());
    QVERIFY(plot.itemRect(1).center().y() > scaled.bottom());
    QVERIFY(plot.itemRect(2).center().x() < scaled.left());
    const QPointF corner = plot.itemRect(3).center();
    QVERIFY(corner.x() < scaled.left() && corner.y() > scaled.bottom());
    QVERIFY(scaled.contains(plot.itemRect(0).center()));
    for (int item = 0; item < 4; ++item) {
        QVERIFY(area.contains(plot.itemRect(item).center()));
    }
    QVERIFY(plot.reading(1).note.contains("no place"));
    QVERIFY(plot.canvas().legendEntries().back().text.contains("3 marks"));
    QVERIFY(plot.canvas().xAxis->range().lower > 0); // they do not stretch the axes
    // On a linear axis each has its place.
    plot.setAxes({"predicted"}, {"measured"});
    QVERIFY(plot.canvas().legendEntries().empty());
    QVERIFY(plot.reading(1).note.isEmpty());
    QCOMPARE(plot.canvas().scaledRect(), plot.canvas().plotRect());
}

void TstPlotPlaces::pointsAtTheEdgeAreSpread()
{
    ScatterPlot plot;
    plot.setAxes({"predicted", true}, {"measured", true});
    PlotSeries series{"3 bits", {}};
    series.points = {{0.1, 0.2}, {0.001, 0.003}};
    for (int i = 0; i < 30; ++i) {
        series.points.push_back({0, -0.001 * i, std::nan(""), std::nan(""), QString::number(i)});
    }
    plot.setSeries({series});
    plot.resize(500, 400);
    plot.show();
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    for (int i = 2; i < plot.itemCount(); ++i) {
        const QPointF place = plot.itemRect(i).center();
        QCOMPARE(plot.itemAt(place), i); // each is found where it is drawn
    }
}

namespace {

/// Three points, each once more on a line through them, and a curve to compare with.
std::vector<PlotSeries> pointsBeforeACurve()
{
    PlotSeries front{"front", {}, SeriesLine::Step, false};
    front.isBackdrop = true;
    PlotSeries points{"runs", {}};
    for (int i = 0; i < 3; ++i) {
        PlotPoint point{1.0 + i, 4.0 - i};
        point.id = QString("run %1").arg(i);
        point.label = point.id;
        points.points.push_back(point);
        front.points.push_back(point);
    }
    PlotSeries curve{"predicted", {}, SeriesLine::Dashed, false};
    curve.isBackdrop = true;
    for (int i = 0; i < 20; ++i) {
        curve.points.push_back({1 + 0.1 * i, 1.5 - 0.05 * i});
    }
    return {front, points, curve};
}

} // namespace

void TstPlotPlaces::aBackdropIsReadAndNeverChosen()
{
    ScatterPlot plot;
    plot.setAxes({"size"}, {"loss"});
    plot.setClickHint("Click chooses the run.");
    plot.setSeries(pointsBeforeACurve());
    plot.resize(700, 500);
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QSignalSpy clicked(&plot, &PlotFrame::clicked);
    QSignalSpy activated(&plot, &PlotFrame::activated);
    QSignalSpy brushed(&plot, &PlotFrame::brushed);
    const auto *card = plot.findChild<HoverCard *>();

    const QPoint onCurve = plot.itemRect(plot.itemCount() - 10).center().toPoint();
    QTest::mouseMove(&plot.canvas(), onCurve);
    QTRY_VERIFY(card->isVisible() && card->text().contains("predicted"));
    QVERIFY(!card->text().contains("Click chooses"));
    QTest::mouseClick(&plot.canvas(), Qt::LeftButton, {}, onCurve);
    QTest::mouseDClick(&plot.canvas(), Qt::LeftButton, {}, onCurve);
    QCOMPARE(clicked.count() + activated.count(), 0);
    QCOMPARE(plot.cursor(), -1);

    const QRect all = plot.canvas().plotRect().toRect();
    QTest::mousePress(&plot.canvas(), Qt::LeftButton, Qt::ShiftModifier, all.topLeft());
    QMouseEvent move(QEvent::MouseMove, all.center(), plot.canvas().mapToGlobal(all.center()),
                     Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
    QCoreApplication::sendEvent(&plot.canvas(), &move);
    QTest::mouseRelease(&plot.canvas(), Qt::LeftButton, Qt::ShiftModifier, all.bottomRight());
    QCOMPARE(brushed.count(), 1);
    const QStringList runs{"run 0", "run 1", "run 2"};
    QCOMPARE(brushed.front().front().toStringList(), runs);

    plot.setFocus();
    QStringList visited;
    for (int i = 0; i < 5; ++i) {
        QTest::keyClick(&plot, Qt::Key_Right);
        visited.append(plot.itemId(plot.cursor()));
    }
    QCOMPARE(visited, runs + QStringList({"run 2", "run 2"})); // it ends at the last
    QTest::keyClick(&plot, Qt::Key_Left);
    QCOMPARE(plot.itemId(plot.cursor()), runs[1]);
    QTest::keyClick(&plot, Qt::Key_Return);
    QCOMPARE(clicked.count(), 1);
}

/// A point is found within reach, also where a curve passes nearer by.
void TstPlotPlaces::aPointComesBeforeTheBackdropBehindIt()
{
    for (const bool isCurveFirst : {true, false}) {
        ScatterPlot plot;
        plot.setAxes({"size"}, {"loss"});
        PlotSeries curve{"predicted", {{0, 0}, {1, 1}, {2, 2}}, SeriesLine::Dashed, false};
        curve.isBackdrop = true;
        PlotSeries points{"runs", {{1.005, 1}, {2, 0}}};
        points.points.front().id = "run";
        plot.setSeries(isCurveFirst ? std::vector{curve, points} : std::vector{points, curve});
        plot.resize(500, 400);
        plot.show();
        plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
        const int onCurve = isCurveFirst ? 1 : 3;
        QCOMPARE(plot.itemId(plot.itemAt(plot.itemRect(onCurve).center())), QString("run"));
        const int alone = isCurveFirst ? 2 : 4;
        QCOMPARE(plot.itemAt(plot.itemRect(alone).center()), alone);
    }
}

/// A name above the highest point of a low plot stays off the line that leaves it.
void TstPlotPlaces::namesHaveRoomAboveTheHighestPoint()
{
    const auto roomAbove = [](bool labels) {
        ScatterPlot plot;
        plot.setAxes({"size"}, {"loss"});
        plot.setSeries(pointsBeforeACurve());
        plot.setLabelsPoints(labels);
        plot.setSeries(pointsBeforeACurve());
        plot.resize(700, 300);
        plot.show();
        plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
        return plot.itemRect(0).center().y() - plot.canvas().plotRect().top();
    };
    QVERIFY(roomAbove(true) > 1.5 * roomAbove(false));
}

/// One number alone says nothing of the scale.
void TstPlotPlaces::aLowAxisHasTwoNumbers()
{
    BarPlot plot;
    BarSeries series{"bits", {}};
    for (const double bits : {3.0, 4.0}) {
        series.bars.push_back({{}, {}, bits});
    }
    plot.setSeries({series});
    plot.resize(400, 90);
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    plot.canvas().replot();
    QVERIFY(plot.canvas().plotRect().height() < 60);
    QVERIFY(plot.canvas().yAxis->tickVector().size() >= 2);
}

void TstPlotPlaces::plotsKeepTheirLines()
{
    constexpr int lines = 12;
    constexpr int narrow = 120;
    BarPlot plot;
    plot.setTitle("A title that is so long that it goes on in several lines of a narrow plot");
    plot.setLeastLines(lines);
    plot.resize(narrow, plot.minimumHeight());
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    plot.resize(narrow, plot.minimumHeight());
    QVERIFY(plot.canvas().height() >= lines * plot.fontMetrics().height());
    const int before = plot.minimumHeight();
    plot.setTitle("Short");
    QVERIFY(plot.minimumHeight() < before);
}

/// Of many points only those outside the noise show how sure they are.
void TstPlotPlaces::barsInTheNoiseMakeNoFence()
{
    const auto imageOf = [](double error) {
        ScatterPlot plot;
        plot.setAxes({"x"}, {"y"});
        PlotSeries series{"3 bits", {}};
        for (int i = 0; i < 40; ++i) {
            PlotPoint point;
            point.x = i;
            point.y = i % 7;
            point.yError = error;
            point.isMuted = true;
            series.points.push_back(point);
        }
        series.points.push_back({20, 3, std::nan(""), 20}); // the axes reach as far in both
        plot.setSeries({series});
        plot.resize(400, 300);
        return plot.grab().toImage();
    };
    QCOMPARE(imageOf(2), imageOf(std::nan("")));
}

void TstPlotPlaces::barsAreNamedByTheirGroups()
{
    BarPlot plot;
    BarSeries series;
    for (int i = 0; i < 12; ++i) {
        PlotBar bar;
        bar.id = QString::number(i);
        bar.label = QString("layers.%1...down_proj").arg(i);
        bar.group = QString("block %1").arg(i / 4);
        bar.value = 3;
        series.bars.push_back(bar);
    }
    plot.setSeries({series});
    plot.resize(400, 200);
    plot.show();
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QCOMPARE(plot.canvas().xAxis->tickVectorLabels(),
             QVector<QString>({"block 0", "block 1", "block 2"}));
    QCOMPARE(plot.canvas().xAxis->tickVector(), QVector<double>({1.5, 5.5, 9.5}));
}

BITPRISM_TEST(TstPlotPlaces);
#include "tst_plot_places.moc"
