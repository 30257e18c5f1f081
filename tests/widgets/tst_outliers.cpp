// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/outlier_atlas_file.h"
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/outliers/all_layers_panel.h"
#include "widgets/outliers/block_model.h"
#include "widgets/outliers/calibration_panel.h"
#include "widgets/outliers/channel_model.h"
#include "widgets/outliers/channel_panel.h"
#include "widgets/outliers/depth_panel.h"
#include "widgets/outliers/outlier_charts.h"
#include "widgets/outliers/outliers_view.h"
#include "widgets/outliers/token_model.h"
#include "widgets/outliers/token_panel.h"
#include "widgets/outliers/what_if_panel.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/image_map_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/theme.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/table_roles.h"

#include <QAbstractItemModelTester>
#include <QListWidget>
#include <QPushButton>
#include <QSlider>
#include <QTabWidget>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <random>

using namespace bitprism;

namespace {

const std::string firstLayer = "model.layers.0.self_attn.q_proj";
const QString chosenLayer = QStringLiteral("model.layers.1.self_attn.q_proj");
constexpr std::int64_t outlier = 5; ///< the channel that stands out
constexpr std::int64_t loudToken = 11; ///< where it does
/// A code of the map is known within 1/32 of the value.
constexpr double codeTolerance = 1.0 / 32 + 1e-6;

AtlasTokens toyTokens(std::int64_t count)
{
    AtlasTokens tokens;
    for (std::int64_t i = 0; i < count; ++i) {
        tokens.samples.push_back(i / 8);
        tokens.positions.push_back(i % 8);
        tokens.ids.push_back(i % 3);
    }
    tokens.ids[loudToken] = 3;
    tokens.vocabulary = {0, 1, 2, 3};
    tokens.pieces = {"the", " cat", "\n", "<s>"};
    return tokens;
}

/// What a run keeps of one input: Gaussian values, one channel far above the others at one token.
struct ToyInput
{
    OutlierMap map;
    InputSamples samples;

