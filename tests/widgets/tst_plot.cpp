// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/widgets/shown_plot.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/colour_map.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/hover_card.h"
#include "widgets/plot/picture_dialog.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_export.h"
#include "widgets/plot/point_labels.h"
#include "widgets/plot/replot_queue.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/theme.h"

#include <QAction>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>

#include <cmath>

using namespace bitprism;
using test::exampleMap;
using test::show;

namespace {

constexpr double notMeasuredValue = std::numeric_limits<double>::quiet_NaN();
/// Eight bits a channel: half a step, and the rounding of the conversion there and back.
constexpr double channelTolerance = 1.5 / 255;

PlotSeries exampleSeries(int points, const QString &name)
{
    PlotSeries series;
    series.name = name;
    series.line = SeriesLine::Straight;
    for (int i = 0; i < points; ++i) {
        series.points.push_back({i * 1.0,
                                 std::sin(i * 0.1) + 2,
                                 notMeasuredValue,
                                 0.1,
                                 QString("%1-%2").arg(name).arg(i),
                                 {},
                                 i % 5 == 0});
    }
    return series;
}

int colourCount(const QImage &image)
{
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 2) {
        for (int x = 0; x < image.width(); x += 2) {
            colours.insert(image.pixel(x, y));
        }
    }
    return static_cast<int>(colours.size());
}

QPoint centreOf(const PlotFrame &plot, int item) { return plot.itemRect(item).center().toPoint(); }

} // namespace

class TstPlot : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rightClickOpensTheMenu();
    void oklabHasThePublishedValues();
    void mapsGoStraightThroughOklab();
    void sequentialMapTurnsWithTheTheme();
    void mutedColourKeepsTheLightness();
    void reductionKeepsPeaks();
    void numbersHaveFourDigits_data();
    void numbersHaveFourDigits();
    void labelsCoverNothing();
    void labelsStandBesideLines();
    void emptyPlotsInventNoScale();
    void theFrameOfARowStaysInsideIt();
    void ranksAreOrdinals_data();
    void ranksAreOrdinals();
    void axesHaveAtMostSixLabels_data();
    void axesHaveAtMostSixLabels();
    void cellsHaveTheColourOfTheirValue();
    void hatchedCellsDifferFromZero();
    void mapOfManyRowsKeepsTheLargest();
    void reducedMapKeepsTheLargest();
    void readingsHaveValueErrorAndRank();
    void hoverCostsNoReplot();
    void onlySeenPlotsAreDrawn();
    void clickTellsTheCell();
    void wheelZoomsAtThePointerAndHomeResets();
    void dragPansNoFartherThanTheData();
    void shiftDragBrushes();
    void arrowsReadTheValuesOut();
    void copiedDataAreTheValues();
    void copiedDataNameLayersInFull();
    void numbersBelowAPlotStandApart();
    void picturesAreReadable();
    void picturesOfBothThemesAreNeitherEmptyNorOneColour_data();
    void picturesOfBothThemesAreNeitherEmptyNorOneColour();
    void titlesOfLowPlotsKeepTheirUnit();
    void hoverCardStaysInsideALowPlot();
    void linesHaveTheirErrorsAsABand();
    void widgetsAreSavedAsPlotsAre();
    void picturesHaveNamesOfTheirTitles();
    void errorsBelowZeroReachTheAxis();
    void curvesAreBounded();
};

void TstPlot::rightClickOpensTheMenu()
{
    SeriesPlot plot;
    plot.setSeries({exampleSeries(20, "a")});
    show(plot);
    const QPoint place = plot.canvas().mapTo(&plot, plot.canvas().rect().center());
    QTest::mouseClick(plot.windowHandle(), Qt::RightButton, {}, place);
    QVERIFY(QTest::qWaitFor([] { return QApplication::activePopupWidget() != nullptr; }));
    QApplication::activePopupWidget()->close();
}

void TstPlot::oklabHasThePublishedValues()
{
    // White is (1, 0, 0) by construction; red is the example of Ottosson's article.
    const OkLab white = toOkLab(Qt::white);
    QVERIFY(std::abs(white.lightness - 1) < 1e-4 && std::abs(white.a) < 1e-4);
    const OkLab red = toOkLab(QColor(255, 0, 0));
    QVERIFY(std::abs(red.lightness - 0.62796) < 1e-4);
    QVERIFY(std::abs(red.a - 0.22486) < 1e-4);
    QVERIFY(std::abs(red.b - 0.12585) < 1e-4);
}

void TstPlot::mapsGoStraightThroughOklab()
{
    // Between black and white OKLab is grey of the cube of the share, in linear light.
    const ColourMap grey({Qt::black, Qt::white});
    for (const double share : {0.125, 0.25, 0.5, 0.75}) { // places of the table, exactly
        const double linear = share * share * share;
        const double expected
            = linear <= 0.0031308 ? linear * 12.92 : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
        const QColor colour = grey.colour(share);
        QVERIFY(std::abs(colour.redF() - expected) < channelTolerance);
        QVERIFY(std::abs(colour.greenF() - expected) < channelTolerance);
        QVERIFY(std::abs(colour.blueF() - expected) < channelTolerance);
    }
    const QColor middle = mixColours(QColor(0x1e0439), QColor(0xfdefba), 0.5);
    const OkLab a = toOkLab(QColor(0x1e0439));
    const OkLab b = toOkLab(QColor(0xfdefba));
    QVERIFY(std::abs(toOkLab(middle).lightness - (a.lightness + b.lightness) / 2) < 1e-3);
    QCOMPARE(grey.colour(-1), QColor(Qt::black));
    QCOMPARE(grey.colour(2).rgb(), QColor(Qt::white).rgb());
}

