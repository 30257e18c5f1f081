// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/map_scale.h"
#include "core/results/histogram_range.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <cmath>
#include <limits>

using namespace bitprism;
using namespace bitprism::chart;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
/// A chart of the largest size that a page takes: what a report may grow by.
constexpr std::size_t mostSvgBytes = 120'000;

template <typename T> std::vector<T> shapesIn(const Drawing &drawing)
{
    std::vector<T> found;
    for (const Shape &shape : drawing.shapes) {
        if (const T *match = std::get_if<T>(&shape)) {
            found.push_back(*match);
        }
    }
    return found;
}

/// The cells that are not the legend's.
Cells cellsOf(const Drawing &drawing)
{
    const std::vector<Cells> all = shapesIn<Cells>(drawing);
    return *std::find_if(all.begin(), all.end(),
                         [](const Cells &cells) { return !cells.tooltips.empty(); });
}

bool hasLabel(const Drawing &drawing, const std::string &part)
{
    const std::vector<Label> labels = shapesIn<Label>(drawing);
    return std::any_of(labels.begin(), labels.end(), [&](const Label &label) {
        return label.text.find(part) != std::string::npos;
    });
}

/// A coordinate that is no number would be written as a huge one.
bool isInside(const Drawing &drawing)
{
    const auto isFine = [&](double x, double y) {
        return x > -1 && x <= drawing.width + 1 && y > -1 && y <= drawing.height + 1;
    };
    for (const Rectangle &shape : shapesIn<Rectangle>(drawing)) {
        if (!isFine(shape.x, shape.y) || !isFine(shape.x + shape.width, shape.y + shape.height)) {
            return false;
        }
    }
    for (const Marker &shape : shapesIn<Marker>(drawing)) {
        if (!isFine(shape.at.x, shape.at.y)) {
            return false;
        }
    }
    return true;
}

LayerOutliers layerWith(const std::string &name, std::size_t channels, std::size_t loud,
                        double value)
{
    LayerOutliers layer;
    layer.layer = name;
    layer.channelMaxAbs.assign(channels, 1);
    layer.channelMaxAbs[loud] = value;
    layer.maxAbs = value;
    layer.channelMaxMedian = 1;
    layer.outlierChannels = {{static_cast<std::int64_t>(loud), value}};
    return layer;
}

/// `channels` x `tokens`, all at 1 but one cell at 512.
OutlierMap mapWith(std::int64_t channels, std::int64_t tokens, std::int64_t channel,
                   std::int64_t token)
{
    OutlierMap map;
    map.channels = channels;
    map.tokens = tokens;
    map.scale.topBin = 0x440; // sixteen bins to an octave, 512's
    map.codes.assign(static_cast<std::size_t>(channels * tokens), 255 - 9 * 16);
    map.codes[static_cast<std::size_t>(channel * tokens + token)] = 255;
    map.tokenLow.assign(static_cast<std::size_t>(tokens), -1);
    map.tokenHigh.assign(static_cast<std::size_t>(tokens), 1);
    map.tokenHigh[static_cast<std::size_t>(token)] = 512;
    return map;
}

AtlasTokens tokensOf(std::int64_t count, std::int64_t marked)
{
    AtlasTokens tokens;
    for (std::int64_t i = 0; i < count; ++i) {
        tokens.samples.push_back(0);
        tokens.positions.push_back(i);
        tokens.ids.push_back(i == marked ? 1 : 0);
    }
    tokens.vocabulary = {0, 1};
    tokens.pieces = {"dull", "<loud>"};
    return tokens;
}

} // namespace

class TstOutlierCharts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void atlasesAreByWidthAndShowEachChannel();
    void wideAndDeepModelsKeepTheirMaxima();
    void atlasesOfDamagedStatistics();
    void layersOfOneInputShareAColumn();
    void theMapKeepsMaximaAndNamesTokens();
    void largeMapsFitAPage();
    void histogramsHaveTheGridOverThem();
    void histogramsShowWhatTheGridWastes();
    void histogramsOfDamagedStatistics();
    void emptyBinsAtTheEndsAreCut();
    void chartsByDepthLeaveOutWhatIsNoNumber();
    void cellsAreJoinedAndWellFormed();
    void coloursAreLogarithmic();
};