    ToyInput(std::int64_t channels, std::int64_t tokens, const std::vector<std::string> &layers,
             float loud)
    {
        std::mt19937 random(7);
        std::normal_distribution<float> normal(0, 1);
        std::vector<float> values(static_cast<std::size_t>(channels * tokens));
        for (float &value : values) {
            value = normal(random);
        }
        values[static_cast<std::size_t>(loudToken * channels + outlier)] = loud;
        const auto cells = static_cast<std::size_t>(channels);
        samples.channels = channels;
        samples.tokens = tokens;
        samples.low.assign(cells, 0);
        samples.high.assign(cells, 0);
        samples.powerSums.assign(4 * cells, 0);
        samples.gain.assign(cells, 1);
        samples.gain[outlier] = 8;
        samples.norm = "model.layers.0.input_layernorm.weight";
        samples.canMoveNorm = true;
        samples.sample = values;
        map.channels = channels;
        map.tokens = tokens;
        map.gain = samples.gain;
        map.channelMaxAbs.assign(cells, 0);
        map.tokenLow.assign(static_cast<std::size_t>(tokens), 0);
        map.tokenHigh.assign(static_cast<std::size_t>(tokens), 0);
        map.scale.topBin = static_cast<int>(std::bit_cast<std::uint32_t>(loud) >> 19);
        map.codes.assign(values.size(), 0);
        for (std::int64_t token = 0; token < tokens; ++token) {
            samples.sampleTokens.push_back(token);
            for (std::int64_t channel = 0; channel < channels; ++channel) {
                take(values[static_cast<std::size_t>(token * channels + channel)],
                     static_cast<std::size_t>(token), static_cast<std::size_t>(channel));
            }
        }
        map.channelMedian.assign(cells, 0.7F);
        map.channel99.assign(cells, 2.5F);
        map.rows.push_back({outlier, 0, {}});
        for (std::int64_t token = 0; token < tokens; ++token) {
            map.rows[0].codes.push_back(
                map.codes[static_cast<std::size_t>(outlier * tokens + token)]);
        }
        for (const std::string &layer : layers) {
            WeightRows rows;
            rows.layer = layer;
            rows.rows = 12;
            rows.columnMaxAbs.assign(cells, 0.1F);
            for (std::size_t i = 0; i < 12 * cells; ++i) {
                rows.values.push_back(0.03F * normal(random));
            }
            samples.layers.push_back(rows);
        }
    }

private:
    void take(float value, std::size_t token, std::size_t channel)
    {
        const auto tokens = static_cast<std::size_t>(map.tokens);
        const auto channels = static_cast<std::size_t>(map.channels);
        samples.low[channel] = std::min(samples.low[channel], value);
        samples.high[channel] = std::max(samples.high[channel], value);
        double power = 1;
        for (std::size_t p = 0; p < 4; ++p) {
            power *= value;
            samples.powerSums[p * channels + channel] += power;
        }
        map.tokenLow[token] = std::min(map.tokenLow[token], value);
        map.tokenHigh[token] = std::max(map.tokenHigh[token], value);
        map.channelMaxAbs[channel] = std::max(map.channelMaxAbs[channel], std::abs(value));
        const int bin = static_cast<int>(std::bit_cast<std::uint32_t>(std::abs(value)) >> 19);
        map.codes[channel * tokens + token]
            = static_cast<std::uint8_t>(std::max(0, 255 - (map.scale.topBin - bin)));
    }
};

OutlierTable toyTable(float loud)
{
    const ModelInfo model = test::toyModelInfo();
    OutlierTable table;
    table.model = model.name;
    table.data = "/data/calibration.txt";
    table.tokens = 24;
    table.complete = true;
    for (const LayerInfo &info : model.layers) {
        if (info.block < 0) {
            continue;
        }
        LayerOutliers layer;
        const bool isQuery = info.kind == "attention_query";
        layer.layer = info.name;
        layer.maxAbs = isQuery ? loud * static_cast<float>(info.block + 1) : 2;
        layer.kurtosis = isQuery ? 30 + info.block : 3;
        layer.channelMaxAbs.assign(16, 2);
        layer.channelMaxAbs[outlier] = layer.maxAbs;
        layer.channelMaxMedian = 2;
        layer.magnitudeMedian = 0.5;
        layer.tokenMaxMedian = 3;
        layer.outlierChannels
            = {{outlier, layer.maxAbs, 8.0, {{loudToken, 1, 3, 3, "<s>", "a", "b", 9}}},
               {2, 2, 1.0, {}}};
        layer.inputHistogram = {-4, loud, {1, 50, 80, 3, 0, 1}};
        layer.weightHistogram = {-1, 1, {2, 30, 2}};
        layer.norm = isQuery ? "model.layers.0.input_layernorm.weight" : "";
        layer.gainCorrelation = isQuery ? std::optional<double>(0.83) : std::nullopt;
        layer.errorShares = {{8, 1, 0.6, 0.2}};
        layer.atlasFile = isQuery ? atlasFileName(info.block, 0) : "";
        table.layers.push_back(layer);
    }
    BlockOutliers block;
    block.heads = 4;
    block.massive = {{loudToken, 1, 3, 3, "<s>", "a", "b", 412}};
    block.massiveChannels = {outlier};
    block.sinks = {{{0, 0, 0, 0, "the", "", "", 0.61}, 3}};
    table.blocks.push_back(block);
    return table;
}

/// The toy's outlier run with its maps, in a store beside a checkpoint of these layers.
struct Fixture : test::ViewFixture
{
    explicit Fixture(const OutlierTable &table = toyTable(60),
                     store::RunStatus status = store::RunStatus::Finished,
                     const std::string &asked = "{}")
    {
        test::writeToyLlama(folder.filePath("toy").toStdString());
        add(table, status, asked);
    }

    void add(const OutlierTable &table, store::RunStatus status, const std::string &asked = "{}")
    {
        store::ExperimentStore made = store();
        store::RunRequest request;
        request.kind = "outliers";
        request.name = "first look";
        request.request = asked;
        request.blocks = 2;
        const store::NewRun created
            = made.createRun(request, test::toyModelInfo(),
                             store::checkpointFingerprint(folder.filePath("toy").toStdString()));
        run = QString::fromStdString(created.id);
        const std::filesystem::path runFolder = made.runFolder(created.id);
        std::filesystem::create_directories(runFolder);
        writeAtlasTokens(runFolder, 0, toyTokens(24));
        for (const LayerOutliers &layer : table.layers) {
            if (!layer.atlasFile.empty()) {
                const ToyInput input(16, 24, {layer.layer}, static_cast<float>(layer.maxAbs));
                writeInputAtlas(runFolder / layer.atlasFile, input.map, input.samples);
            }
        }
        made.putResult(created.id, table);
        made.setStatus(created.id, status);
    }

    bool show(OutliersView &view)
    {
        project.open(folder.filePath("toy"), path());
        view.resize(1200, 900);
        view.show();
        return QTest::qWaitFor([&] {
            return project.model() && view.atlas().itemCount() > 0 && view.map().itemCount() > 0;
        });
    }

    QString run;
};

void click(ImageMapPlot &plot, int item)
{
    plot.canvas().replot(QCustomPlot::rpImmediateRefresh);
    QTest::mouseClick(&plot.canvas(), Qt::LeftButton, {}, plot.itemRect(item).center().toPoint());
}

QString shownSentence(const OutliersView &view)
{
    return view.findChild<StatePanel *>()->sentence();
}

} // namespace

