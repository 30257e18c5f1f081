// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "widgets/plot/colour_map.h"
#include "widgets/plot/image_map_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_export.h"
#include "widgets/shared/theme.h"

#include <cmath>
#include <limits>

using namespace bitprism;

namespace {

constexpr float notMeasuredValue = std::numeric_limits<float>::quiet_NaN();
/// A colour has 254 places between the ends of the scale.
constexpr double placeTolerance = 0.5 / 253 + 1e-6;

/// `rows` x `columns` small values and one large one.
ImageMapData exampleData(int rows, int columns, int largeRow, int largeColumn)
{
    ImageMapData data;
    data.rows = {"channel", "channel %1", "channel:%1", rows};
    data.columns = {"token", "token %1", "token:%1", columns};
    data.valueName = "magnitude";
    data.values.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
    for (std::size_t i = 0; i < data.values.size(); ++i) {
        data.values[i] = 1.0F + static_cast<float>(i % 7) / 10;
    }
    data.values[data.at(largeRow, largeColumn)] = 1000;
    return data;
}

ImageMapPtr exampleMap(int rows, int columns, int largeRow, int largeColumn, bool isLog = true)
{
    return std::make_shared<const ImageMap>(exampleData(rows, columns, largeRow, largeColumn),
                                            isLog);
}

void show(ImageMapPlot &plot, bool isDark = false)
{
    plot.setPalette(Theme::palette(isDark));
    plot.resize(900, 640);
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
}

/// Pixels of the plot's inside that have a colour.
int countOf(ImageMapPlot &plot, const QColor &colour)
{
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    const QImage image = plot.canvas().grab().toImage();
    const QRect inside = plot.canvas().plotRect().toRect();
    int count = 0;
    for (int y = inside.top(); y <= inside.bottom(); ++y) {
        for (int x = inside.left(); x <= inside.right(); ++x) {
            count += image.pixelColor(x, y).rgb() == colour.rgb() ? 1 : 0;
        }
    }
    return count;
}

QColor largestColour(const ImageMapPlot &plot)
{
    return ColourMap::sequential(Theme::of(plot.palette())).colour(1);
}

} // namespace

class TstImageMap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void levelsKeepEveryMaximum_data();
    void levelsKeepEveryMaximum();
    void codesAreThePlacesOfTheScale();
    void scaleLeavesItsLowestTailOut();
    void maximaSkipWhatIsNotMeasured();
    void oneLargeCellOfMillionsIsSeen();
    void everyCellOfASmallMapHasItsColour();
    void missingCellsAreHatchedAndAbsentOnesBlank();
    void hoverAndClickFindTheLargestOfWhatIsShownAsOne();
    void zoomedInEveryCellIsItsOwn();
    void arrowsReadTheValuesOut();
    void selectionOutlinesARowOrAColumn();
    void brushTellsIdsWithoutVisitingCells();
    void copiedDataAreBoundedAndKeepTheLargest();
    void labelsAreGroupsUntilThereIsRoom();
    void pooledSidesCountWhatTheyHold();
    void picturesOfBothThemesAreReadable_data();
    void picturesOfBothThemesAreReadable();
    void nothingIsShownWithoutAMap();
};

void TstImageMap::levelsKeepEveryMaximum_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::newRow("powers of two") << 256 << 512;
    QTest::newRow("odd sides") << 333 << 129;
    QTest::newRow("one row") << 1 << 1000;
    QTest::newRow("small") << 3 << 5;
}

void TstImageMap::levelsKeepEveryMaximum()
{
    QFETCH(int, rows);
    QFETCH(int, columns);
    const ImageMapPtr map = exampleMap(rows, columns, rows - 1, columns - 1);
    const ImageMap::Level &finest = map->level(1, 1);
    QCOMPARE(finest.rows, rows);
    QCOMPARE(finest.columns, columns);
    for (const double rowStep : {1.0, 2.0, 3.0, 8.0, 1e6}) {
        for (const double columnStep : {1.0, 4.0, 5.0, 1e6}) {
            const ImageMap::Level &level = map->level(rowStep, columnStep);
            QVERIFY(level.rowStep >= rowStep || level.rows <= 64);
            QVERIFY(level.columnStep >= columnStep || level.columns <= 64);
            for (int row = 0; row < level.rows; ++row) {
                for (int column = 0; column < level.columns; ++column) {
                    std::uint8_t most = 0;
                    for (int r = row * level.rowStep; r < std::min((row + 1) * level.rowStep, rows);
                         ++r) {
                        for (int c = column * level.columnStep;
                             c < std::min((column + 1) * level.columnStep, columns); ++c) {
                            most = std::max(most, finest.row(r)[c]);
                        }
                    }
                    QCOMPARE(level.row(row)[column], most);
                }
            }
        }
    }
}

