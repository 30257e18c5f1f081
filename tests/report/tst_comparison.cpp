// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/comparison.h"
#include "core/report/numbers.h"
#include "core/report/report_model.h"
#include "core/report/tables.h"
#include "tests/support/mixed_store.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

using namespace bitprism;

class TstComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<store::ExperimentStore>(
            std::filesystem::path(m_folder->path().toStdString()) / "project.bitprism");
        m_four = test::addToyRun(*m_store, "four bits", 4,
                                 R"({"version":1,"weights":{"id":"rtn","bits":4}})");
        m_three = test::addToyRun(*m_store, "three bits", 3,
                                  R"({"version":1,"weights":{"id":"gptq","bits":3}})");
    }

    void cleanup()
    {
        m_store.reset();
        m_folder.reset();
    }

    void layersAreJoinedByName()
    {
        const Comparison comparison = compare({m_four, m_three});
        QCOMPARE(comparison.layers.size(), std::size_t{4});
        for (const ComparedLayer &layer : comparison.layers) {
            QCOMPARE(layer.runs.size(), std::size_t{2});
            QCOMPARE(layer.runs[0]->name, layer.name);
            QCOMPARE(layer.runs[0]->bits, 4.0);
            QCOMPARE(layer.runs[1]->bits, 3.0);
        }
    }

    void aLayerThatARunLacksStaysEmpty()
    {
        store::RunRequest request;
        request.kind = "run";
        request.blocks = 2;
        const store::NewRun partial
            = m_store->createRun(request, test::toyModelInfo(), std::string(64, '0'));
        m_store->commitBlock(partial.id, 0, test::toyRunLayers(0, 2));
        const Comparison comparison = compare({m_four, partial.id});
        QCOMPARE(comparison.layers.size(), std::size_t{4});
        QVERIFY(comparison.layers[0].runs[1].has_value());
        QVERIFY(!comparison.layers[3].runs[1].has_value());
    }

    void lossesOnTheSameWindowsArePaired()
    {
        const ComparedMetric metric = compare({m_four, m_three}).metrics.at(0);
        const Evaluation four = test::toyRunSummary("", 4).metrics.at(0).measured;
        const Evaluation three = test::toyRunSummary("", 3).metrics.at(0).measured;
        const Evaluation whole = *test::toyRunSummary("", 3).metrics.at(0).baseline;
        QCOMPARE(metric.differenceUnit, std::string("nats per token"));
        QVERIFY(!metric.runs[0].difference);
        QVERIFY(metric.runs[1].isPaired);
        QCOMPARE(*metric.runs[1].difference, pairedNllDifference(three, four)->mean);
        QCOMPARE(*metric.runs[1].differenceStandardError,
                 pairedNllDifference(three, four)->standardError);
        QCOMPARE(*metric.runs[1].baselineDifference, pairedNllDifference(three, whole)->mean);
        // The toy windows shift all alike, so pairing removes what the windows differ by.
        QVERIFY(*metric.runs[1].differenceStandardError < 1e-9);
        QVERIFY(*three.nllStandardError > 0.01);
    }

    void otherWindowsAreNotPaired()
    {
        const std::string other = test::addToyRun(*m_store, "other", 3, "{}");
        RunMetric metric;
        metric.measured = test::toyEvaluation(2.5, 5);
        m_store->putMetric(other, metric);
        const ComparedMetric compared = compare({m_four, other}).metrics.at(0);
        const Evaluation four = test::toyRunSummary("", 4).metrics.at(0).measured;
        QVERIFY(!compared.runs[1].isPaired);
        QCOMPARE(*compared.runs[1].difference, *metric.measured.nll - *four.nll);
        QCOMPARE(*compared.runs[1].differenceStandardError,
                 std::hypot(*metric.measured.nllStandardError, *four.nllStandardError));
    }

    /// A run with a divergence; `sums` empty: as earlier results have it.
    std::string addDivergence(const std::string &name, std::vector<double> sums, double value,
                              double standardError)
    {
        const std::string run = test::addToyRun(*m_store, name, 3, "{}");
        RunMetric metric;
        metric.measured.task = "kl-divergence";
        metric.measured.data = "/data/held-out.txt";
        metric.measured.unit = "nats";
        metric.measured.length = 64;
        metric.measured.stride = 64;
        metric.measured.value = value;
        metric.measured.standardError = standardError;
        if (!sums.empty()) {
            metric.measured.windowTokens = {5, 10, 15};
        }
        metric.measured.windowDivergence = std::move(sums);
        m_store->putMetric(run, metric);
        return run;
    }

    static const ComparedMetric &divergenceOf(const Comparison &comparison)
    {
        return *std::find_if(
            comparison.metrics.begin(), comparison.metrics.end(),
            [](const ComparedMetric &metric) { return metric.task == "kl-divergence"; });
    }

    void divergencesOnTheSameWindowsArePaired()
    {
        const std::string first = addDivergence("first", {0.5, 2.5, 3}, 0.2, 0.01);
        const std::string same = addDivergence("same", {0.5, 2.5, 3}, 0.2, 0.01);
        const std::string other = addDivergence("other", {1, 2, 6}, 0.3, 0.03);
        const Comparison comparison = compare({first, same, other});
        const ComparedMetric &metric = divergenceOf(comparison);
        QVERIFY(metric.runs[1].isPaired && !metric.runs[1].isUnpaired());
        QCOMPARE(*metric.runs[1].difference, 0.0);
        QCOMPARE(*metric.runs[1].differenceStandardError, 0.0);
        QVERIFY(metric.runs[2].isPaired);
        QCOMPARE(*metric.runs[2].difference, 0.1); // by hand in tst_results
        QCOMPARE(*metric.runs[2].differenceStandardError, std::sqrt(6.75) / 30);
        for (const Json &each : comparison.toJson().at("metrics")) {
            if (each.at("task") == "kl-divergence") {
                QVERIFY(each.at("runs").at(1).at("paired").get<bool>());
                QVERIFY(!each.at("runs").at(1).contains("window_kl"));
            }
        }
    }

    void earlierDivergencesAreSaidToBeUnpaired()
    {
        const std::string first = addDivergence("first", {0.5, 2.5, 3}, 0.2, 0.03);
        const std::string earlier = addDivergence("earlier", {}, 0.5, 0.04);
        const Comparison comparison = compare({first, earlier});
        const ComparedMetric::Value &value = divergenceOf(comparison).runs[1];
        QVERIFY(!value.isPaired && value.isUnpaired());
        QCOMPARE(*value.differenceStandardError, 0.05);
        bool isSaid = false;
        for (const report::Table &table : report::metricTables(comparison)) {
            for (const std::vector<std::string> &row : table.rows) {
                for (const std::string &cell : row) {
                    isSaid = isSaid || cell.ends_with("0.050, unpaired");
                }
            }
        }
        QVERIFY(isSaid);
    }

    void recipesShowTheirChangedKeysOnly()
    {
        const Comparison comparison = compare({m_four, m_three});
        QVERIFY(comparison.runs[0].recipeChanges.empty());
        const auto &changes = comparison.runs[1].recipeChanges;
        QCOMPARE(changes.size(), std::size_t{2});
        QCOMPARE(changes[0].key, std::string("weights.bits"));
        QCOMPARE(changes[1].after, std::string("\"gptq\""));
    }

    /// An allocation of hundreds of layers takes one row; the table of layers shows them.
    void choicesOfLayersAreCountedInReports()
    {
        const auto withLayers = [&](const std::string &name, int bits, int layers) {
            Json choices = Json::object();
            for (int i = 0; i < layers; ++i) {
                choices["layer " + std::to_string(i)] = {{"bits", bits}};
            }
            const Json recipe = {{"version", 1},
                                 {"weights", {{"id", "rtn"}, {"bits", 4}}},
                                 {"allocation", {{"id", "manual"}, {"layers", choices}}}};
            return test::addToyRun(*m_store, name, 4, recipe.dump());
        };
        const std::string first = withLayers("first", 3, 40);
        const std::string other = withLayers("other", 2, 40);
        const report::Table table = report::recipeChangeTable(compare({first, m_four, other}));
        std::vector<std::vector<std::string>> rows;
        for (const std::vector<std::string> &row : table.rows) {
            if (row[1].starts_with("allocation.layers")) {
                rows.push_back(row);
            }
        }
        const std::vector<std::vector<std::string>> expected{
            {"four bits", "allocation.layers", "40 values", numbers::notMeasured},
            {"other", "allocation.layers", "40 values", "40 other values"}};
        QVERIFY(rows == expected);
    }

    void theFrontHoldsWhatNoOtherBeats()
    {
        // Smaller and worse: both are on the front.
        QCOMPARE(compare({m_four, m_three}).pareto, (std::vector<std::string>{m_four, m_three}));
        // As large as the four-bit run, and worse.
        const std::string beaten = test::addToyRun(*m_store, "beaten", 4, "{}");
        RunMetric metric;
        metric.measured = test::toyEvaluation(3);
        m_store->putMetric(beaten, metric);
        QCOMPARE(compare({m_four, m_three, beaten}).pareto,
                 (std::vector<std::string>{m_four, m_three}));
    }

    void anEvaluationOfTheUnquantizedModelTakesPart()
    {
        store::RunRequest request;
        request.kind = "evaluate";
        const store::NewRun made
            = m_store->createRun(request, test::toyModelInfo(), std::string(64, '0'));
        m_store->putResult(made.id, test::toyEvaluation(2));
        const Comparison comparison = compare({made.id, m_three});
        QCOMPARE(comparison.runs[0].bytes, std::optional<std::int64_t>(test::toyModelInfo().bytes));
        QVERIFY(comparison.metrics.at(0).runs[1].isPaired);
        QVERIFY(*comparison.metrics.at(0).runs[1].difference > 0);
        QCOMPARE(comparison.pareto.size(), std::size_t{2});
    }

    /// An export of the four-bit run, measured as it is.
    std::string addEvaluation(const ModelInfo &model)
    {
        store::RunRequest request;
        request.kind = "evaluate";
        request.name = "imported";
        const store::NewRun made = m_store->createRun(request, model, std::string(64, '5'));
        m_store->putResult(made.id, test::toyRunSummary("", 4).metrics.at(0).measured);
        m_store->setStatus(made.id, store::RunStatus::Finished);
        return made.id;
    }

    static ModelInfo packedToy()
    {
        ModelInfo model = test::toyModelInfo("toy-awq");
        model.dtype = "INT4";
        model.bytes = 6000;
        for (LayerInfo &layer : model.layers) {
            if (layer.block >= 0) {
                layer.dtype = "INT4";
                layer.bits = 4.625;
            }
        }
        return model;
    }

    void anImportedCheckpointIsComparedOnEqualTerms()
    {
        const Comparison comparison = compare({m_four, addEvaluation(packedToy())});
        const ComparedRun &imported = comparison.runs[1];
        QCOMPARE(imported.record.averageBits, std::optional(4.625));
        QCOMPARE(imported.bytes, std::optional<std::int64_t>(6000));
        QCOMPARE(imported.storedType, std::string("INT4"));
        QVERIFY(!imported.hasRecipe() && imported.recipeChanges.empty());
        QCOMPARE(comparison.layers.size(), std::size_t{4});
        for (const ComparedLayer &layer : comparison.layers) {
            QCOMPARE(layerValue(*layer.runs[1], LayerMeasure::Bits), std::optional(4.0));
            QCOMPARE(layerDifference(layer, 1, LayerMeasure::Bits), std::optional(0.0));
            QCOMPARE(layerValue(*layer.runs[1], LayerMeasure::StoredBits), std::optional(4.625));
            QVERIFY(!layerValue(*layer.runs[1], LayerMeasure::WeightError));
        }
        QVERIFY(comparison.metrics.at(0).runs[1].isPaired);
        QCOMPARE(*comparison.metrics.at(0).runs[1].difference, 0.0);
        QVERIFY(!comparison.pareto.empty());
        const Json json = comparison.toJson();
        QCOMPARE(json["runs"][1]["average_bits"].get<double>(), 4.625);
        QCOMPARE(json["runs"][1]["stored_type"].get<std::string>(), std::string("INT4"));
        QCOMPARE(json["layers"][0]["runs"][1]["bits"].get<double>(), 4.0);
        QVERIFY(json["layers"][0]["runs"][1]["weight_mse"].is_null());
    }

    /// What has no recipe differs in none, wherever it stands.
    void recipesAreComparedPastAnEvaluation()
    {
        const std::string imported = addEvaluation(packedToy());
        const Comparison comparison = compare({imported, m_four, m_three});
        QVERIFY(comparison.runs[0].recipeChanges.empty());
        QVERIFY(comparison.runs[1].recipeChanges.empty());
        QCOMPARE(comparison.runs[2].recipeChanges.size(), std::size_t{2});
        const report::Table table = report::recipeChangeTable(comparison);
        QVERIFY(table.title.find("four bits") != std::string::npos);
        QCOMPARE(table.rows.size(), std::size_t{3});
        QCOMPARE(table.rows[0][1], std::string("no recipe"));
        QCOMPARE(table.rows[0][3], std::string("measured as it is: INT4, 4.625 bits per weight"));
    }

    void layersOfAnotherSizeAreAnotherModels()
    {
        ModelInfo other = packedToy();
        for (LayerInfo &layer : other.layers) {
            layer.rows *= 2;
        }
        const Comparison comparison = compare({m_four, addEvaluation(other)});
        QVERIFY(!comparison.layers.at(0).runs[1]);
        QCOMPARE(comparison.runs[1].record.averageBits, std::optional(4.625));
    }

    void titlesCountRunsEvaluationsAndModels()
    {
        const auto titleOf
            = [&](const std::vector<std::string> &ids) { return buildReport(*m_store, ids).title; };
        const std::string imported = addEvaluation(packedToy());
        QCOMPARE(titleOf({m_four, m_three}), std::string("Quantization of toy: 2 runs"));
        QCOMPARE(titleOf({m_four, m_three, imported}),
                 std::string("Quantization of toy and 1 other model: 2 runs, 1 evaluation"));
        QCOMPARE(titleOf({imported}), std::string("Evaluation of toy-awq: imported"));
        // An equal copy under another name, used later, does not rename what was done before.
        store::RunRequest request;
        request.kind = "run";
        m_store->createRun(request, test::toyModelInfo("copy"), std::string(64, '0'));
        QCOMPARE(titleOf({m_four}), std::string("Quantization of toy: four bits"));
    }

    void theDocumentHasTheContractsKeys()
    {
        const Json json = compare({m_four, m_three}).toJson();
        for (const char *key : {"runs", "layers", "metrics", "pareto"}) {
            QVERIFY2(json.contains(key), key);
        }
        const Json second = json.at("metrics").at(0).at("runs").at(1);
        QVERIFY(second.at("paired").get<bool>());
        QVERIFY(second.at("difference").is_number());
        QVERIFY(second.at("difference_stderr").is_number());
        QVERIFY(!second.contains("window_nll"));
        QCOMPARE(json.at("layers").at(0).at("runs").at(1).at("difference").at("bits").get<double>(),
                 -1.0);
        QCOMPARE(json.at("runs").at(0).at("id").get<std::string>(), m_four);
    }

    void oneRunIsComparedWithItsBaseline()
    {
        const Comparison comparison = compare({m_three});
        QVERIFY(comparison.metrics.at(0).runs[0].baselineDifference.has_value());
        QCOMPARE(comparison.pareto, std::vector<std::string>{m_three});
    }

    void prefixesNameRunsToo()
    {
        QCOMPARE(compare({m_four.substr(0, 6)}).runs.at(0).record.id, m_four);
    }

    void everyRunIsComparedWithItsOwnModel()
    {
        using M = test::MixedStore;
        const M mixed = test::addMixedRuns(*m_store);
        const Comparison comparison = compare({mixed.own, mixed.foreign, mixed.shared});
        QCOMPARE(comparison.metrics.size(), std::size_t{1}); // one key: the same tokens
        const ComparedMetric &metric = comparison.metrics.front();
        QVERIFY(std::abs(*metric.runs[0].baselineDifference - (M::ownLoss - M::toyLoss)) < tiny);
        QVERIFY(std::abs(*metric.runs[1].baselineDifference - (M::foreignLoss - M::otherLoss))
                < tiny);
        QVERIFY(std::abs(*metric.runs[2].baselineDifference - (M::sharedLoss - M::toyLoss)) < tiny);
        QCOMPARE(metric.baselines.size(), std::size_t{2});
        QCOMPARE(metric.baselines[1].model, std::string("other"));
        QVERIFY(metric.commonBaseline() == nullptr);
        QVERIFY(compare({mixed.own, mixed.shared}).metrics.front().commonBaseline() != nullptr);
    }

    void otherLengthsAreOtherMetrics()
    {
        const test::MixedStore mixed = test::addMixedRuns(*m_store);
        const Comparison comparison = compare({mixed.own, mixed.shortened});
        QCOMPARE(comparison.metrics.size(), std::size_t{2});
        QVERIFY(!comparison.metrics[0].runs[1].measured);
        QVERIFY(!comparison.metrics[1].runs[0].measured);
        QCOMPARE(comparison.metrics[1].distinction, std::string("length 32, stride 32"));
        QVERIFY(comparison.pareto.empty()); // no metric that both have
        for (const ComparedMetric &metric : comparison.metrics) {
            QVERIFY(bestRuns(metric).empty());
        }
    }

    void aBaselineIsNobodysOwnValue()
    {
        const test::MixedStore mixed = test::addMixedRuns(*m_store);
        QVERIFY(compare({mixed.interrupted}).metrics.empty());
        const std::vector<std::string> ids{mixed.own, mixed.interrupted};
        const ReportModel report = buildReport(*m_store, ids);
        for (const ReportRun &run : report.runs) {
            QVERIFY(run.evaluations.empty());
        }
    }

    void parametersTellMeasurementsApart()
    {
        const std::string run = test::addToyRun(*m_store, "two passes", 3, "{}");
        for (const char *parameters : {"", R"({"pass":5})"}) {
            RunMetric metric;
            metric.measured = test::keyedEvaluation(2.5, 64);
            metric.measured.key += parameters;
            metric.measured.task = "masked-nll";
            metric.measured.parameters = parameters;
            m_store->putMetric(run, metric);
        }
        QStringList distinctions;
        for (const ComparedMetric &metric : compare({run}).metrics) {
            distinctions += QString::fromStdString(metric.distinction);
        }
        distinctions.removeAll(QString());
        distinctions.sort();
        QCOMPARE(distinctions, (QStringList{"default parameters", "pass 5"}));
    }

private:
    static constexpr double tiny = 1e-12; ///< rounding of sums over eight windows

    Comparison compare(const std::vector<std::string> &ids) const
    {
        return compareRuns(*m_store, ids);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::ExperimentStore> m_store;
    std::string m_four;
    std::string m_three;
};

BITPRISM_TEST(TstComparison);
#include "tst_comparison.moc"