void TstPlot::sequentialMapTurnsWithTheTheme()
{
    const Theme light = Theme::of(Theme::palette(false));
    const Theme dark = Theme::of(Theme::palette(true));
    QCOMPARE(ColourMap::sequential(dark).colour(0).rgb(), QColor(0x1e0439).rgb());
    QCOMPARE(ColourMap::sequential(dark).colour(1).rgb(), QColor(0xfdefba).rgb());
    QCOMPARE(ColourMap::sequential(light).colour(1).rgb(), QColor(0x1e0439).rgb());
    QCOMPARE(ColourMap::diverging(light).colour(0.5).green(), 0xf5);
    double before = -1;
    for (int i = 0; i <= 16; ++i) {
        const double now = toOkLab(ColourMap::sequential(dark).colour(i / 16.0)).lightness;
        QVERIFY(now > before);
        before = now;
    }
}

void TstPlot::mutedColourKeepsTheLightness()
{
    const ColourMap &map = ColourMap::sequential(Theme::of(Theme::palette(false)));
    for (const double value : {0.1, 0.5, 0.9}) {
        const OkLab muted = toOkLab(map.mutedColour(value));
        QVERIFY(std::abs(muted.lightness - toOkLab(map.colour(value)).lightness) < 0.01);
        QVERIFY(std::hypot(muted.a, muted.b) < 0.01);
    }
}

void TstPlot::reductionKeepsPeaks()
{
    std::vector<PlotPoint> points(100000);
    for (std::size_t i = 0; i < points.size(); ++i) {
        points[i] = {static_cast<double>(i), std::sin(static_cast<double>(i))};
    }
    points[51234].y = 50;
    points[77777].y = -50;
    const std::vector<PlotPoint> reduced = reducedPoints(points);
    QVERIFY(reduced.size() <= maxPlotPoints);
    const auto has = [&reduced](double y) {
        return std::any_of(reduced.begin(), reduced.end(),
                           [y](const PlotPoint &point) { return point.y == y; });
    };
    QVERIFY(has(50) && has(-50));
    QVERIFY(std::is_sorted(reduced.begin(), reduced.end(),
                           [](const PlotPoint &a, const PlotPoint &b) { return a.x < b.x; }));
    QCOMPARE(reducedPoints({points.begin(), points.begin() + 10}).size(), std::size_t(10));
}

void TstPlot::numbersHaveFourDigits_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");
    QTest::newRow("zero") << 0.0 << "0";
    QTest::newRow("not measured") << notMeasuredValue << QString(QChar(0x2013));
    QTest::newRow("whole") << 42.0 << "42";
    QTest::newRow("small") << 0.0132 << "0.01320";
    QTest::newRow("tiny") << 1.2e-5 << "1.200e−05";
    QTest::newRow("large") << 1234.56 << "1,235";
    QTest::newRow("negative") << -0.5 << "−0.5000";
}

void TstPlot::numbersHaveFourDigits()
{
    QFETCH(double, value);
    QFETCH(QString, text);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QCOMPARE(plotNumber(value), text);
    QCOMPARE(plotNumber(0.31234, 0.0412), QString("0.312 ± 0.041"));
    QCOMPARE(signedPlotNumber(0.5), "+0.5000");
    QCOMPARE(signedPlotNumber(-0.31234, 0.0412), QString("−0.312 ± 0.041"));
    QCOMPARE(signedPlotNumber(0.31234, std::nullopt), QString("+0.3123"));
}

void TstPlot::labelsCoverNothing()
{
    // Five marks on one place, one beside the right edge, one in a corner.
    const QRectF area(0, 0, 400, 300);
    std::vector<PointLabel> labels(5, {QRectF(195, 145, 10, 10), QSizeF(80, 14)});
    labels.push_back({QRectF(385, 100, 10, 10), QSizeF(80, 14)});
    labels.push_back({QRectF(0, 290, 10, 10), QSizeF(80, 14)});
    const auto places = placeLabels(labels, area, 2);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        QVERIFY(places[i].has_value());
        QVERIFY(area.contains(*places[i]));
        QCOMPARE(places[i]->size(), labels[i].size);
        for (std::size_t j = 0; j < labels.size(); ++j) {
            QVERIFY(!places[i]->intersects(labels[j].mark));
            QVERIFY(i == j || !places[i]->intersects(*places[j]));
        }
    }
    QVERIFY(places[5]->right() < 385); // no room on the right
    // Where there is no room at all, no label.
    QVERIFY(
        !placeLabels({{QRectF(0, 0, 10, 10), QSizeF(80, 14)}}, QRectF(0, 0, 50, 50), 2).front());
}

