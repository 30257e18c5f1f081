// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/report_sections.h"
#include "core/report/reporter.h"
#include "core/report/tables.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

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

BITPRISM_TEST(TstOutlierReport);
#include "tst_outlier_report.moc"
