// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/outlier_atlas_file.h"
#include "core/report/chart/charts.h"
#include "core/report/content.h"
#include "core/report/report_sections.h"
#include "core/report/reporter.h"
#include "core/report/tables.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitprism;

namespace {

std::string written(const ReportModel &report, const char *format)
{
    io::StringSink sink;
    create<Reporter>(format, Json::object(), "test")->write(report, sink);
    return sink.text();
}

/// Two outcomes of each layer of the toy table; the second does not apply to the first layer.
KeptWhatIf toyWhatIf(const OutlierTable &table)
{
    KeptWhatIf kept;
    for (const LayerOutliers &row : table.layers) {
        LayerWhatIf &layer = kept.layers.emplace_back();
        layer.layer = row.layer;
        WhatIfOutcome plain;
        plain.id = "plain";
        plain.low = -1;
        plain.high = 2;
        plain.kurtosis = 5;
        plain.outputError = 0.03125;
        plain.outputErrorStderr = 0.001;
        WhatIfOutcome smooth = plain;
        smooth.id = "smoothquant";
        smooth.applies = kept.layers.size() > 1;
        smooth.outputError = 0.0078125;
        layer.outcomes = {plain, smooth};
    }
    return kept;
}

} // namespace

class TstOutlierReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void everyFormatTellsOfCausesAndTokens_data();
    void everyFormatTellsOfCausesAndTokens();
    void predictionsComeFromTheStoreAlone();
    void calibrationSetsAreComparedWhereThereAreTwo();
    void chartsShowWhatIsThere();
    void theSectionCanBeLeftOut();
    void keptPredictionsComeBack();
    void whatIsNotThereIsSaidWithItsThreshold();
    void jsonCountsWhatIsMarked();
    void transformsAreSummedUp();
    void theMapComesFromTheFolder();
    void aReportOfOutliersIsSmall();

private:
    ReportModel report() const
    {
        return buildReport(*m_store, std::vector<std::string>{m_first, m_second});
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::ExperimentStore> m_store;
    std::string m_first;
    std::string m_second;
};

void TstOutlierReport::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_store = std::make_unique<store::ExperimentStore>(
        m_folder->filePath("store.bitprism").toStdString());
    m_first = test::addToyRun(*m_store, "first set", 4, "{}", "hash");
    m_second = test::addToyRun(*m_store, "second set", 4, "{}", "hash");
    OutlierTable table = test::toyOutliers();
    const std::string kept = keptText(toyWhatIf(table));
    m_store->putBlob(m_first, whatIfBlob, std::as_bytes(std::span(kept)));
    double scale = 1;
    for (LayerOutliers &layer : table.layers) { // inputs of their own
        layer.maxAbs = scale++;
        layer.channelMaxAbs.back() = layer.maxAbs;
    }
    m_store->putResult(m_first, table);
    std::swap(table.layers[0].maxAbs, table.layers[1].maxAbs);
    m_store->putResult(m_second, table);
}

void TstOutlierReport::everyFormatTellsOfCausesAndTokens_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QList<QByteArray>>("words");
    QTest::newRow("html") << QByteArray("html")
                          << QList<QByteArray>{"What amplifies outlier channels",
                                               "87.5 %",
                                               "Tokens that excite",
                                               "&lt;b&gt;|",
                                               "400.0",
                                               "sink of 3 of 4 heads",
                                               "Kendall tau",
                                               "Predicted output error"};
    QTest::newRow("markdown") << QByteArray("markdown")
                              << QList<QByteArray>{"What amplifies outlier channels",
                                                   "87.5 %",
                                                   "Tokens that excite",
                                                   "sink of 3 of 4 heads",
                                                   "Kendall tau",
                                                   "0.03125"};
    QTest::newRow("csv") << QByteArray("csv")
                         << QList<QByteArray>{"error_share_per_tensor,0.875", "what-if",
                                              "smoothquant,0.0078125"};
    QTest::newRow("json") << QByteArray("json")
                          << QList<QByteArray>{"\"calibration_sets\"", "\"what_if\"", "\"massive\"",
                                               "\"gain_correlation\": 0.75"};
}