void TstOutlierCharts::atlasesAreByWidthAndShowEachChannel()
{
    OutlierTable table;
    table.layers = {layerWith("layers.0.self_attn.q_proj", 8, 5, 64),
                    layerWith("layers.0.mlp.down_proj", 16, 2, 8),
                    layerWith("layers.1.self_attn.q_proj", 8, 5, 32)};
    const std::vector<Drawing> atlases = channelAtlases(table, test::toyModelInfo(), "toy");
    QCOMPARE(atlases.size(), std::size_t(2));
    const Cells cells = cellsOf(atlases[0]); // two inputs of 8 channels come first
    QCOMPARE(cells.columns, std::size_t(2));
    QCOMPARE(cells.rows(), std::size_t(8));
    QCOMPARE(int(cells.levels[5 * 2]), mapLevels - 1);
    QVERIFY(cells.levels[5 * 2 + 1] < cells.levels[5 * 2]);
    QCOMPARE(int(cells.levels[0]), 0);
    QCOMPARE(cells.tooltips[0], std::string("layers.0.self_attn.q_proj: largest 64.00, channel 5"));
    QVERIFY(hasLabel(atlases[0], "inputs of 8 channels"));
    QCOMPARE(cellsOf(atlases[1]).columns, std::size_t(1));
    table.isOfWeights = true;
    QVERIFY(hasLabel(channelAtlases(table, test::toyModelInfo(), "toy")[0], "columns of weights"));
}

void TstOutlierCharts::wideAndDeepModelsKeepTheirMaxima()
{
    constexpr std::size_t depth = 300;
    constexpr std::size_t width = 8192;
    OutlierTable table;
    for (std::size_t i = 0; i < depth; ++i) {
        table.layers.push_back(layerWith("layers." + std::to_string(i), width, i, 2));
    }
    table.layers[299] = layerWith("layers.299", width, 8191, 1000);
    const std::vector<Drawing> atlases = channelAtlases(table, {}, "toy");
    QCOMPARE(atlases.size(), std::size_t(1));
    const Cells cells = cellsOf(atlases[0]);
    QCOMPARE(cells.columns, std::size_t(100)); // three inputs to a column
    QCOMPARE(cells.rows(), std::size_t(64));
    QCOMPARE(int(cells.levels.back()), mapLevels - 1);
    QCOMPARE(std::count(cells.levels.begin(), cells.levels.end(), std::int8_t(mapLevels - 1)),
             std::ptrdiff_t(1));
    QVERIFY(hasLabel(atlases[0], "cells of 128 channels and 3 inputs"));
    QVERIFY(toSvg(atlases[0], SvgStyle::Page).size() < mostSvgBytes);
}

void TstOutlierCharts::atlasesOfDamagedStatistics()
{
    OutlierTable table;
    table.layers
        = {layerWith("a", 4, 1, 8), layerWith("b", 4, 2, unknown), layerWith("c", 4, 0, INFINITY)};
    const Drawing atlas = channelAtlases(table, {}, "toy").at(0);
    const Cells cells = cellsOf(atlas);
    QCOMPARE(int(cells.levels[2 * 3 + 1]), -1); // no cell, rather than a small value
    QCOMPARE(int(cells.levels[0 * 3 + 2]), -1);
    QCOMPARE(int(cells.levels[1 * 3 + 0]), mapLevels - 1);
    QVERIFY(isInside(atlas));
    LayerOutliers silent = layerWith("d", 4, 0, 0);
    silent.channelMaxAbs.assign(4, 0);
    table.layers = {silent, LayerOutliers()};
    QVERIFY(channelAtlases(table, {}, "toy").empty());
    QVERIFY(channelAtlases({}, {}, "toy").empty());
}

void TstOutlierCharts::layersOfOneInputShareAColumn()
{
    OutlierTable table;
    table.layers = {layerWith("q", 4, 1, 8), layerWith("k", 4, 1, 8), layerWith("v", 4, 1, 8),
                    layerWith("o", 4, 1, 9)};
    const std::vector<report::OutlierInput> inputs = report::inputsOf(table);
    QCOMPARE(inputs.size(), std::size_t(2));
    QCOMPARE(report::inputName(inputs[0]), std::string("q and 2 more"));
    QCOMPARE(report::mostOutlying(table, 1).at(0).layer->layer, std::string("o"));
    table.layers[3].channelMaxMedian = unknown; // says nothing, so it comes last
    QCOMPARE(report::mostOutlying(table, 5).back().layer->layer, std::string("o"));
    QCOMPARE(cellsOf(channelAtlases(table, {}, "toy").at(0)).columns, std::size_t(2));
}

