// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/file.h"
#include "core/report/content.h"
#include "core/report/pareto.h"
#include "core/report/report_sections.h"
#include "core/report/reporter.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <algorithm>
#include <cmath>
#include <random>

using namespace bitprism;

namespace {

/// No point of the front is beaten, and every other one is: by definition, in n^2 steps.
bool isFront(const std::vector<ParetoPoint> &points, const std::vector<std::size_t> &front)
{
    for (std::size_t i = 0; i < points.size(); ++i) {
        bool isBeaten = false;
        for (const ParetoPoint &other : points) {
            isBeaten = isBeaten
                || (other.x <= points[i].x && other.y <= points[i].y
                    && (other.x < points[i].x || other.y < points[i].y));
        }
        const bool isIn = std::find(front.begin(), front.end(), i) != front.end();
        if (isIn == isBeaten) {
            return false;
        }
    }
    return true;
}

template <typename T> std::size_t countOf(const std::vector<report::Section> &sections)
{
    std::size_t count = 0;
    for (const report::Section &section : sections) {
        for (const report::Block &block : section) {
            count += std::holds_alternative<T>(block) ? 1 : 0;
        }
    }
    return count;
}

} // namespace

class TstReportSections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        store::ExperimentStore store(std::filesystem::path(m_folder->path().toStdString())
                                     / "s.bitprism");
        std::vector<std::string> ids{test::addToyRun(store, "four", 4, R"({"seed": 1})"),
                                     test::addToyRun(store, "three", 3, R"({"seed": 2})")};
        store.putResult(ids[0], test::toySensitivity());
        store.putResult(ids[0], test::toyOutliers());
        store.putResult(ids[0], test::toyAllocation());
        m_report = buildReport(store, ids);
    }

    void theTitleCountsEveryRowOfItsTable()
    {
        store::ExperimentStore store(std::filesystem::path(m_folder->path().toStdString())
                                     / "s.bitprism");
        store::RunRequest request;
        request.kind = "sensitivity";
        const ModelInfo model = store.model(m_report.runs.front().record.id);
        const std::string analysis = store.createRun(request, model, "toy").id;
        store.putResult(analysis, test::toySensitivity());
        std::vector<std::string> ids;
        for (const ReportRun &run : m_report.runs) {
            ids.push_back(run.record.id);
        }
        ids.push_back(analysis);
        QVERIFY(buildReport(store, ids).title.ends_with(": 2 runs, 1 analysis"));
        ids.erase(ids.begin());
        QVERIFY(buildReport(store, ids).title.ends_with(": 1 run, 1 analysis"));
    }

    void theFrontIsWhatNoOtherBeats()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 50; ++round) {
            std::vector<ParetoPoint> points(40);
            for (ParetoPoint &point : points) { // few values, so that many are equal
                point = {static_cast<double>(random() % 8), static_cast<double>(random() % 8)};
            }
            QVERIFY(isFront(points, paretoFront(points)));
        }
    }

    void whatIsNotMeasuredIsOnNoFront()
    {
        const std::vector<ParetoPoint> points{{NAN, 0}, {1, INFINITY}, {2, 3}};
        QCOMPARE(paretoFront(points), std::vector<std::size_t>{2});
        QVERIFY(paretoFront({}).empty());
    }

    void allSectionsLeaveTheReportAsItIs()
    {
        const ReportModel same = restrictedTo(m_report, {});
        QCOMPARE(same.comparison.toJson(), m_report.comparison.toJson());
        QCOMPARE(same.runs[0].command, m_report.runs[0].command);
        QCOMPARE(same.runs[0].sensitivity, m_report.runs[0].sensitivity);
    }

    void eachSectionCanBeLeftOut_data()
    {
        QTest::addColumn<QString>("part");
        for (const char *part : {"results", "layers", "recipes", "sensitivity", "outliers",
                                 "allocation", "provenance"}) {
            QTest::newRow(part) << part;
        }
    }

    void eachSectionCanBeLeftOut()
    {
        QFETCH(QString, part);
        ReportSections sections;
        sections.results = part != "results";
        sections.layers = part != "layers";
        sections.recipes = part != "recipes";
        sections.sensitivity = part != "sensitivity";
        sections.outliers = part != "outliers";
        sections.allocation = part != "allocation";
        sections.provenance = part != "provenance";
        const ReportModel cut = restrictedTo(m_report, sections);
        QCOMPARE(cut.comparison.metrics.empty(), part == "results");
        QCOMPARE(cut.comparison.layers.empty(), part == "layers");
        QCOMPARE(cut.runs[0].summary->layers.empty(), part == "layers");
        QCOMPARE(cut.comparison.runs[1].recipeChanges.empty(), part == "recipes");
        QCOMPARE(cut.runs[0].record.recipe == "{}", part == "recipes");
        QCOMPARE(cut.runs[0].sensitivity == nullptr, part == "sensitivity");
        QCOMPARE(cut.runs[0].outliers == nullptr, part == "outliers");
        QCOMPARE(cut.runs[0].allocation == nullptr, part == "allocation");
        QCOMPARE(cut.runs[0].command.empty(), part == "provenance");
        QCOMPARE(sectionsOf(cut), sections); // what is left out is no part of what remains
        const auto blocks = report::reportContent(cut); // and every writer copes
        QVERIFY(countOf<report::Heading>(blocks) >= 3);
        for (const char *format : {"html", "markdown", "csv", "json"}) {
            const std::filesystem::path file
                = std::filesystem::path(m_folder->path().toStdString()) / format;
            QVERIFY(writeReport(cut, format, file) > 0);
        }
    }

    void partsThatNoRunHasAreKnown()
    {
        ReportModel report = m_report;
        QCOMPARE(sectionsOf(report), ReportSections());
        report.runs[0].outliers.reset();
        QVERIFY(!sectionsOf(report).outliers);
        QVERIFY(sectionsOf(report).sensitivity);
        report.calibrationSets.emplace_back().metric = outlierMetrics().front(); // they are shown
        QVERIFY(sectionsOf(report).outliers);
    }

    void everythingOffLeavesTheRuns()
    {
        const ReportModel cut
            = restrictedTo(m_report, {false, false, false, false, false, false, false});
        const auto blocks = report::reportContent(cut);
        QCOMPARE(blocks.size(), std::size_t{3}); // head and two runs
        QCOMPARE(countOf<chart::Drawing>(blocks), std::size_t{0});
    }

    void layerDifferencesAreRunLessFirst()
    {
        const Comparison &comparison = m_report.comparison;
        const ComparedLayer &layer = comparison.layers.front();
        const auto bits = layerDifference(layer, 1, LayerMeasure::Bits);
        QCOMPARE(bits, std::optional(layer.runs[1]->bits - layer.runs[0]->bits));
        const auto weight = layerDifference(layer, 1, LayerMeasure::WeightError);
        QCOMPARE(weight, std::optional(layer.runs[1]->weightMse - layer.runs[0]->weightMse));
        QVERIFY(!layerDifference(layer, 2, LayerMeasure::Bits)); // there is no third run
        ComparedLayer lacking = layer;
        lacking.runs[1].reset();
        QVERIFY(!layerDifference(lacking, 1, LayerMeasure::Bits));
    }

    void theBestRunIsTheOneWithTheLeastLoss()
    {
        const ComparedMetric &metric = m_report.comparison.metrics.front();
        QCOMPARE(bestRuns(metric), std::vector<std::size_t>{0}); // 4 bits lose less than 3
        ComparedMetric higher = metric;
        higher.lowerIsBetter = false;
        QCOMPARE(bestRuns(higher), std::vector<std::size_t>{1});
        ComparedMetric equal = metric;
        equal.runs[1] = equal.runs[0];
        QVERIFY(bestRuns(equal).empty());
    }

    /// The least loss is no best where another's difference from it is noise.
    void amongNoiseNoneIsBest()
    {
        ComparedMetric metric = m_report.comparison.metrics.front();
        const auto measured = [](std::vector<double> sums) {
            Evaluation evaluation = test::toyEvaluation(2);
            evaluation.windowNll = std::move(sums);
            evaluation.windowTokens = {10, 10, 10};
            evaluation.nll = meanOverWindows(evaluation.windowNll, evaluation.windowTokens).mean;
            evaluation.value = std::exp(*evaluation.nll);
            return evaluation;
        };
        metric.runs[0].measured = measured({20, 20, 20});
        metric.runs[1].measured = measured({22, 19, 19.5}); // 0.017 +- 0.093 more per token
        QVERIFY(bestRuns(metric).empty());
        metric.runs.push_back(metric.runs[0]);
        metric.runs[2].measured = measured({40, 41, 40});
        QVERIFY(bestRuns(metric).empty());
        metric.runs[1].measured = measured({30, 31, 30});
        QCOMPARE(bestRuns(metric), std::vector<std::size_t>{0});
    }

    void noiseIsGreyInTablesAndPages()
    {
        ReportModel report = m_report;
        ComparedMetric &metric = report.comparison.metrics.front();
        for (ComparedMetric::Value &value : metric.runs) {
            value.baselineDifference.reset(); // the columns behind it move
        }
        const auto mutedOf = [&](double difference) {
            metric.runs[1].difference = difference;
            metric.runs[1].differenceStandardError = 0.2;
            const report::Table table = report::metricTables(report.comparison).front();
            std::vector<std::string> muted;
            for (const auto &[row, column] : table.muted) {
                muted.push_back(table.columns[column].heading + " of " + table.rows[row][0]);
            }
            return muted;
        };
        QCOMPARE(mutedOf(0.3), std::vector<std::string>());
        const std::vector<std::string> muted = mutedOf(-0.1);
        QCOMPARE(muted.size(), std::size_t{1});
        QVERIFY(muted[0].starts_with("vs first run") && muted[0].find("three") != muted[0].npos);
        const auto page = [&] {
            const std::filesystem::path file
                = std::filesystem::path(m_folder->path().toStdString()) / "page.html";
            writeReport(restrictedTo(report, {.sensitivity = false}), "html", file);
            return io::readWholeFile(file, std::uint64_t{1} << 30);
        };
        QVERIFY(page().find("<td class=\"number muted\">\u22120.10") != std::string::npos);
        mutedOf(0.3);
        QVERIFY(page().find("number muted") == std::string::npos);
    }

    void nothingIsCalledResultsWhereTheyAreOff()
    {
        const auto headings = [](const ReportModel &report) {
            std::vector<std::string> all;
            for (const report::Section &section : report::reportContent(report)) {
                for (const report::Block &block : section) {
                    if (const auto *heading = std::get_if<report::Heading>(&block)) {
                        all.push_back(heading->text);
                    }
                }
            }
            return all;
        };
        const auto has = [&](const ReportModel &report, const std::string &text) {
            const std::vector<std::string> all = headings(report);
            return std::find(all.begin(), all.end(), text) != all.end();
        };
        QVERIFY(has(m_report, "Results"));
        const ReportModel off = restrictedTo(m_report, {.results = false});
        QVERIFY(!has(off, "Results") && has(off, "Differences between the runs"));
        ReportModel bare = restrictedTo(m_report, {.results = false, .layers = false});
        bare.comparison.runs[1].recipeChanges.clear(); // nothing is left to stand under a heading
        QVERIFY(!has(bare, "Results") && !has(bare, "Differences between the runs"));
    }

    void aDifferenceWithinItsErrorSaysNothing()
    {
        QVERIFY(isInsideError(-0.1, 0.2));
        QVERIFY(!isInsideError(0.3, 0.2));
        QVERIFY(!isInsideError(std::nullopt, 0.2));
        QVERIFY(!isInsideError(0.1, std::nullopt));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    ReportModel m_report;
};

BITPRISM_TEST(TstReportSections);
#include "tst_report_sections.moc"