class TstOutliers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void atlasHasTheStoredMaxima();
    void atlasOfAPartialTableIsHatched();
    void kindsRestrictTheAtlas();
    void mapHasTheStoredMagnitudes();
    void tokensOfAChannelComeLargestFirst();
    void pooledChannelsAreKnownByTheirCells();
    void channelsStandWithTheirGain();
    void gainIsSaidInWords();
    void depthHasOneLineForEachKind();
    void histogramsAreShares();
    void modelsKeepTheRulesOfItemModels();
    void viewShowsTheStrongestLayerUntilOneIsChosen();
    void clickInTheAtlasChoosesLayerAndChannel();
    void clickInTheMapListsTheTokens();
    void tokenOfTheListIsShownInTheMap();
    void scrubbingKeepsKindAndChannel();
    void whatIfAnswersAndGoesIntoTheRecipe();
    void whatDoesNotApplySaysWhy();
    void calibrationSetsAreCompared();
    void runsOfEarlierVersionsShowTheAtlasAlone();
    void weightsAloneHaveNoTokens();
    void missingMapsAreSaidNotThrown();
    void stoppedRunsKeepWhatIsMeasured();
    void liveResultsFillTheAtlas();
    void runsWithoutABlockAreHatched();
    void measuringAgainIsFollowed();
    void itsOwnChoiceIsItsOwn();
    void allItsPicturesNameModelAndRun();
    void allLayersSideBySide();
    void emptyViewSaysWhatToDo();
    void pictureOfBothThemesIsNotEmpty();
};

void TstOutliers::init() { qputenv("XDG_DATA_HOME", QDir::tempPath().toUtf8() + "/bitprism-none"); }

void TstOutliers::atlasHasTheStoredMaxima()
{
    const OutlierTable table = toyTable(60);
    const ModelInfo model = test::toyModelInfo();
    const std::vector<std::string> layers = atlasLayers(table, &model, {});
    QCOMPARE(layers.size(), table.layers.size());
    const ImageMapData image = atlasImage(table, &model, layers);
    QCOMPARE(image.rows.count, 16);
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        QCOMPARE(image.columns.id(static_cast<int>(layer)), QString::fromStdString(layers[layer]));
        for (int channel = 0; channel < 16; ++channel) {
            QCOMPARE(image.values[image.at(channel, static_cast<int>(layer))],
                     static_cast<float>(
                         table.layers[layer].channelMaxAbs[static_cast<std::size_t>(channel)]));
        }
    }
    QCOMPARE(image.columns.groups, QStringList({"0", "0", "1", "1"}));
}

void TstOutliers::atlasOfAPartialTableIsHatched()
{
    OutlierTable table = toyTable(60);
    table.layers.resize(2);
    table.complete = false;
    table.layers[0].channelMaxAbs.resize(8); // a narrower input
    const ModelInfo model = test::toyModelInfo();
    const std::vector<std::string> layers = atlasLayers(table, &model, {});
    QCOMPARE(layers.size(), std::size_t(4));
    const ImageMapData image = atlasImage(table, &model, layers);
    QVERIFY(image.values[image.at(9, 0)] < 0); // there is no such channel
    QVERIFY(std::isnan(image.values[image.at(0, 2)])); // not measured yet
    table.complete = true;
    QCOMPARE(atlasLayers(table, &model, {}).size(), std::size_t(2));
    QCOMPARE(atlasLayers(table, nullptr, {}).size(), std::size_t(2)); // whose model is not open
}

void TstOutliers::kindsRestrictTheAtlas()
{
    const OutlierTable table = toyTable(60);
    const ModelInfo model = test::toyModelInfo();
    QCOMPARE(atlasKinds(table, &model), (std::vector<std::string>{"attention_query", "mlp_down"}));
    for (const std::string &name : atlasLayers(table, &model, "mlp_down")) {
        QVERIFY(name.ends_with("mlp.down_proj"));
    }
}

void TstOutliers::mapHasTheStoredMagnitudes()
{
    const ToyInput input(16, 24, {firstLayer}, 60);
    const ImageMapData image = imageOf(input.map, toyTokens(24));
    QCOMPARE(image.rows.count, 16);
    QCOMPARE(image.columns.count, 24);
    for (std::size_t token = 0; token < 24; ++token) {
        for (std::size_t channel = 0; channel < 16; ++channel) {
            const double exact = std::abs(input.samples.sample[token * 16 + channel]);
            const double shown
                = image.values[image.at(static_cast<int>(channel), static_cast<int>(token))];
            QVERIFY(std::abs(shown - exact) <= codeTolerance * exact + 1e-3);
        }
    }
    QVERIFY(image.columns.name(loudToken).contains("<s>"));
    QCOMPARE(channelOf(image.rows.id(7)), std::int64_t(7));
    QCOMPARE(channelOf("token:7"), std::int64_t(-1));
}

