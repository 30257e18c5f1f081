// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/widgets/shown_plot.h"

#include <algorithm>

using namespace bitprism;
using test::exampleMap;
using test::show;

namespace {

/// Sizes of what is shown as one, from the top; each is checked to lie in one block or to be whole
/// blocks.
QList<int> spansOf(const HeatMapPlot &plot)
{
    const HeatMapData &map = plot.cells();
    const auto groupOf = [&](int row) { return map.rows[static_cast<std::size_t>(row)].group; };
    const int rows = static_cast<int>(map.rows.size());
    QList<int> spans;
    for (int first = 0, end = 0; first < rows; first = end) {
        const QRectF rect = plot.itemRect(static_cast<int>(map.at(first, 0)));
        while (end < rows && plot.itemRect(static_cast<int>(map.at(end, 0))) == rect) {
            ++end;
        }
        const bool isOneBlock = groupOf(first) == groupOf(end - 1);
        const bool isWhole = (first == 0 || groupOf(first - 1) != groupOf(first))
            && (end == rows || groupOf(end) != groupOf(end - 1));
        if (end <= first || (!isOneBlock && !isWhole)) {
            return {};
        }
        spans.append(end - first);
    }
    return spans;
}

} // namespace

/// Maps with more rows than can be seen.
class TstHeatMapRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Seven rows of a block become three pairs and a half at a fixed step: they are parted evenly.
    void cellsShownAsOneAreOfOneBlock()
    {
        const auto data = exampleMap(70);
        HeatMapPlot plot;
        plot.setAxisTitles("bits", "layer");
        plot.setData(data);
        show(plot);
        const QList<int> spans = spansOf(plot);
        QVERIFY(!spans.isEmpty());
        QVERIFY(*std::max_element(spans.begin(), spans.end()) > 1);
        for (int row = 0; row < 70; row += 7) {
            QVERIFY(plot.itemRect(static_cast<int>(data->at(row, 0))).height() >= 12);
        }
        QVERIFY(plot.canvas().yAxis->label().contains(
            QString("the largest of up to %1").arg(*std::max_element(spans.begin(), spans.end()))));
        // Down goes to the next of them, and up from it back.
        plot.setCursor(0);
        plot.setFocus();
        QTest::keyClick(&plot, Qt::Key_Down);
        QVERIFY(plot.cursor() / 4 >= spans.first());
        QTest::keyClick(&plot, Qt::Key_Up);
        QVERIFY(plot.cursor() / 4 < spans.first());
    }

    void blocksTooSmallToBeSeenAreTakenWhole()
    {
        HeatMapPlot plot;
        plot.setData(exampleMap(1000));
        show(plot);
        const QList<int> spans = spansOf(plot);
        QVERIFY(!spans.isEmpty());
        QVERIFY(spans.first() > 7 && spans.first() % 7 == 0);
    }

    void reducedMapsStayInsideBlocks()
    {
        const auto data = exampleMap(70);
        const HeatMapData reduced = reducedHeatMap(*data, 40);
        QCOMPARE(reduced.rows.size(), std::size_t(30)); // three of each block of seven
        for (std::size_t row = 0; row < reduced.rows.size(); ++row) {
            double largest = 0; // of the rows of `data` up to the next one that was kept
            const auto placeOf = [&](std::size_t kept) {
                return static_cast<int>(std::find_if(data->rows.begin(), data->rows.end(),
                                                     [&](const HeatMapRow &each) {
                                                         return each.id == reduced.rows[kept].id;
                                                     })
                                        - data->rows.begin());
            };
            const int end = row + 1 < reduced.rows.size() ? placeOf(row + 1) : 70;
            for (int each = placeOf(row); each < end; ++each) {
                QCOMPARE(data->rows[static_cast<std::size_t>(each)].group, reduced.rows[row].group);
                largest = std::max(largest, data->values[data->at(each, 0)]);
            }
            QCOMPARE(reduced.values[reduced.at(static_cast<int>(row), 0)], largest);
        }
    }

    /// Two layers in one row are not called by the first one's name.
    void rowsShownAsOneAreCalledByBoth()
    {
        HeatMapPlot plot;
        plot.setData(exampleMap(49));
        show(plot);
        const QList<int> spans = spansOf(plot);
        QVERIFY(!spans.isEmpty() && spans.first() > 1);
        QCOMPARE(plot.canvas().yAxis->tickVectorLabels().value(0),
                 QString("layers.0.part_0\u2013part_%1").arg(spans.first() - 1));
    }
};

BITPRISM_TEST(TstHeatMapRows);
#include "tst_heat_map_rows.moc"