void TstOutlierCharts::theMapKeepsMaximaAndNamesTokens()
{
    OutlierMapPicture picture = pictureOf(mapWith(8, 10, 3, 7), tokensOf(10, 7));
    picture.input = "layers.0.fc2";
    QCOMPARE(picture.rows(), std::size_t(8));
    QCOMPARE(picture.columns, std::size_t(10));
    const auto map = magnitudeMap(picture, "toy");
    QVERIFY(map);
    const Cells cells = cellsOf(*map);
    QCOMPARE(int(cells.levels[3 * 10 + 7]), mapLevels - 1);
    QCOMPARE(int(cells.levels[3 * 10 + 6]), 0);
    QVERIFY(cells.tooltips[7].find("<loud>") != std::string::npos);
    QVERIFY(cells.tooltips[6].find("dull") != std::string::npos);
    QVERIFY(toSvg(*map, SvgStyle::Page).find("&lt;loud&gt;") != std::string::npos);
    QVERIFY(hasLabel(*map, "layers.0.fc2"));
    QVERIFY(!magnitudeMap({}, "toy"));
}

void TstOutlierCharts::largeMapsFitAPage()
{
    constexpr std::int64_t channels = 4096;
    constexpr std::int64_t tokens = 2048;
    OutlierMap map = mapWith(channels, tokens, 4095, 2047);
    std::uint32_t state = 1;
    for (std::uint8_t &code : map.codes) { // nothing to join: the worst for its size
        state = state * 1664525 + 1013904223;
        code = static_cast<std::uint8_t>(std::max<std::uint32_t>(code, 1 + (state >> 24) % 250));
    }
    const OutlierMapPicture picture = pictureOf(map, tokensOf(tokens, 2047));
    QVERIFY(std::int64_t(picture.rows()) <= OutlierMapPicture::mostRows);
    QVERIFY(std::int64_t(picture.columns) <= OutlierMapPicture::mostColumns);
    QCOMPARE(picture.loudest.size(), picture.columns);
    QCOMPARE(picture.loudest.back(), std::string("<loud>"));
    QCOMPARE(picture.values.back(),
             *std::max_element(picture.values.begin(), picture.values.end()));
    QVERIFY(toSvg(*magnitudeMap(picture, "toy"), SvgStyle::Page).size() < mostSvgBytes);
    map.channelPool = 2; // the file's own sharing counts too
    map.channels = 2 * channels;
    QCOMPARE(pictureOf(map, {}).channelsPerRow, std::int64_t(2 * 86));
}

void TstOutlierCharts::histogramsHaveTheGridOverThem()
{
    const OutlierTable table = test::toyOutliers();
    const report::OutlierInput input = report::inputsOf(table).front();
    const auto both = valueHistograms(input, false, "toy");
    QVERIFY(both && isInside(*both));
    const auto gridLines = [](const Drawing &drawing) {
        const std::vector<Line> lines = shapesIn<Line>(drawing);
        return std::count_if(lines.begin(), lines.end(), [](const Line &line) {
            return line.stroke.role == Role::Series && line.stroke.index == 1;
        });
    };
    QCOMPARE(gridLines(*both), 16 + 15); // asymmetric inputs, symmetric weights
    QCOMPARE(shapesIn<Rectangle>(*both).size(), std::size_t(5 + 3));
    QVERIFY(hasLabel(*both, "value of the input"));
    const auto weights = valueHistograms(input, true, "toy");
    QVERIFY(weights);
    QCOMPARE(gridLines(*weights), 15);
    QVERIFY(!hasLabel(*weights, "value of the input"));
}

void TstOutlierCharts::histogramsShowWhatTheGridWastes()
{
    LayerOutliers layer;
    layer.layer = "loud";
    layer.inputHistogram = {-1, 255, std::vector<std::int64_t>(256, 0)};
    layer.inputHistogram.counts[0] = 500;
    layer.inputHistogram.counts[1] = 500;
    layer.inputHistogram.counts[255] = 1;
    layer.magnitude99 = 1;
    const auto histogram = valueHistograms({&layer, 1}, false, "toy");
    QVERIFY(histogram);
    // -1, 16.07, ...: of 16 values one; -1, 0.004, 1.008, ...: of 256 two.
    QVERIFY(hasLabel(*histogram, "99 % lie on 1 of 16 values, on 2 of 256 at 8 bits"));
    QCOMPARE(shapesIn<Rectangle>(*histogram).size(), std::size_t(2)); // joined four to a bar
}