void TstOutliers::tokensOfAChannelComeLargestFirst()
{
    const ToyInput input(16, 24, {firstLayer}, 60);
    const std::vector<ExcitedToken> tokens = tokensOfChannel(input.map, outlier, 5);
    QCOMPARE(tokens.size(), std::size_t(5));
    QCOMPARE(tokens[0].token, loudToken);
    QVERIFY(std::abs(tokens[0].magnitude - 60) < 60 * codeTolerance);
    for (std::size_t i = 1; i < tokens.size(); ++i) {
        QVERIFY(tokens[i].magnitude <= tokens[i - 1].magnitude);
    }
    // A channel without a row of its own is read from the map: the same where nothing is pooled.
    OutlierMap without = input.map;
    without.rows.clear();
    const std::vector<ExcitedToken> again = tokensOfChannel(without, outlier, 5);
    for (std::size_t i = 0; i < again.size(); ++i) {
        QCOMPARE(again[i].token, tokens[i].token);
    }
    QVERIFY(tokensOfChannel(input.map, 10000, 5).empty());
}

void TstOutliers::pooledChannelsAreKnownByTheirCells()
{
    OutlierMap map;
    map.channels = 4;
    map.tokens = 6;
    map.channelPool = 2;
    map.tokenPool = 3;
    map.scale.topBin = static_cast<int>(std::bit_cast<std::uint32_t>(8.0F) >> 19);
    map.codes = {10, 20, 200, 255};
    const ImageMapData image = imageOf(map, toyTokens(24));
    QVERIFY(image.rows.name(1).contains("2 to 3") || image.rows.name(1).contains("channels 2"));
    QVERIFY(image.columns.name(1).startsWith("3 tokens"));
    const std::vector<ExcitedToken> tokens = tokensOfChannel(map, 3, 5);
    QCOMPARE(tokens.size(), std::size_t(2));
    QCOMPARE(tokens[0].token, std::int64_t(3)); // the first of its cell
    QVERIFY(std::abs(tokens[0].magnitude - 8) < 8 * codeTolerance);
}

void TstOutliers::channelsStandWithTheirGain()
{
    const LayerOutliers layer = toyTable(60).layers[0];
    std::vector<float> gain(16, 1);
    gain[outlier] = -8;
    const std::vector<PlotSeries> series = channelsAndGain(layer, gain);
    QCOMPARE(series.size(), std::size_t(2));
    QCOMPARE(series[0].points[0].id, channelId(outlier));
    QCOMPARE(series[0].points[0].y, 60.0);
    QCOMPARE(series[1].points[0].y, 8.0); // its size
    QCOMPARE(channelsAndGain(layer, {}).size(), std::size_t(1));
    QCOMPARE(channelsAndGain(layer, {1, 2}).size(), std::size_t(1)); // of something else
}

void TstOutliers::gainIsSaidInWords()
{
    LayerOutliers layer = toyTable(60).layers[0];
    std::vector<float> even(16, 1);
    QVERIFY(gainSentence(layer, {}).contains("0.83"));
    QVERIFY(gainSentence(layer, {}).contains("are the large ones"));
    // Eight times the median at the largest channel: that says more than the ranks of all.
    QVERIFY(gainSentence(layer, even).contains("8 times the median"));
    layer.outlierChannels[0].gain = 1;
    layer.gainCorrelation = 0.1;
    QVERIFY(gainSentence(layer, even).contains("does not"));
    layer.gainCorrelation.reset();
    QVERIFY(gainSentence(layer, even).contains("same for all"));
    layer.norm.clear();
    QVERIFY(gainSentence(layer, even).contains("No norm"));
}

void TstOutliers::depthHasOneLineForEachKind()
{
    const OutlierTable table = toyTable(60);
    const ModelInfo model = test::toyModelInfo();
    const std::vector<PlotSeries> series = outliersByDepth(table, &model, DepthMeasure::Kurtosis);
    QCOMPARE(series.size(), std::size_t(2));
    QCOMPARE(series[0].points[1].y, 31.0);
    QCOMPARE(measureOf(table.layers[0], DepthMeasure::PeakOverMedian), 120.0);
    QCOMPARE(measureOf(table.layers[0], DepthMeasure::ErrorShare), 60.0);
    QVERIFY(std::isnan(measureOf(LayerOutliers(), DepthMeasure::ErrorShare)));
    QVERIFY(outliersByDepth(table, nullptr, DepthMeasure::Kurtosis).empty());
}