void TstImageMap::codesAreThePlacesOfTheScale()
{
    for (const bool isLog : {false, true}) {
        const ImageMapPtr map = exampleMap(20, 30, 4, 5, isLog);
        QCOMPARE(map->scale().isLog, isLog);
        QCOMPARE(map->scale().high, 1000.0);
        for (int row = 0; row < 20; ++row) {
            const double place
                = ImageMap::placeOf(map->level(1, 1).row(row)[static_cast<std::size_t>(row)]);
            const double expected = map->scale().place(map->value(row, row));
            QVERIFY(std::abs(place - expected) < placeTolerance);
        }
    }
}

void TstImageMap::scaleLeavesItsLowestTailOut()
{
    ImageMapData data = exampleData(100, 100, 0, 0);
    data.values[5] = 1e-7F; // one value far below all others
    const ImageMap map(std::move(data), true);
    QVERIFY(map.scale().low >= 1);
    ImageMapData zeros = exampleData(4, 4, 0, 0);
    zeros.values.assign(16, 0);
    const ImageMap flat(std::move(zeros), true);
    QVERIFY(!flat.scale().isLog); // zero has no logarithm
}

void TstImageMap::maximaSkipWhatIsNotMeasured()
{
    ImageMapData data = exampleData(3, 3, 1, 1);
    for (const int column : {0, 1, 2}) {
        data.values[data.at(2, column)] = notMeasuredValue;
    }
    data.values[data.at(0, 0)] = -1; // no such cell
    const ImageMap map(std::move(data), true);
    QCOMPARE(map.rowMaxima()[1], 1000.0F);
    QVERIFY(std::isnan(map.rowMaxima()[2]));
    QCOMPARE(map.columnMaxima()[1], 1000.0F);
    QCOMPARE(map.columnMaxima()[0], map.value(1, 0));
}

void TstImageMap::oneLargeCellOfMillionsIsSeen()
{
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMap(exampleMap(4096, 2048, 631, 1777));
    show(plot);
    const int count = countOf(plot, largestColour(plot));
    QVERIFY2(count >= 1 && count <= 64, qPrintable(QString::number(count)));
}

void TstImageMap::everyCellOfASmallMapHasItsColour()
{
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    const ImageMapPtr map = exampleMap(5, 8, 2, 3, false);
    plot.setMap(map);
    show(plot);
    const QImage image = plot.canvas().grab().toImage();
    const ColourMap &colours = ColourMap::sequential(Theme::of(plot.palette()));
    for (int item = 0; item < plot.itemCount(); ++item) {
        const std::uint8_t code
            = map->level(1, 1).row(plot.rowOf(item))[static_cast<std::size_t>(plot.columnOf(item))];
        QCOMPARE(image.pixelColor(plot.itemRect(item).center().toPoint()).rgb(),
                 colours.colour(ImageMap::placeOf(code)).rgb());
    }
}

void TstImageMap::missingCellsAreHatchedAndAbsentOnesBlank()
{
    ImageMapData data = exampleData(10, 2, 0, 0);
    for (int row = 0; row < 10; ++row) {
        data.values[data.at(row, 1)] = row < 5 ? notMeasuredValue : -1;
    }
    ImageMapPlot plot(ImageMapPlot::Chosen::Columns);
    plot.setMap(std::make_shared<const ImageMap>(std::move(data), true));
    show(plot);
    const Theme theme = Theme::of(plot.palette());
    QVERIFY(countOf(plot, theme.grid) > 100);
    QVERIFY(countOf(plot, theme.mutedText) > 20); // the diagonals
    QVERIFY(!plot.canvas().legendEntries().empty());
    const QRectF missing = plot.itemRect(plot.itemOf(2, 1));
    const QRectF absent = plot.itemRect(plot.itemOf(8, 1));
    QVERIFY(plot.itemAt(missing.center()) >= 0);
    QVERIFY(plot.reading(plot.itemAt(missing.center())).text().contains("not measured"));
    QCOMPARE(plot.itemAt(absent.center()), -1);
}