void TstOutlierCharts::histogramsOfDamagedStatistics()
{
    LayerOutliers layer;
    const auto draw = [&] { return valueHistograms({&layer, 1}, false, "toy"); };
    QVERIFY(!draw());
    layer.inputHistogram = {0, 0, {5}};
    layer.weightHistogram = {unknown, 1, {5, 5}};
    QVERIFY(!draw());
    layer.inputHistogram = {-1, 1, {0, -7, 0}};
    QVERIFY(!draw());
    layer.inputHistogram = {-1, 1, {3, -7, 2}};
    layer.magnitude99 = unknown;
    QVERIFY(draw() && isInside(*draw()));
    layer.inputHistogram = {-1, INFINITY, {3, 2}};
    QVERIFY(!draw());
}

void TstOutlierCharts::emptyBinsAtTheEndsAreCut()
{
    const Histogram part = occupiedPart({-8, 8, {0, 0, 0, 1, 4, 0, 2, 0}});
    QCOMPARE(part.low, -2.0);
    QCOMPARE(part.high, 6.0);
    QCOMPARE(part.counts, (std::vector<std::int64_t>{1, 4, 0, 2}));
    QVERIFY(occupiedPart({-8, 8, {0, 0}}).counts.empty());
    QVERIFY(occupiedPart({8, -8, {1, 2}}).counts.empty());
    QVERIFY(occupiedPart({}).counts.empty());
}

void TstOutlierCharts::chartsByDepthLeaveOutWhatIsNoNumber()
{
    OutlierTable table = test::toyOutliers();
    table.layers[0].kurtosis = unknown;
    table.layers[1].weightKurtosis = INFINITY;
    table.layers[2].maxAbs = unknown;
    table.layers[3].errorShares.front().perToken = unknown;
    const auto kurtosis = kurtosisByDepth(table, "toy");
    QVERIFY(kurtosis && isInside(*kurtosis));
    QCOMPARE(shapesIn<Marker>(*kurtosis).size(), 2 * table.layers.size() - 2 + 2);
    const auto peaks = outlierPeaks(table);
    QVERIFY(peaks && isInside(*peaks));
    QCOMPARE(shapesIn<Marker>(*peaks).size(), 2 * (table.layers.size() - 1) + 2);
    const auto shares = errorShareByDepth(table, "toy");
    QVERIFY(shares && isInside(*shares));
}

void TstOutlierCharts::cellsAreJoinedAndWellFormed()
{
    Cells cells{{10, 20}, 4, 2.5, 4, {3, 3, 3, 0, -1, 3, 0, 0}, {"a", "b", "c", "d <"}};
    const std::vector<std::vector<CellRun>> runs = cellRuns(cells);
    QCOMPARE(runs.size(), std::size_t(mapLevels));
    QCOMPARE(runs[3].size(), std::size_t(2));
    QCOMPARE(runs[3][0].count, std::size_t(3));
    QCOMPARE(runs[0][1].first, std::size_t(2));
    QCOMPARE(runs[0][1].count, std::size_t(2));
    Drawing drawing{100, 100, "cells", {}};
    drawing.add(cells);
    const std::string page = toSvg(drawing, SvgStyle::Page);
    QVERIFY(page.find(R"(d="M0 0h3.13M1 1h1.13" class="s-m3")") != std::string::npos);
    QVERIFY(page.find("d &lt;</title>") != std::string::npos);
    const std::string dark = toSvg(drawing, SvgStyle::Dark);
    QVERIFY(dark.find("stroke=\"" + colourOf({Role::Map, 3}, true)) != std::string::npos);
    QXmlStreamReader reader(QString::fromStdString(page));
    while (!reader.atEnd()) {
        reader.readNext();
    }
    QVERIFY(!reader.hasError());
    QCOMPARE(cellRuns({}).front().size(), std::size_t(0));
}

void TstOutlierCharts::coloursAreLogarithmic()
{
    const std::vector<double> values{1, 10, 100, 0, unknown, INFINITY};
    const MapScale scale(values);
    QCOMPARE(int(scale.level(100)), mapLevels - 1);
    QCOMPARE(int(scale.level(10)), (mapLevels - 1) / 2);
    QCOMPARE(int(scale.level(1)), 0);
    QCOMPARE(int(scale.level(0)), 0);
    QCOMPARE(int(scale.level(unknown)), -1);
    QCOMPARE(int(scale.level(INFINITY)), -1);
    const std::vector<double> wide{1e-30, 1};
    QCOMPARE(int(MapScale(wide).level(0.01)), (mapLevels - 1) / 2); // four decades at most
    const std::vector<double> equal{2, 2};
    QCOMPARE(int(MapScale(equal).level(2)), mapLevels - 1);
    const std::vector<double> none{0, unknown};
    QVERIFY(MapScale(none).isEmpty());
}

BITPRISM_TEST(TstOutlierCharts);
#include "tst_outlier_charts.moc"