void TstPlot::labelsStandBesideLines()
{
    const QRectF area(0, 0, 400, 300);
    const QRectF mark(95, 145, 10, 10);
    const QLineF toTheRight(100, 150, 400, 150); // through the first place
    const auto places = placeLabels({{mark, QSizeF(80, 14)}}, area, 2, {toTheRight});
    QVERIFY(places.front().has_value());
    const QRectF &place = *places.front();
    QVERIFY(place.right() < mark.left() || place.top() > 150 || place.bottom() < 150);
    // Near the edge half a line is enough to stand on a line through the mark.
    const std::vector<QLineF> lines{{0, 20, 400, 20}, {0, 36, 400, 36}};
    const auto low = placeLabels({{QRectF(95, 15, 10, 10), QSizeF(80, 14)}}, area, 2, lines);
    QVERIFY(low.front().has_value());
    QVERIFY(low.front()->top() >= 0 && low.front()->bottom() < 20);
    // A label does not move next to another's mark.
    const QRectF other(95, 120, 10, 10);
    const auto both = placeLabels({{mark, QSizeF(80, 14)}, {other, QSizeF(80, 14)}}, area, 2);
    QVERIFY(both[0] && both[1]);
    QCOMPARE(both[0]->center().y(), mark.center().y());
    QCOMPARE(both[1]->center().y(), other.center().y());
}

void TstPlot::emptyPlotsInventNoScale()
{
    ScatterPlot plot;
    plot.resize(400, 300);
    plot.setAxes({"predicted"}, {"measured"});
    plot.setDiagonal("equal");
    plot.setEmptyText("Measure something first.");
    plot.show();
    plot.setSeries({});
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QVERIFY(!plot.canvas().xAxis->visible());
    QVERIFY(!plot.canvas().yAxis->visible());
    QVERIFY(test::isPainted(plot)); // the sentence
    PlotPoint unmeasured;
    unmeasured.y = std::numeric_limits<double>::quiet_NaN();
    plot.setSeries({PlotSeries{"a", {unmeasured}}});
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QVERIFY(!plot.canvas().xAxis->visible());
    plot.setSeries({PlotSeries{"a", {PlotPoint{1, 2}}}});
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QVERIFY(plot.canvas().xAxis->visible());
}

void TstPlot::theFrameOfARowStaysInsideIt()
{
    HeatMapPlot map;
    map.resize(600, 400);
    const std::shared_ptr<HeatMapData> data = exampleMap(8);
    map.setData(data);
    map.show();
    map.canvas().replot(QCustomPlot::rpImmediateRefresh);
    const QImage before = map.canvas().grab().toImage();
    map.setSelected({data->rows.front().id});
    QCoreApplication::processEvents();
    const QImage after = map.canvas().grab().toImage();
    const QRectF row = map.itemRect(0);
    const double ratio = after.devicePixelRatio();
    const int below = static_cast<int>(std::ceil((row.bottom() + 1) * ratio));
    QVERIFY(before != after);
    const QRectF plot = map.canvas().plotRect();
    for (auto x = static_cast<int>(plot.left() * ratio); x < plot.right() * ratio; ++x) {
        QCOMPARE(after.pixel(x, below), before.pixel(x, below));
    }
}

void TstPlot::ranksAreOrdinals_data()
{
    QTest::addColumn<int>("rank");
    QTest::addColumn<QString>("text");
    QTest::newRow("first") << 1 << "1st of 42";
    QTest::newRow("second") << 2 << "2nd of 42";
    QTest::newRow("third") << 3 << "3rd of 42";
    QTest::newRow("fourth") << 4 << "4th of 42";
    QTest::newRow("eleventh") << 11 << "11th of 42";
    QTest::newRow("twelfth") << 12 << "12th of 42";
    QTest::newRow("twenty-third") << 23 << "23rd of 42";
    QTest::newRow("thirtieth") << 30 << "30th of 42";
}

void TstPlot::ranksAreOrdinals()
{
    QFETCH(int, rank);
    QFETCH(QString, text);
    QCOMPARE(rankText(rank, 42), text);
    QCOMPARE(rankText(rank, 42, "the layers shown"), text + " among the layers shown");
    QCOMPARE(rankText(1, 10200), QString("1st of 10,200"));
    QCOMPARE(standingText(1, 42), QString("1st of 42 (percentile 99)"));
    QCOMPARE(standingText(42, 42), QString("42nd of 42 (percentile 1)"));
    QCOMPARE(standingText(2, 768), QString("2nd of 768 (percentile 99)"));
    QCOMPARE(standingText(2, 4), QString("2nd of 4")); // too few to speak of percentiles
    QCOMPARE(rankAmong(3, {1, 3, 5, notMeasuredValue}), std::make_pair(2, 3));
    QCOMPARE(shortLayerName("model.layers.12.mlp.down_proj"), QString("layers.12…down_proj"));
    QCOMPARE(shortLayerName("lm_head"), QString("lm_head"));
    QCOMPARE(shortLayerName("model.decoder.layers.0.encoder_attn.q_proj"),
             QString("decoder.0…cross q_proj"));
    QStringList names; // of Whisper, CLIP, GPT-2, BERT, ALBERT and a ResNet
    for (const QString block : {"0", "1"}) {
        for (const QString part : {"self_attn.q_proj", "fc1"}) {
            names += "model.encoder.layers." + block + "." + part;
            names += "model.decoder.layers." + block + "." + part;
            names += "vision_model.encoder.layers." + block + "." + part;
            names += "text_model.encoder.layers." + block + "." + part;
        }
        names += "model.decoder.layers." + block + ".encoder_attn.q_proj";
        for (const QString part : {"attn.c_proj", "mlp.c_proj"}) {
            names += "transformer.h." + block + "." + part;
        }
        for (const QString part :
             {"attention.output.dense", "intermediate.dense", "output.dense"}) {
            names += "bert.encoder.layer." + block + "." + part;
        }
        for (const QString part : {"attention.query", "attention.dense", "ffn"}) {
            names += "albert.encoder.albert_layer_groups." + block + ".albert_layers.0." + part;
        }
        names += "visual.layer1." + block + ".conv1";
        names += "visual.layer2." + block + ".conv1";
    }
    QSet<QString> shortened;
    for (const QString &name : names) {
        shortened.insert(shortLayerName(name));
        QVERIFY2(shortLayerName(name).size() <= 28, qPrintable(shortLayerName(name)));
    }
    QCOMPARE(shortened.size(), names.size());
}