void TstOutlierReport::everyFormatTellsOfCausesAndTokens()
{
    QFETCH(QByteArray, format);
    QFETCH(QList<QByteArray>, words);
    const QByteArray text = QByteArray::fromStdString(written(report(), format.constData()));
    for (const QByteArray &word : words) {
        QVERIFY2(text.contains(word), word.constData());
    }
    QVERIFY(format != "html" || !text.contains("<b>|"));
}

void TstOutlierReport::predictionsComeFromTheStoreAlone()
{
    std::filesystem::remove_all(m_store->runFolder(m_first)); // a store that was mailed
    const ReportModel model = report();
    QVERIFY(!model.runs[0].whatIf.layers.empty());
    QVERIFY(model.runs[1].whatIf.layers.empty());
    const report::Table table = report::whatIfTable(model.runs[0].whatIf);
    QCOMPARE(table.columns.size(), 1 + std::size(whatIfIds));
    QCOMPARE(table.rows[0][1], std::string("0.03125"));
    QCOMPARE(table.rows[0][2], table.rows[0][6]); // does not apply, and is not there: a dash
    QCOMPARE(table.rows[1][2], std::string("0.007812"));
}

void TstOutlierReport::calibrationSetsAreComparedWhereThereAreTwo()
{
    const ReportModel model = report();
    QCOMPARE(model.calibrationSets.size(), std::size_t(1));
    QCOMPARE(model.calibrationSets.front().sets[1].name, std::string("second set"));
    QCOMPARE(model.calibrationSets.front().pairs.size(), std::size_t(1));
    QVERIFY(*model.calibrationSets.front().pairs.front().tau < 1);
    const ReportModel alone = buildReport(*m_store, std::vector<std::string>{m_first});
    QVERIFY(alone.calibrationSets.empty());
}

void TstOutlierReport::chartsShowWhatIsThere()
{
    const OutlierTable table = test::toyOutliers();
    const auto kurtosis = chart::kurtosisByDepth(table, "toy");
    QVERIFY(kurtosis);
    QVERIFY(chart::errorShareByDepth(table, "toy"));
    QVERIFY(chart::whatIfErrors(toyWhatIf(table), "toy"));
    QVERIFY(chart::calibrationAgreement(report().calibrationSets.front()));
    std::size_t markers = 0;
    for (const chart::Shape &shape : kurtosis->shapes) {
        markers += std::holds_alternative<chart::Marker>(shape) ? 1 : 0;
    }
    QCOMPARE(markers, 2 * table.layers.size() + 2); // and the legend's
    QVERIFY(!chart::whatIfErrors({}, "toy"));
    QVERIFY(!chart::kurtosisByDepth({}, "toy"));
    QVERIFY(!chart::errorShareByDepth({}, "toy"));
    CalibrationSets constant = report().calibrationSets.front();
    constant.pairs.front().tau = std::nullopt;
    QVERIFY(!chart::calibrationAgreement(constant));
}

void TstOutlierReport::theSectionCanBeLeftOut()
{
    ReportSections sections;
    sections.outliers = false;
    const ReportModel without = restrictedTo(report(), sections);
    QVERIFY(without.runs[0].whatIf.layers.empty());
    QVERIFY(without.calibrationSets.empty());
    for (const char *format : {"html", "markdown"}) {
        QVERIFY(written(without, format).find("excite") == std::string::npos);
    }
}