void TstOutliers::histogramsAreShares()
{
    const PlotSeries series = histogramSeries({-2, 2, {1, 3, 0, 4}}, "input");
    QCOMPARE(series.points.size(), std::size_t(8)); // both edges of each bin
    QCOMPARE(series.points[0].x, -2.0);
    QCOMPARE(series.points[1].x, -1.0);
    QCOMPARE(series.points[2].y, 37.5);
    QVERIFY(std::isnan(series.points[4].y)); // empty: no place on a logarithmic axis
    Histogram fine{0, 1, {}};
    fine.counts.assign(1000, 1);
    double share = 0;
    const std::vector<PlotPoint> points = histogramSeries(fine, "joined").points;
    for (std::size_t i = 0; i < points.size(); i += 2) {
        share += points[i].y;
    }
    QVERIFY(points.size() <= 256 && std::abs(share - 100) < 1e-9);
    QVERIFY(histogramSeries({}, "none").points.empty());
    ActivationGrid grid;
    grid.low = -1;
    grid.high = 2;
    grid.bits = 4;
    QCOMPARE(gridLines(grid).size(), std::size_t(16));
    grid.bits = 8;
    QCOMPARE(gridLines(grid).size(), std::size_t(2)); // its ends
    QVERIFY(gridSentence(grid).contains("256"));
}

void TstOutliers::modelsKeepTheRulesOfItemModels()
{
    constexpr auto mode = QAbstractItemModelTester::FailureReportingMode::QtTest;
    const OutlierTable table = toyTable(60);
    TokenModel tokens;
    const QAbstractItemModelTester tokenTester(&tokens, mode);
    const ToyInput input(16, 24, {firstLayer}, 60);
    tokens.setTokens(tokensOfChannel(input.map, outlier, 5),
                     std::make_shared<const AtlasTokens>(toyTokens(24)));
    QCOMPARE(tokens.index(0, TokenModel::TextColumn).data().toString(), QString("<s>"));
    QCOMPARE(tokens.index(0, TokenModel::PositionColumn).data(SortRole).toDouble(), 3.0);
    QVERIFY(tokens.index(0, TokenModel::ContextColumn).data().toString().contains("cat"));
    ChannelModel channels;
    const QAbstractItemModelTester channelTester(&channels, mode);
    channels.setLayer(table.layers[0]);
    QCOMPARE(channels.rowOf(2), 1);
    QCOMPARE(channels.rowOf(99), -1);
    QCOMPARE(channels.index(0, ChannelModel::RatioColumn).data(SortRole).toDouble(), 30.0);
    BlockModel blocks;
    const QAbstractItemModelTester blockTester(&blocks, mode);
    blocks.setBlocks(table.blocks);
    QCOMPARE(blocks.rowCount(), 2);
    QVERIFY(blocks.index(0, BlockModel::WhereColumn).data().toString().contains("channel 5"));
    QVERIFY(blocks.index(1, BlockModel::WhereColumn).data().toString().startsWith("3 of 4"));
}

void TstOutliers::viewShowsTheStrongestLayerUntilOneIsChosen()
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    QCOMPARE(view.run(), fixture.run);
    QCOMPARE(view.layer(), chosenLayer); // 120 in its input
    fixture.selection.setLayer(QString::fromStdString(firstLayer));
    QCOMPARE(view.layer(), QString::fromStdString(firstLayer));
    QCOMPARE(view.atlas().selected(), QStringList(view.layer()));
    QTRY_VERIFY(view.map().map() && view.map().title().contains("layers.0"));
    QTRY_COMPARE(view.map().map()->scale().high > 50 && view.map().map()->scale().high < 70, true);
}

void TstOutliers::clickInTheAtlasChoosesLayerAndChannel()
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    click(view.atlas(), view.atlas().itemOf(outlier, 0));
    QCOMPARE(fixture.selection.layer(), QString::fromStdString(firstLayer));
    QCOMPARE(view.channel(), outlier);
    QTRY_COMPARE(view.map().selected(), QStringList(channelId(outlier)));
    view.tabs().setCurrentWidget(&view.channelPanel());
    QTRY_COMPARE(view.channelPanel().table().currentRow(), 0);
    QCOMPARE(view.channelPanel().plot().selected(), QStringList(channelId(outlier)));
    QCOMPARE(view.channelPanel().plot().series().size(), std::size_t(2)); // and the gain
}