void TstPlot::axesHaveAtMostSixLabels_data()
{
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<bool>("isLog");
    QTest::newRow("unit") << 0.0 << 1.0 << false;
    QTest::newRow("odd") << -0.37 << 11.9 << false;
    QTest::newRow("small") << 0.0 << 3.3e-6 << false;
    QTest::newRow("large") << 0.0 << 7.1e9 << false;
    QTest::newRow("two decades") << 0.03 << 9.0 << true;
    QTest::newRow("twelve decades") << 1e-9 << 1e3 << true;
    QTest::newRow("less than a decade") << 2.0 << 9.0 << true;
}

void TstPlot::axesHaveAtMostSixLabels()
{
    QFETCH(double, low);
    QFETCH(double, high);
    QFETCH(bool, isLog);
    NumberTicker ticker(isLog, false);
    QVector<double> ticks;
    QVector<double> subTicks;
    QVector<QString> labels;
    ticker.generate({low, high}, QLocale::c(), 'g', 6, ticks, &subTicks, &labels);
    QVERIFY(ticks.size() >= 2);
    QVERIFY(ticks.size() <= 6);
    QCOMPARE(labels.size(), ticks.size());
    QCOMPARE(QSet<QString>(labels.begin(), labels.end()).size(), labels.size());
    for (const double tick : ticks) {
        QVERIFY(tick >= low - 1e-9 * std::abs(high) && tick <= high * (1 + 1e-9));
    }
}

void TstPlot::cellsHaveTheColourOfTheirValue()
{
    HeatMapPlot plot;
    plot.setLogScale(true);
    plot.setData(exampleMap(14));
    show(plot);
    const QImage image = plot.canvas().grab().toImage();
    const ColourMap &map = ColourMap::sequential(Theme::of(plot.palette()));
    for (int item = 0; item < plot.itemCount(); ++item) {
        const double value = plot.cells().values[static_cast<std::size_t>(item)];
        const double place = plot.scale().place(value);
        QCOMPARE(plot.cellColour(item), map.colour(place));
        const QPoint corner = plot.itemRect(item).topLeft().toPoint() + QPoint(3, 3);
        QCOMPARE(QColor(image.pixel(corner)).rgb(), map.colour(place).rgb());
    }
    QCOMPARE(plot.scale().place(plot.scale().high), 1.0);
    QCOMPARE(plot.scale().place(plot.scale().low), 0.0);
}

void TstPlot::hatchedCellsDifferFromZero()
{
    const auto data = exampleMap(14);
    data->values[5] = notMeasuredValue;
    data->values[6] = 0;
    HeatMapPlot plot;
    plot.setData(data);
    show(plot);
    QVERIFY(!plot.cellColour(5).isValid());
    QVERIFY(plot.cellColour(6).isValid());
    const QImage image = plot.canvas().grab().toImage();
    const auto inside = [&](int item) {
        return image.copy(plot.itemRect(item).toRect().adjusted(3, 3, -40, -3));
    };
    QVERIFY(colourCount(inside(5)) > 1); // lines on a ground
    QCOMPARE(colourCount(inside(6).copy(0, 0, 30, 8)), 1); // one colour left of its number
    QCOMPARE(plot.reading(5).values.front().second, QString("not measured"));
    QVERIFY(plot.reading(6).values.front().second.startsWith("0"));
}

void TstPlot::mapOfManyRowsKeepsTheLargest()
{
    const auto data = exampleMap(1000);
    data->values[data->at(501, 1)] = 1e6;
    HeatMapPlot plot;
    plot.setData(data);
    show(plot);
    const int item = static_cast<int>(data->at(501, 1));
    QVERIFY(plot.itemRect(item).height() >= 12);
    QVERIFY(plot.itemRect(item).width() >= 14);
    QCOMPARE(plot.itemAt(plot.itemRect(item).center()), item);
    QCOMPARE(QColor(plot.canvas().grab().toImage().pixel(plot.itemRect(item).topLeft().toPoint()
                                                         + QPoint(3, 3)))
                 .rgb(),
             plot.cellColour(item).rgb());
}