void TstOutlierReport::keptPredictionsComeBack()
{
    KeptWhatIf kept = toyWhatIf(test::toyOutliers());
    kept.question.weightBits = 4;
    kept.question.perToken = true;
    const KeptWhatIf found = keptFromText(keptText(kept));
    QCOMPARE(found.question.weightBits, 4);
    QVERIFY(found.question.perToken);
    QCOMPARE(found.layers.size(), kept.layers.size());
    QVERIFY(!found.layers[0].outcomes[1].applies);
    QCOMPARE(found.layers[1].outcomes[1].outputError, 0.0078125);
    QCOMPARE(found.layers[1].outcomes[1].outputErrorStderr, 0.001);
    QVERIFY(keptFromText("no json").layers.empty());
    QVERIFY(keptFromText("[]").layers.empty());
}

void TstOutlierReport::whatIsNotThereIsSaidWithItsThreshold()
{
    OutlierTable table = test::toyOutliers();
    QVERIFY(report::outlierAbsences(table).empty()); // both are in its table
    for (BlockOutliers &block : table.blocks) {
        block.massive.clear();
        block.massiveChannels.clear();
        block.sinks.clear();
        block.maxAbs = 42;
    }
    const std::vector<std::string> none = report::outlierAbsences(table);
    QCOMPARE(none.size(), std::size_t(2));
    QVERIFY(
        none[0].find("none. No token leaves a block with an entry above both 100 and 1000 times")
        != std::string::npos);
    QVERIFY(none[0].find("the largest is 42.00, at most 168 times") != std::string::npos);
    QVERIFY(none[1].find("none. No token gets more than 30.0 %") != std::string::npos);
    m_store->putResult(m_first, table);
    for (const char *format : {"html", "markdown"}) {
        const std::string text = written(report(), format);
        QVERIFY2(text.find("Massive activations: none.") != std::string::npos, format);
        QVERIFY2(text.find("Attention sinks: none.") != std::string::npos, format);
    }
    for (BlockOutliers &block : table.blocks) {
        block.heads = 0;
    }
    QVERIFY(report::outlierAbsences(table)[1].find("not looked for") != std::string::npos);
    table.blocks.clear(); // of weights: no block ran
    QVERIFY(report::outlierAbsences(table).empty());
}

void TstOutlierReport::jsonCountsWhatIsMarked()
{
    OutlierTable table = test::toyOutliers();
    nlohmann::json json = table.toJson();
    QCOMPARE(json["massive_tokens"]["listed"].get<int>(), 2);
    QCOMPARE(json["massive_tokens"]["above"].get<double>(), 100.0);
    QCOMPARE(json["massive_tokens"]["above_times_median"].get<double>(), 1000.0);
    QCOMPARE(json["attention_sinks"]["listed"].get<int>(), 2);
    QCOMPARE(json["attention_sinks"]["above_share"].get<double>(), 0.3);
    for (BlockOutliers &block : table.blocks) {
        block.massive.clear();
        block.massiveChannels.clear();
        block.heads = 0;
    }
    json = table.toJson();
    QCOMPARE(json["massive_tokens"]["listed"].get<int>(), 0);
    QVERIFY(json["attention_sinks"]["listed"].is_null()); // nobody looked
    QVERIFY(OutlierTable::fromJson(json).toJson() == json);
    const std::string csv = written(report(), "csv");
    QVERIFY(csv.find("massive_tokens_listed,2") != std::string::npos);
}

void TstOutlierReport::transformsAreSummedUp()
{
    KeptWhatIf kept = toyWhatIf(test::toyOutliers());
    kept.layers[1].outcomes[1].kurtosis = 3;
    kept.layers[2].outcomes[1].kurtosis = 4;
    kept.layers[3].outcomes[1].kurtosis = std::nan("");
    const report::Table table = report::whatIfSummary(kept);
    QCOMPARE(table.rows.size(), std::size_t(1)); // of the layers that smoothquant applies to
    QCOMPARE(table.rows[0],
             (std::vector<std::string>{"smoothquant", "2", "5.000", "3.500", "3.000", "3.000",
                                       "0.03125", "0.007812"}));
    QVERIFY(report::whatIfSummary({}).rows.empty());
}