void TstOutliers::clickInTheMapListsTheTokens()
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    click(view.map(), view.map().itemOf(outlier, 2));
    QCOMPARE(view.tabs().currentWidget(), &view.tokenPanel());
    QVERIFY(view.tokenPanel().heading().contains("channel 5"));
    QCOMPARE(view.tokenPanel().model().token(0).token, loudToken);
    QCOMPARE(view.tokenPanel().model().index(0, TokenModel::TextColumn).data().toString(),
             QString("<s>"));
    QCOMPARE(view.tokenPanel().plot().series().size(), std::size_t(3)); // and the channel's own
    QTest::mouseClick(view.tokenPanel().findChild<QPushButton *>(), Qt::LeftButton);
    QCOMPARE(view.channel(), std::int64_t(-1));
    QVERIFY(view.map().selected().isEmpty());
}

void TstOutliers::tokenOfTheListIsShownInTheMap()
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    Q_EMIT view.tokenPanel().tokenChosen(loudToken);
    QCOMPARE(view.map().cursor(), view.map().itemOf(outlier, loudToken));
    QVERIFY(view.map().readOut().contains("<s>"));
}

void TstOutliers::scrubbingKeepsKindAndChannel()
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    fixture.selection.setLayer(chosenLayer);
    click(view.map(), view.map().itemOf(outlier, 2));
    QCOMPARE(view.scrub().maximum(), 1);
    QCOMPARE(view.scrub().value(), 1);
    QTest::keyClick(&view.scrub(), Qt::Key_Left);
    QCOMPARE(fixture.selection.layer(), QString::fromStdString(firstLayer));
    QCOMPARE(view.channel(), outlier);
    QTRY_VERIFY(view.tokenPanel().model().rowCount() > 0);
    fixture.selection.setLayer("model.layers.0.mlp.down_proj");
    QCOMPARE(view.scrub().value(), 0);
    QTest::keyClick(&view.scrub(), Qt::Key_Right);
    QCOMPARE(fixture.selection.layer(), QString("model.layers.1.mlp.down_proj"));
}

void TstOutliers::whatIfAnswersAndGoesIntoTheRecipe()
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    WhatIfPanel &panel = view.whatIfPanel();
    QTRY_VERIFY(panel.answer().has_value());
    QCOMPARE(panel.answer()->layer, chosenLayer.toStdString());
    QCOMPARE(panel.errors().itemCount(), static_cast<int>(std::size(whatIfIds)));
    for (int item = 0; item < panel.errors().itemCount(); ++item) {
        const WhatIfOutcome &outcome = panel.answer()->outcomes[static_cast<std::size_t>(item)];
        QCOMPARE(panel.errors().itemId(item), QString::fromStdString(outcome.id));
        if (outcome.applies) {
            QCOMPARE(panel.errors().series()[0].bars[static_cast<std::size_t>(item)].value,
                     100 * outcome.outputError);
        }
    }
    panel.choose("plain");
    QVERIFY(panel.apply().isHidden());
    panel.choose("gamma-migration");
    QVERIFY(panel.apply().isEnabled());
    panel.apply().click();
    QCOMPARE(fixture.recipe.recipe().transforms.size(), std::size_t(1));
    QCOMPARE(fixture.recipe.recipe().transforms[0].id, std::string("gamma-migration"));
    panel.apply().click(); // the button says "Take out" now
    QVERIFY(fixture.recipe.recipe().transforms.empty());
    QCOMPARE(fixture.recipe.undoStack().count(), 2);
}

void TstOutliers::whatDoesNotApplySaysWhy()
{
    OutlierTable table = toyTable(60);
    Fixture fixture(table);
    { // the same run, but nothing may move the norm
        store::ExperimentStore made = fixture.store();
        ToyInput input(16, 24, {chosenLayer.toStdString()}, 120);
        input.samples.norm.clear();
        input.samples.gain.clear();
        input.map.gain.clear();
        writeInputAtlas(made.runFolder(fixture.run.toStdString()) / atlasFileName(1, 0), input.map,
                        input.samples);
    }
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    WhatIfPanel &panel = view.whatIfPanel();
    QTRY_VERIFY(panel.answer().has_value());
    panel.choose("smoothquant");
    QVERIFY(!panel.apply().isEnabled());
    QVERIFY(panel.errors().reading(1).text().contains("norm"));
    panel.choose("hadamard-rotation");
    QVERIFY(panel.apply().isEnabled());
}

void TstOutliers::calibrationSetsAreCompared()
{
    Fixture fixture;
    OutlierTable other = toyTable(50);
    other.data = "/data/other.txt";
    std::swap(other.layers[0].kurtosis, other.layers[1].kurtosis);
    fixture.add(other, store::RunStatus::Finished);
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    auto *panel = view.findChild<CalibrationPanel *>();
    view.tabs().setCurrentWidget(panel);
    QTRY_COMPARE(panel->agreement().cells().rows.size(), std::size_t(2));
    const std::vector<double> &tau = panel->agreement().cells().values;
    QCOMPARE(tau[0], 1.0);
    QCOMPARE(tau[1], tau[2]);
    QVERIFY(tau[1] < 1);
    QCOMPARE(panel->bars().series().size(), std::size_t(2));
    QVERIFY(panel->sentence().contains("tau"));
    panel->runs().item(0)->setCheckState(Qt::Unchecked);
    QVERIFY(panel->sentence().contains("two"));
    QCOMPARE(panel->bars().itemCount(), 0);
}