void TstPlot::reducedMapKeepsTheLargest()
{
    const auto data = exampleMap(1000);
    data->values[data->at(777, 0)] = notMeasuredValue;
    const HeatMapData reduced = reducedHeatMap(*data, 100);
    QVERIFY(reduced.rows.size() <= 100);
    QCOMPARE(reduced.values.size(), reduced.rows.size() * reduced.columns.size());
    const double largest = *std::max_element(data->values.begin(), data->values.end());
    QCOMPARE(*std::max_element(reduced.values.begin(), reduced.values.end()), largest);
    QVERIFY(std::none_of(reduced.values.begin(), reduced.values.end(),
                         [](double value) { return std::isnan(value); }));
}

void TstPlot::readingsHaveValueErrorAndRank()
{
    const auto data = exampleMap(42);
    data->errors.assign(data->values.size(), 0.5);
    data->muted.assign(data->values.size(), 0);
    data->muted[0] = 1;
    HeatMapPlot plot;
    plot.setData(data);
    show(plot);
    const std::size_t top = data->at(17, 0); // 17 * 37 mod 42 is 41, the largest
    const PlotReading reading = plot.reading(static_cast<int>(top));
    QCOMPARE(reading.rank, QString("1st of 42 (percentile 99) at 2 bits"));
    QCOMPARE(reading.values.front().second, QString("42.00 ± 0.50 nats per token"));
    QCOMPARE(plot.reading(0).rank, QString("42nd of 42 (percentile 1) at 2 bits"));
    QCOMPARE(plot.reading(0).note, QString("inside the noise"));
}

void TstPlot::hoverCostsNoReplot()
{
    HeatMapPlot plot;
    plot.setData(exampleMap(14));
    show(plot);
    QSignalSpy hovered(&plot, &PlotFrame::hovered);
    QTest::qWait(0);
    QSignalSpy replots(&plot.canvas(), &QCustomPlot::afterReplot);
    for (int item = 0; item < 8; ++item) {
        QTest::mouseMove(&plot.canvas(), centreOf(plot, item));
    }
    QVERIFY(hovered.count() >= 7);
    QCOMPARE(replots.count(), 0);
    QCOMPARE(hovered.last().first().toString(), plot.cells().rows[1].id);
}

void TstPlot::onlySeenPlotsAreDrawn()
{
    QWidget window;
    std::vector<HeatMapPlot *> plots;
    std::vector<int> drawn;
    for (int i = 0; i < 3; ++i) {
        plots.push_back(new HeatMapPlot(&window));
        plots.back()->setGeometry(i * 300, 0, 300, 400);
        connect(&plots.back()->canvas(), &QCustomPlot::afterReplot, &window,
                [&drawn, i] { drawn.push_back(i); });
    }
    QCoreApplication::processEvents(); // QCustomPlot draws each once when it is made
    drawn.clear();
    for (HeatMapPlot *plot : plots) {
        plot->setData(exampleMap(14));
    }
    plots[2]->hide();
    window.resize(900, 400);
    QCoreApplication::processEvents();
    QVERIFY(drawn.empty());
    window.show();
    QVERIFY(QTest::qWaitFor([] { return ReplotQueue::instance().isEmpty(); }));
    QCOMPARE(drawn, (std::vector<int>{0, 1})); // once each: the layout is settled before
    plots[2]->setData(exampleMap(7));
    plots[0]->setData(exampleMap(7));
    plots[0]->setLogScale(true);
    QVERIFY(QTest::qWaitFor([] { return ReplotQueue::instance().isEmpty(); }));
    QCOMPARE(drawn, (std::vector<int>{0, 1, 0}));
    plots[2]->show();
    QVERIFY(QTest::qWaitFor([] { return ReplotQueue::instance().isEmpty(); }));
    QCOMPARE(drawn, (std::vector<int>{0, 1, 0, 2}));
}

void TstPlot::clickTellsTheCell()
{
    HeatMapPlot plot;
    plot.setData(exampleMap(14));
    show(plot);
    QSignalSpy clicked(&plot, &PlotFrame::clicked);
    QSignalSpy cells(&plot, &HeatMapPlot::cellClicked);
    QSignalSpy activated(&plot, &PlotFrame::activated);
    QTest::mouseClick(&plot.canvas(), Qt::LeftButton, {}, centreOf(plot, 9));
    QCOMPARE(clicked.count(), 1);
    QCOMPARE(clicked.first().first().toString(), plot.cells().rows[2].id);
    QCOMPARE(cells.first().at(1).toString(), QString("3"));
    QTest::mouseDClick(&plot.canvas(), Qt::LeftButton, {}, centreOf(plot, 9));
    QCOMPARE(activated.count(), 1);
}