void TstOutlierReport::theMapComesFromTheFolder()
{
    OutlierTable table = test::toyOutliers();
    table.layers[0].atlasFile = atlasFileName(0, 0);
    m_store->putResult(m_first, table);
    const ReportModel missing = report();
    QVERIFY(missing.runs[0].outlierMap.input.empty());
    QVERIFY(!missing.runs[0].outlierMap.problem.empty());
    QVERIFY(written(missing, "html").find("No map of channels and tokens") != std::string::npos);
    OutlierMap map;
    map.channels = 4;
    map.tokens = 3;
    map.scale.topBin = 0x440;
    map.codes = {1, 1, 1, 9, 9, 9, 1, 255, 1, 1, 1, 1};
    map.channelMaxAbs.assign(4, 1);
    map.channelMedian.assign(4, 1);
    map.channel99.assign(4, 1);
    map.tokenLow.assign(3, -1);
    map.tokenHigh = {1, 512, 1};
    AtlasTokens tokens;
    tokens.samples = {0, 0, 0};
    tokens.positions = {0, 1, 2};
    tokens.ids = {4, 5, 4};
    tokens.vocabulary = {4, 5};
    tokens.pieces = {"a", "<s>"};
    InputSamples samples;
    samples.channels = 4;
    samples.low.assign(4, -1);
    samples.high.assign(4, 1);
    samples.powerSums.assign(16, 0);
    const std::filesystem::path folder = m_store->runFolder(m_first);
    writeInputAtlas(folder / table.layers[0].atlasFile, map, samples);
    writeAtlasTokens(folder, 0, tokens);
    const ReportModel found = report();
    QCOMPARE(found.runs[0].outlierMap.problem, std::string());
    QCOMPARE(found.runs[0].outlierMap.columns, std::size_t(3));
    const std::string page = written(found, "html");
    QVERIFY(page.find("Magnitude by channel and token") != std::string::npos);
    QVERIFY(page.find("at \u201c&lt;s&gt;\u201d") != std::string::npos);
    std::filesystem::resize_file(folder / table.layers[0].atlasFile, 40); // damaged
    QVERIFY(!report().runs[0].outlierMap.problem.empty());
    ReportSections sections;
    sections.outliers = false;
    QVERIFY(restrictedTo(found, sections).runs[0].outlierMap.values.empty());
}

void TstOutlierReport::aReportOfOutliersIsSmall()
{
    constexpr std::size_t mostBytes = 600'000; // 64 blocks of seven layers, 4,096 channels wide
    constexpr int atlasAndHistograms = 1 + 4;
    OutlierTable table = test::toyOutliers();
    const LayerOutliers layer = table.layers.front();
    table.layers.clear();
    for (std::size_t i = 0; i < 448; ++i) {
        table.layers.push_back(layer);
        table.layers.back().layer = "layers." + std::to_string(i / 7) + "." + std::to_string(i % 7);
        table.layers.back().channelMaxAbs.assign(4096, 1);
        table.layers.back().channelMaxAbs[i] = 50;
        table.layers.back().inputHistogram.counts.assign(512, 10);
    }
    m_store->putResult(m_first, table);
    const ReportModel model = buildReport(*m_store, std::vector<std::string>{m_first});
    std::size_t charts = 0;
    int drawn = 0;
    for (const report::Section &section : report::reportContent(model)) {
        for (const report::Block &block : section) {
            const auto *drawing = std::get_if<chart::Drawing>(&block);
            charts += drawing == nullptr ? 0 : toSvg(*drawing, chart::SvgStyle::Page).size();
            drawn += drawing == nullptr ? 0 : 1;
        }
    }
    QVERIFY2(charts < mostBytes, std::to_string(charts).c_str());
    QVERIFY2(drawn >= atlasAndHistograms, std::to_string(drawn).c_str());
}

BITPRISM_TEST(TstOutlierReport);
#include "tst_outlier_report.moc"