void TstImageMap::hoverAndClickFindTheLargestOfWhatIsShownAsOne()
{
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMap(exampleMap(4096, 2048, 631, 1777));
    show(plot);
    const int large = plot.itemOf(631, 1777);
    const QPointF place = plot.itemRect(large).center();
    QCOMPARE(plot.itemAt(place), large);
    const PlotReading reading = plot.reading(large);
    QVERIFY(reading.text().contains("channel 631"));
    QVERIFY(reading.text().contains("token 1777"));
    QVERIFY(reading.rank.startsWith("1st of 4,096"));
    QVERIFY(!reading.note.isEmpty());
    QSignalSpy cells(&plot, &ImageMapPlot::cellClicked);
    QSignalSpy ids(&plot, &PlotFrame::clicked);
    QTest::mouseClick(&plot.canvas(), Qt::LeftButton, {}, place.toPoint());
    QCOMPARE(cells.count(), 1);
    QCOMPARE(cells[0][0].toInt(), 631);
    QCOMPARE(cells[0][1].toInt(), 1777);
    QCOMPARE(ids[0][0].toString(), QString("channel:631"));
}

void TstImageMap::zoomedInEveryCellIsItsOwn()
{
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMap(exampleMap(4096, 2048, 631, 1777));
    show(plot);
    const int large = plot.itemOf(631, 1777);
    for (int i = 0; i < 40; ++i) {
        plot.zoom(1.25, plot.itemRect(large).center());
        plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    }
    QVERIFY(plot.itemRect(large).height() > 10);
    QVERIFY(plot.reading(large).note.isEmpty());
    const QPointF below = plot.itemRect(plot.itemOf(632, 1777)).center();
    QCOMPARE(plot.itemAt(below), plot.itemOf(632, 1777));
    QTest::keyClick(&plot, Qt::Key_Home);
    QCOMPARE(plot.canvas().yAxis->range().size(), 4096.0);
}

void TstImageMap::arrowsReadTheValuesOut()
{
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMap(exampleMap(6, 9, 3, 4));
    show(plot);
    plot.setFocus();
    QTest::keyClick(&plot, Qt::Key_Right); // the first cell
    QCOMPARE(plot.cursor(), 0);
    QTest::keyClick(&plot, Qt::Key_Right);
    QTest::keyClick(&plot, Qt::Key_Down);
    QCOMPARE(plot.cursor(), plot.itemOf(1, 1));
    QVERIFY(plot.accessibleDescription().contains("channel 1"));
    QTest::keyClick(&plot, Qt::Key_Up);
    QTest::keyClick(&plot, Qt::Key_Up); // no farther than the end
    QCOMPARE(plot.cursor(), plot.itemOf(0, 1));
}

void TstImageMap::selectionOutlinesARowOrAColumn()
{
    for (const auto chosen : {ImageMapPlot::Chosen::Rows, ImageMapPlot::Chosen::Columns}) {
        ImageMapPlot plot(chosen);
        plot.setMap(exampleMap(40, 30, 3, 4));
        show(plot);
        const int before = countOf(plot, Theme::of(plot.palette()).accent);
        plot.setSelected({chosen == ImageMapPlot::Chosen::Rows ? "channel:3" : "token:4"});
        const int after = countOf(plot, Theme::of(plot.palette()).accent);
        QVERIFY2(after > before + 200, qPrintable(QString::number(after)));
    }
}

void TstImageMap::brushTellsIdsWithoutVisitingCells()
{
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMap(exampleMap(10, 2000, 3, 4));
    show(plot);
    QSignalSpy brushed(&plot, &PlotFrame::brushed);
    const QPoint from = plot.itemRect(plot.itemOf(2, 0)).topLeft().toPoint() + QPoint(1, 2);
    const QPoint to = plot.itemRect(plot.itemOf(4, 999)).bottomRight().toPoint() - QPoint(1, 2);
    QTest::mousePress(&plot.canvas(), Qt::LeftButton, Qt::ShiftModifier, from);
    QMouseEvent move(QEvent::MouseMove, to, plot.canvas().mapToGlobal(to), Qt::NoButton,
                     Qt::LeftButton, Qt::ShiftModifier);
    QCoreApplication::sendEvent(&plot.canvas(), &move);
    QTest::mouseRelease(&plot.canvas(), Qt::LeftButton, Qt::ShiftModifier, to);
    QCOMPARE(brushed.count(), 1);
    QCOMPARE(brushed[0][0].toStringList(), QStringList({"channel:2", "channel:3", "channel:4"}));
}