void TstPlot::wheelZoomsAtThePointerAndHomeResets()
{
    ScatterPlot plot;
    plot.setSeries({exampleSeries(50, "a")});
    show(plot);
    const QCPRange x = plot.canvas().xAxis->range();
    const QPointF place = plot.canvas().plotRect().center() + QPointF(50, 20);
    const double before = plot.canvas().xAxis->pixelToCoord(place.x());
    QWheelEvent wheel(place, plot.canvas().mapToGlobal(place), {}, {0, 240}, {}, {},
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(&plot.canvas(), &wheel);
    QVERIFY(plot.canvas().xAxis->range().size() < x.size());
    QVERIFY(std::abs(plot.canvas().xAxis->pixelToCoord(place.x()) - before) < 1e-9);
    QTest::keyClick(&plot, Qt::Key_Home);
    QCOMPARE(plot.canvas().xAxis->range().lower, x.lower);
    QCOMPARE(plot.canvas().xAxis->range().upper, x.upper);
    QTest::keyClick(&plot, Qt::Key_Plus);
    QVERIFY(plot.canvas().xAxis->range().size() < x.size());
    QTest::keyClick(&plot, Qt::Key_Minus);
    QCOMPARE(plot.canvas().xAxis->range().size(), x.size());
}

void TstPlot::dragPansNoFartherThanTheData()
{
    HeatMapPlot plot;
    plot.setData(exampleMap(200));
    show(plot);
    plot.zoom(4, plot.canvas().plotRect().center());
    const double before = plot.canvas().yAxis->range().lower;
    const QPoint centre = plot.canvas().plotRect().center().toPoint();
    QSignalSpy clicked(&plot, &PlotFrame::clicked);
    QTest::mousePress(&plot.canvas(), Qt::LeftButton, {}, centre);
    QTest::mouseMove(&plot.canvas(), centre + QPoint(0, 60));
    QTest::mouseMove(&plot.canvas(), centre + QPoint(0, 120));
    QTest::mouseRelease(&plot.canvas(), Qt::LeftButton, {}, centre + QPoint(0, 120));
    QVERIFY(plot.canvas().yAxis->range().lower < before);
    QCOMPARE(clicked.count(), 0);
    plot.pan({0, 1e5});
    QCOMPARE(plot.canvas().yAxis->range().lower, -0.5);
    plot.pan({0, -1e6});
    QCOMPARE(plot.canvas().yAxis->range().upper, 199.5);
}

void TstPlot::shiftDragBrushes()
{
    ScatterPlot plot;
    plot.setSeries({exampleSeries(20, "a")});
    show(plot);
    QSignalSpy brushed(&plot, &PlotFrame::brushed);
    const QRect all = plot.canvas().plotRect().toRect();
    QTest::mousePress(&plot.canvas(), Qt::LeftButton, Qt::ShiftModifier, all.topLeft());
    QMouseEvent move(QEvent::MouseMove, all.center(), plot.canvas().mapToGlobal(all.center()),
                     Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
    QApplication::sendEvent(&plot.canvas(), &move);
    QTest::mouseRelease(&plot.canvas(), Qt::LeftButton, Qt::ShiftModifier, all.bottomRight());
    QCOMPARE(brushed.count(), 1);
    QCOMPARE(brushed.first().first().toStringList().size(), 20);
}

void TstPlot::arrowsReadTheValuesOut()
{
    HeatMapPlot plot;
    plot.setData(exampleMap(14));
    plot.setTitle("KL divergence of each layer, nats per token");
    show(plot);
    plot.setFocus();
    QTest::keyClick(&plot, Qt::Key_Down);
    QCOMPARE(plot.cursor(), 0);
    QTest::keyClick(&plot, Qt::Key_Down);
    QTest::keyClick(&plot, Qt::Key_Right);
    QCOMPARE(plot.rowOf(plot.cursor()), 1);
    QCOMPARE(plot.columnOf(plot.cursor()), 1);
    QVERIFY(plot.readOut().startsWith(plot.cells().rows[1].id));
    QVERIFY(plot.readOut().contains("of 14 (percentile"));
    QCOMPARE(plot.accessibleDescription(), plot.readOut());
    QCOMPARE(plot.accessibleName(), plot.title());
    QSignalSpy clicked(&plot, &PlotFrame::clicked);
    QTest::keyClick(&plot, Qt::Key_Return);
    QCOMPARE(clicked.count(), 1);
    QTest::keyClick(&plot, Qt::Key_Up);
    QTest::keyClick(&plot, Qt::Key_Up);
    QCOMPARE(plot.rowOf(plot.cursor()), 0);
}

void TstPlot::copiedDataAreTheValues()
{
    const auto data = exampleMap(3);
    data->values[1] = 0.1 + 0.2; // seventeen digits
    data->values[2] = notMeasuredValue;
    HeatMapPlot plot;
    plot.setAxisTitles("bits", "layer");
    plot.setData(data);
    plot.copyData();
    const QStringList lines = QApplication::clipboard()->text().split('\n', Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), 4);
    QCOMPARE(lines.at(0), QString("layer\t2 bits\t3 bits\t4 bits\t8 bits"));
    const QStringList fields = lines.at(1).split('\t');
    QCOMPARE(fields.at(0), data->rows[0].id);
    QCOMPARE(fields.at(2).toDouble(), data->values[1]);
    QCOMPARE(fields.at(3), QString());
}

void TstPlot::copiedDataNameLayersInFull()
{
    const QString layer = "model.layers.12.mlp.down_proj";
    PlotSeries line{"3 bits"};
    line.points = {{1, 2, 0.1, 0.2, layer, shortLayerName(layer)},
                   {2, 3, 0.1, 0.2, "run-7", "gptq, 3 bits"}};
    ScatterPlot plot;
    plot.setAxes({"size, MB"}, {"loss, nats"});
    plot.setSeries({line});
    const PlotTable points = plot.table();
    QCOMPARE(points.rows[0][1], layer);
    QCOMPARE(points.rows[1][1], QString("gptq, 3 bits")); // an id says nothing
    QCOMPARE(QSet<QString>(points.header.begin(), points.header.end()).size(),
             points.header.size());
    QVERIFY(points.header[3].contains("size, MB") && points.header[5].contains("loss, nats"));
    BarPlot bars;
    BarSeries one{"first", {}};
    one.bars.push_back({layer, shortLayerName(layer), 1});
    BarSeries two = one;
    two.name = "second";
    bars.setSeries({one, two});
    const PlotTable sides = bars.table();
    QCOMPARE(sides.rows[0][0], layer);
    QCOMPARE(QSet<QString>(sides.header.begin(), sides.header.end()).size(), sides.header.size());
}

void TstPlot::numbersBelowAPlotStandApart()
{
    BarPlot plot;
    plot.setOrientation(Qt::Horizontal);
    BarSeries series{"difference", {}};
    for (int i = 0; i < 4; ++i) {
        series.bars.push_back({QString::number(i), QString("layer %1").arg(i), 0.031 - 0.015 * i});
    }
    plot.setSeries({series});
    for (const int width : {170, 240, 700}) {
        plot.resize(width, 300);
        plot.show();
        QVERIFY(QTest::qWaitForWindowExposed(&plot));
        plot.canvas().replot();
        const QCPAxis &axis = *plot.canvas().xAxis;
        const QFontMetrics metrics(axis.tickLabelFont());
        double end = -1e9;
        for (qsizetype i = 0; i < axis.tickVector().size(); ++i) {
            const double middle = axis.coordToPixel(axis.tickVector().at(i));
            const double half = metrics.horizontalAdvance(axis.tickVectorLabels().at(i)) / 2.0;
            QVERIFY2(middle - half > end, qPrintable(QString::number(width)));
            end = middle + half;
        }
        QVERIFY(width < 700 || axis.tickVector().size() > 3);
    }
}

void TstPlot::picturesAreReadable()
{
    HeatMapPlot plot;
    plot.setData(exampleMap(14));
    plot.setTitle("KL divergence of each layer, nats per token");
    plot.setContext("example, 1,024 tokens");
    show(plot);
    const QByteArray svg = plotPicture(plot, PictureFormat::Svg);
    QVERIFY(svg.contains(plot.title().toUtf8()));
    QVERIFY(svg.contains(plot.context().toUtf8()));
    QXmlStreamReader reader(svg);
    while (!reader.atEnd()) {
        reader.readNext();
    }
    QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    const QByteArray pdf = plotPicture(plot, PictureFormat::Pdf);
    QVERIFY(pdf.startsWith("%PDF-"));
    QVERIFY(pdf.trimmed().endsWith("%%EOF"));
    const QTemporaryDir folder;
    QSignalSpy saved(&plot, &PlotFrame::pictureSaved);
    plot.savePicture(folder.filePath("map.png"));
    QVERIFY(saved.wait());
    QCOMPARE(saved.first().at(1).toString(), QString());
    const QImage image(folder.filePath("map.png"));
    QVERIFY(image.width() > 2 * plot.canvas().width());
    QVERIFY(colourCount(image) > 20);
    plot.savePicture(folder.filePath("missing/map.png"));
    QVERIFY(saved.wait());
    QVERIFY(!saved.last().at(1).toString().isEmpty());
}

void TstPlot::picturesOfBothThemesAreNeitherEmptyNorOneColour_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::addColumn<double>("scale");
    for (const double scale : {1.0, 1.5, 2.0, 3.0}) {
        QTest::addRow("light %.1f", scale) << false << scale;
        QTest::addRow("dark %.1f", scale) << true << scale;
    }
}