void TstOutliers::runsOfEarlierVersionsShowTheAtlasAlone()
{
    OutlierTable table = toyTable(60);
    for (LayerOutliers &layer : table.layers) {
        layer.atlasFile.clear();
    }
    Fixture fixture(table);
    OutliersView view(fixture.context, nullptr);
    QVERIFY(!fixture.show(view));
    QVERIFY(view.atlas().itemCount() > 0);
    QVERIFY(view.mapState().sentence().contains("keeps no map"));
    QCOMPARE(view.whatIfPanel().errors().itemCount(), 0);
}

void TstOutliers::weightsAloneHaveNoTokens()
{
    OutlierTable table = toyTable(60);
    table.isOfWeights = true;
    for (LayerOutliers &layer : table.layers) {
        layer.atlasFile.clear();
        layer.inputHistogram = {};
    }
    Fixture fixture(table);
    OutliersView view(fixture.context, nullptr);
    QVERIFY(!fixture.show(view));
    QVERIFY(view.atlas().title().contains("weight"));
    QVERIFY(view.mapState().sentence().contains("no tokens"));
}

void TstOutliers::missingMapsAreSaidNotThrown()
{
    Fixture fixture;
    {
        store::ExperimentStore made = fixture.store();
        std::filesystem::remove(made.runFolder(fixture.run.toStdString()) / atlasFileName(1, 0));
    }
    OutliersView view(fixture.context, nullptr);
    QVERIFY(!fixture.show(view));
    QTRY_VERIFY2(view.mapState().sentence().contains(QString::fromStdString(atlasFileName(1, 0))),
                 qPrintable(view.mapState().sentence()));
    fixture.selection.setLayer(QString::fromStdString(firstLayer)); // which is there
    QTRY_VERIFY(view.map().itemCount() > 0);
}

void TstOutliers::stoppedRunsKeepWhatIsMeasured()
{
    OutlierTable table = toyTable(60);
    table.layers.resize(2);
    table.complete = false;
    Fixture fixture(table, store::RunStatus::Cancelled);
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    QCOMPARE(view.atlas().map()->data().columns.count, 14); // all of the checkpoint's
    QVERIFY(std::isnan(view.atlas().map()->value(0, 3)));
    QTRY_VERIFY(view.findChild<StateBanner *>()->isVisible());
    QVERIFY(view.findChild<StateBanner *>()->sentence().contains("stopped"));
}

void TstOutliers::liveResultsFillTheAtlas()
{
    OutlierTable table = toyTable(60);
    table.layers.resize(2);
    table.complete = false;
    Fixture fixture(table, store::RunStatus::Running);
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    QVERIFY(std::isnan(view.atlas().map()->value(0, 3)));
    Q_EMIT fixture.hub.resultReady(fixture.run, std::make_shared<const OutlierTable>(toyTable(60)));
    QTRY_COMPARE(view.atlas().map()->value(0, 3), 2.0F);
    QCOMPARE(view.atlas().map()->data().columns.count, 4);
}

void TstOutliers::runsWithoutABlockAreHatched()
{
    OutlierTable table = toyTable(60);
    table.layers.clear();
    table.blocks.clear();
    table.complete = false;
    Fixture fixture(table, store::RunStatus::Running);
    OutliersView view(fixture.context, nullptr);
    QVERIFY(!fixture.show(view)); // there is no map
    QCOMPARE(view.atlas().map()->data().columns.count, 14);
    QVERIFY(std::isnan(view.atlas().map()->value(0, 0)));
    QVERIFY(view.mapState().sentence().contains("No layer is measured"));
    QVERIFY(!view.whatIfPanel().errors().isVisible()); // a sentence stands in its place
    QVERIFY(test::isPainted(view));
}