void TstImageMap::copiedDataAreBoundedAndKeepTheLargest()
{
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMap(exampleMap(1000, 700, 631, 333));
    show(plot);
    const PlotTable all = plot.table();
    QVERIFY(static_cast<int>(all.rows.size()) <= ImageMapPlot::mostCopied);
    QVERIFY(all.header.size() <= ImageMapPlot::mostCopied + 1);
    int found = 0;
    for (const QStringList &row : all.rows) {
        found += static_cast<int>(row.count("1000"));
    }
    QCOMPARE(found, 1);
    ImageMapPlot small(ImageMapPlot::Chosen::Rows);
    small.setMap(exampleMap(3, 4, 1, 2));
    show(small);
    QCOMPARE(small.table().rows.size(), std::size_t(3));
    QCOMPARE(small.table().rows[1][3], QString("1000"));
    QCOMPARE(small.table().header[3], QString("token 2"));
}

void TstImageMap::labelsAreGroupsUntilThereIsRoom()
{
    ImageMapData data = exampleData(20, 60, 3, 4);
    for (int column = 0; column < 60; ++column) {
        data.columns.labels.append(QString("layers.%1.part_%2").arg(column / 6).arg(column % 6));
        data.columns.groups.append(QString("b%1").arg(column / 6));
    }
    ImageMapPlot plot(ImageMapPlot::Chosen::Columns);
    plot.setMap(std::make_shared<const ImageMap>(std::move(data), true));
    show(plot);
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QCOMPARE(plot.canvas().xAxis->tickVectorLabels().size(), 10);
    QCOMPARE(plot.canvas().xAxis->tickVectorLabels().first(), QString("b0"));
    plot.zoom(30, plot.canvas().plotRect().center());
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QVERIFY(!plot.canvas().xAxis->tickVectorLabels().isEmpty());
    QVERIFY(plot.canvas().xAxis->tickVectorLabels().first().startsWith("layers."));
}

void TstImageMap::pooledSidesCountWhatTheyHold()
{
    ImageMapData data = exampleData(20, 500, 3, 4);
    data.columns.step = 4;
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMap(std::make_shared<const ImageMap>(std::move(data), true));
    show(plot);
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    const QVector<double> places = plot.canvas().xAxis->tickVector();
    const QVector<QString> labels = plot.canvas().xAxis->tickVectorLabels();
    QVERIFY(places.size() > 2);
    for (qsizetype i = 0; i < places.size(); ++i) {
        QCOMPARE(QLocale().toInt(labels.at(i)), static_cast<int>(std::lround(4 * places.at(i))));
    }
}

void TstImageMap::picturesOfBothThemesAreReadable_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TstImageMap::picturesOfBothThemesAreReadable()
{
    QFETCH(bool, isDark);
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMarginsShown(true);
    plot.setMap(exampleMap(500, 400, 3, 4));
    show(plot, isDark);
    const QImage image = plotImage(plot, 2);
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3) {
            colours.insert(image.pixel(x, y));
        }
    }
    QVERIFY(colours.size() > 8);
    for (const PictureFormat format : {PictureFormat::Svg, PictureFormat::Pdf}) {
        QVERIFY(plotPicture(plot, format).size() > 2000);
    }
}

void TstImageMap::nothingIsShownWithoutAMap()
{
    ImageMapPlot plot(ImageMapPlot::Chosen::Rows);
    plot.setMarginsShown(true);
    show(plot);
    QCOMPARE(plot.itemCount(), 0);
    QCOMPARE(plot.itemAt(plot.canvas().plotRect().center()), -1);
    QVERIFY(plot.table().rows.empty());
    plot.setMap(exampleMap(3, 4, 1, 2));
    plot.setMap(nullptr);
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QCOMPARE(plot.itemCount(), 0);
}

BITPRISM_TEST(TstImageMap);
#include "tst_image_map.moc"