void TstPlot::picturesOfBothThemesAreNeitherEmptyNorOneColour()
{
    QFETCH(bool, isDark);
    QFETCH(double, scale);
    HeatMapPlot map;
    map.setData(exampleMap(14));
    LinePlot line;
    line.setSeries({exampleSeries(30, "a"), exampleSeries(20, "b")});
    line.setNoiseFloor(NoiseFloor{0, 1.2, "noise floor"});
    ScatterPlot scatter;
    scatter.setSeries({exampleSeries(30, "a")});
    BarPlot bars;
    bars.setSeries({{"a", {{"x", "x", 1}, {"y", "y", notMeasuredValue}}}});
    for (PlotFrame *plot : std::initializer_list<PlotFrame *>{&map, &line, &scatter, &bars}) {
        show(*plot, isDark);
        const QImage image = plotImage(*plot, scale);
        QCOMPARE(image.devicePixelRatio(), scale);
        QVERIFY(image.width() > plot->canvas().width() * scale);
        QVERIFY(colourCount(image) > 5);
        QCOMPARE(QColor(image.pixel(1, 1)).rgb(), Theme::of(plot->palette()).surface.rgb());
    }
}

void TstPlot::titlesOfLowPlotsKeepTheirUnit()
{
    ScatterPlot plot;
    plot.setAxes({"predicted"}, {"measured change in loss, nats per token", true});
    plot.setSeries({{"runs", {{1, 1}, {2, 100}}}});
    plot.resize(400, 220);
    show(plot);
    const QString title = plot.canvas().yAxis->label();
    QVERIFY2(title.contains("token"), qPrintable(title));
    QVERIFY2(title.contains("log"), qPrintable(title));
}