/// The earlier figures stay, and are said to be such, until there are new ones.
void TstOutliers::measuringAgainIsFollowed()
{
    JobRequest asked;
    asked.kind = "outliers";
    asked.name = "first look";
    asked.options = R"({"data":"/data/own.txt"})";
    test::FakeEngine engine;
    Fixture f(toyTable(60), store::RunStatus::Finished, asked.toJson());
    OutliersView view(f.context, nullptr);
    QVERIFY(f.show(view));
    f.project.setDataFiles(f.folder.filePath("toy/config.json"), {});
    f.selection.setRun(f.run);
    f.hub.setEngine(&engine);
    const auto isEarlier = [&] { return view.atlas().context().contains("(an earlier run, of "); };
    const auto *banner = view.findChild<RunsBanner *>();
    auto *start = view.findChild<MeasureButton *>();
    QTRY_VERIFY(start->button().isEnabled());
    QVERIFY(!isEarlier());
    start->button().click();
    QVERIFY(isEarlier());
    QTRY_VERIFY(banner->sentence().contains("the earlier run is shown"));
    store::ExperimentStore made = f.store();
    store::RunRequest request;
    request.kind = "outliers";
    request.name = "second look";
    request.blocks = 2;
    const store::NewRun begun
        = made.createRun(request, test::toyModelInfo(),
                         store::checkpointFingerprint(f.folder.filePath("toy").toStdString()));
    made.setStatus(begun.id, store::RunStatus::Running);
    const QString second = QString::fromStdString(begun.id);
    engine.start(1, begun.id);
    QTRY_VERIFY(banner->sentence().startsWith("second look"));
    QCOMPARE(view.run(), f.run); // there is nothing to see of the new one yet
    engine.publish(1, std::make_shared<OutlierTable>(toyTable(60)));
    QTRY_COMPARE(view.run(), second);
    QCOMPARE(f.selection.run(), second);
    QTRY_VERIFY(!isEarlier());
}

void TstOutliers::itsOwnChoiceIsItsOwn() // until the user makes it by a click
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    const QString own = view.layer();
    QVERIFY(!own.isEmpty());
    QCOMPARE(fixture.selection.layer(), QString());
    Q_EMIT view.map().clicked(channelId(0));
    QCOMPARE(fixture.selection.layer(), own);
}

void TstOutliers::allItsPicturesNameModelAndRun()
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    const QString source = view.map().context().section("; ", -1);
    QVERIFY(source.contains("tokens of") && source.contains("run "));
    QVERIFY(view.atlas().context().endsWith(source));
    QVERIFY(view.atlas().context().contains("in each block from the left: q_proj"));
    QVERIFY(view.map().context().endsWith(source));
    QVERIFY(view.whatIfPanel().errors().context().endsWith(source));
    QVERIFY(view.whatIfPanel().ranges().context().endsWith(source));
    QVERIFY(view.tokenPanel().plot().context().endsWith(source));
}

void TstOutliers::allLayersSideBySide()
{
    LayerWhatIf answer;
    answer.layer = "a";
    for (const std::string_view id : whatIfIds) {
        WhatIfOutcome &outcome = answer.outcomes.emplace_back();
        outcome.id = id;
        outcome.outputError = 0.04;
        outcome.outputErrorStderr = 0.001;
    }
    answer.outcomes[1].outputError = 0.01;
    answer.outcomes[2].applies = false;
    HeatMapData map = whatIfMap({answer}, nullptr);
    QCOMPARE(map.columns.size(), std::size(whatIfIds));
    QCOMPARE(map.values[0], 4.0);
    QVERIFY(std::isnan(map.values[2])); // hatched
    QCOMPARE(map.errors[1], 0.1);
    QVERIFY(map.marked[1] != 0 && map.marked[0] == 0);
    answer.outcomes[1].outputError = 0.0395; // inside the noise
    QVERIFY(whatIfMap({answer}, nullptr).marked[1] == 0);

    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    QVERIFY(fixture.show(view));
    view.tabs().setCurrentWidget(&view.allLayersPanel());
    HeatMapPlot &plot = view.allLayersPanel().map();
    QVERIFY(QTest::qWaitFor([&] { return plot.itemCount() > 0 && plot.isVisible(); }));
    QVERIFY(plot.context().contains("tokens of"));
}

void TstOutliers::emptyViewSaysWhatToDo()
{
    test::ViewFixture fixture;
    OutliersView view(fixture.context, nullptr);
    view.show();
    QVERIFY(shownSentence(view).contains("Open a model"));
    QSignalSpy opens(&view, &View::openModelRequested);
    QTest::mouseClick(view.findChild<StatePanel *>()->findChild<QPushButton *>(), Qt::LeftButton);
    QCOMPARE(opens.count(), 1);
}

void TstOutliers::pictureOfBothThemesIsNotEmpty()
{
    Fixture fixture;
    OutliersView view(fixture.context, nullptr);
    for (const bool isDark : {false, true}) {
        view.setPalette(Theme::palette(isDark));
        QVERIFY(fixture.show(view));
        for (int tab = 0; tab < view.tabs().count(); ++tab) {
            view.tabs().setCurrentIndex(tab);
            QVERIFY(test::isPainted(view));
        }
    }
}

BITPRISM_TEST(TstOutliers);
#include "tst_outliers.moc"