void TstPlot::hoverCardStaysInsideALowPlot()
{
    BarPlot plot;
    PlotBar bar{"a", "smoothquant", 1};
    bar.note = QString("a reason that takes several lines ").repeated(6);
    plot.setClickHint("Click: choose it. Double click: put it into the recipe.");
    plot.setSeries({{"errors", {bar, bar}}});
    plot.resize(420, 150);
    show(plot);
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    const QPoint bar0 = plot.itemRect(0).center().toPoint();
    const auto *card = plot.findChild<HoverCard *>();
    // The pointer of a display stands elsewhere, and may tell of it at any time.
    QVERIFY(QTest::qWaitFor([&] {
        QTest::mouseMove(&plot.canvas(), bar0 + QPoint(1, 0));
        QTest::mouseMove(&plot.canvas(), bar0);
        return card->isVisible();
    }));
    QVERIFY(plot.rect().contains(card->geometry()));
    plot.leave();
    QVERIFY(!card->isVisible());
}

void TstPlot::linesHaveTheirErrorsAsABand()
{
    LinePlot plot;
    PlotSeries line{"frontier", {}, SeriesLine::Step, false};
    for (int i = 0; i < 4; ++i) {
        line.points.push_back({i * 1.0, 4.0 - i, notMeasuredValue, 0.5});
    }
    plot.setSeries({line});
    show(plot);
    const QImage without = plot.grab().toImage();
    line.hasBand = true;
    plot.setSeries({line});
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QVERIFY(plot.grab().toImage() != without);
}

void TstPlot::widgetsAreSavedAsPlotsAre()
{
    const QTemporaryDir folder;
    QLabel widget("drawn by itself");
    widget.resize(200, 40);
    PictureMenu menu(&widget, [] { return PlotTable{{"part", "bytes"}, {{"norms", "12"}}}; });
    menu.setTexts("Size by part, bytes", "tiny-llama");
    QVERIFY(widget.actions().isEmpty());
    menu.attach();
    QCOMPARE(widget.actions().size(), 5);
    for (const char *suffix : {"png", "svg", "pdf"}) {
        const QString path = folder.filePath(QString("parts.") + suffix);
        QSignalSpy saved(&menu, &PictureMenu::pictureSaved);
        menu.savePicture(path);
        QVERIFY(saved.count() == 1 || saved.wait());
        QCOMPARE(saved.first().at(1).toString(), QString());
        QVERIFY(QFileInfo(path).size() > 100);
    }
    QFile svg(folder.filePath("parts.svg"));
    QVERIFY(svg.open(QIODevice::ReadOnly));
    QVERIFY(svg.readAll().contains("Size by part, bytes"));
    menu.copyData();
    QCOMPARE(QGuiApplication::clipboard()->text(), QString("part\tbytes\nnorms\t12\n"));
}

void TstPlot::picturesHaveNamesOfTheirTitles()
{
    QCOMPARE(pictureFileName("KL divergence at 3 bits, nats per token", "svg"),
             QString("kl-divergence-at-3-bits-nats-per-token.svg"));
    QCOMPARE(pictureFileName("a/b: c", "png"), QString("a-b-c.png")); // no folder
    QCOMPARE(pictureFileName(QString::fromUtf8("各层的 KL 散度"), "pdf"),
             QString::fromUtf8("各层的-kl-散度.pdf"));
    QCOMPARE(pictureFileName("", "png"), QString("plot.png"));
    const QString longer = pictureFileName(QString("word ").repeated(40), "png");
    QVERIFY(longer.size() < 70 && longer.endsWith("-word.png"));
    LinePlot plot;
    plot.setTitle("Loss by depth");
    show(plot);
    plot.actions().at(1)->trigger();
    auto *dialog = plot.findChild<QFileDialog *>();
    QVERIFY(dialog != nullptr);
    QCOMPARE(dialog->selectedFiles().value(0).section('/', -1), QString("loss-by-depth.svg"));
    dialog->close();
}

/// On a logarithmic axis the bar of a loss whose error reaches below zero goes down to the axis,
/// also where it is muted as lying inside the noise.
void TstPlot::errorsBelowZeroReachTheAxis()
{
    for (const bool isMuted : {false, true}) {
        ScatterPlot plot;
        plot.setAxes({"size"}, {"loss", true});
        PlotSeries series = exampleSeries(0, "runs");
        series.points = {{1, 1e-3}, {2, 1e-1}, {3, 1e-2, notMeasuredValue, 2e-2}};
        series.points.back().isMuted = isMuted;
        plot.setSeries({series});
        show(plot);
        plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
        const QRect area = plot.canvas().plotRect().toRect();
        const auto x = static_cast<int>(std::lround(plot.canvas().pixel(3, 1e-2).x()));
        const QImage image = plot.canvas().grab().toImage();
        const QColor surface = Theme::of(plot.palette()).surface;
        int marked = 0;
        const int foot = area.bottom() - 3; // clear of the axis
        for (int each = x - 1; each <= x + 1; ++each) {
            marked += image.pixelColor(each, foot) == surface ? 0 : 1;
        }
        QVERIFY(marked > 0);
        QCOMPARE(image.pixelColor(x + 8, foot), surface); // no cap tells of an end
    }
}

void TstPlot::curvesAreBounded()
{
    LinePlot plot;
    plot.setSeries({exampleSeries(50000, "a")});
    QVERIFY(plot.itemCount() <= static_cast<int>(maxPlotPoints));
}

BITPRISM_TEST(TstPlot);
#include "tst_plot.moc"
