// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/results/outlier_table.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "core/store/experiment_store.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitprism;

namespace {

constexpr std::uint64_t anySize = std::uint64_t{1} << 20;
constexpr std::size_t blockLayers = 3 * 7;

} // namespace

/// What the jobs do with a family that the core cannot run.
class TstWeightsOnly : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::EngineFixture> m_fixture;

    std::shared_ptr<test::JobRecorder> run(const char *kind, const Json &options) const
    {
        return m_fixture->run(m_fixture->request(kind, options));
    }
    static QString reason(const test::JobRecorder &recorder)
    {
        return recorder.failure() ? QString::fromStdString(recorder.failure()->text) : QString();
    }
    static Json recipe(const Json &weights)
    {
        return {{"recipe", {{"version", 1}, {"weights", weights}}}};
    }

private Q_SLOTS:
    void init()
    {
        m_fixture = std::make_unique<test::EngineFixture>();
        const std::string config = m_fixture->model() + "/config.json";
        Json changed = Json::parse(io::readWholeFile(config, anySize));
        changed["model_type"] = "novel";
        io::writeFileAtomically(config, changed.dump());
    }

    void outliersAreThoseOfTheWeights()
    {
        const auto recorder = run("outliers", Json::object());
        const auto table = recorder->last<OutlierTable>();
        QVERIFY2(table && table->complete, qPrintable(reason(*recorder)));
        QVERIFY(table->isOfWeights);
        QCOMPARE(table->layers.size(), blockLayers);
        for (const LayerOutliers &layer : table->layers) {
            QVERIFY(layer.maxAbs > 0 && !layer.outlierChannels.empty());
            QCOMPARE(layer.outlierChannels.front().maxAbs, layer.maxAbs);
            QCOMPARE(layer.tokenMaxLargest, layer.maxAbs);
            QVERIFY(layer.inputHistogram.counts.empty());
        }
        const auto stored = OutlierTable::fromJson(table->toJson());
        QVERIFY(stored.isOfWeights);
    }

    void outliersBegunAnewCountTheirBlocksAnew()
    {
        JobRequest request = m_fixture->request("outliers", Json::object());
        request.storePath = m_fixture->store();
        int published = 0;
        const auto stopped = m_fixture->run(request, [&](JobId job, const ResultPtr &) {
            if (++published == 2) {
                bitprism_engine()->cancel(job);
            }
        });
        QVERIFY(stopped->state() == JobState::Cancelled);
        const store::ExperimentStore store(m_fixture->store());
        QCOMPARE(store.run(stopped->runId()).blocksDone, 2);
        JobRequest again = m_fixture->request("resume", Json::object());
        again.storePath = m_fixture->store();
        again.runId = stopped->runId();
        std::vector<int> counts;
        const auto resumed = m_fixture->run(again, [&](JobId, const ResultPtr &) {
            const store::ExperimentStore seen(m_fixture->store(), store::OpenMode::ReadOnly);
            counts.push_back(seen.run(again.runId).blocksDone);
        });
        QVERIFY2(resumed->state() == JobState::Finished, qPrintable(reason(*resumed)));
        QCOMPARE(counts, (std::vector<int>{1, 2, 3}));
        QVERIFY(store.resultOf<OutlierTable>(again.runId)->complete);
    }

    void sensitivityIsTheErrorOfTheWeights()
    {
        const auto recorder = run(
            "sensitivity", {{"bits", {2, 4}}, {"quantizer", {{"id", "rtn"}, {"group_size", 0}}}});
        const auto table = recorder->last<SensitivityTable>();
        QVERIFY2(table && table->complete, qPrintable(reason(*recorder)));
        QCOMPARE(table->cells.size(), 2 * blockLayers);
        for (std::size_t i = 0; i < table->cells.size(); i += 2) {
            QVERIFY(*table->cells[i].weightMse > *table->cells[i + 1].weightMse);
            QVERIFY(!table->cells[i].outputMse && !table->cells[i].deltaNll);
        }
    }

    void dataFreeQuantizersRun_data()
    {
        QTest::addColumn<QString>("id");
        QTest::newRow("rtn") << "rtn";
        QTest::newRow("ggml") << "ggml-q8-0";
    }

    void dataFreeQuantizersRun()
    {
        QFETCH(QString, id);
        const auto recorder = run("run", recipe({{"id", id.toStdString()}}));
        const auto summary = recorder->last<RunSummary>();
        QVERIFY2(summary && summary->complete, qPrintable(reason(*recorder)));
        QCOMPARE(summary->layers.size(), blockLayers);
        QVERIFY(summary->metrics.empty() && !summary->codesSha256.empty());
        // The same codes as with the family that runs: nothing else decides them.
        const std::string config = m_fixture->model() + "/config.json";
        Json changed = Json::parse(io::readWholeFile(config, anySize));
        changed["model_type"] = "llama";
        io::writeFileAtomically(config, changed.dump());
        const auto runnable = run("run", recipe({{"id", id.toStdString()}}))->last<RunSummary>();
        QVERIFY(runnable != nullptr);
        QCOMPARE(runnable->layers.size(), summary->layers.size());
        for (std::size_t i = 0; i < summary->layers.size(); ++i) {
            QCOMPARE(runnable->layers[i].weightMse, summary->layers[i].weightMse);
        }
    }

    void whatNeedsTheModelToRunIsRefused_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("options");
        QTest::newRow("gptq") << "run"
                              << R"({"recipe":{"version":1,"weights":{"id":"gptq"}}})";
        QTest::newRow("activations")
            << "run"
            << R"({"recipe":{"version":1,"activations":{"id":"per-token-dynamic","bits":8}}})";
        QTest::newRow("evaluation")
            << "run"
            << R"({"recipe":{"version":1},"evaluations":[{"task":"perplexity","data":"EVALUATION"}]})";
        QTest::newRow("probes with data") << "sensitivity"
                                          << R"({"quantizer":{"id":"gptq"}})";
        QTest::newRow("evaluate") << "evaluate"
                                  << R"({"task":"perplexity","data":"EVALUATION"})";
        QTest::newRow("generate") << "generate"
                                  << R"({"prompt":"a"})";
    }

    void whatNeedsTheModelToRunIsRefused()
    {
        QFETCH(QString, kind);
        QFETCH(QString, options);
        options.replace("EVALUATION", QString::fromStdString(m_fixture->evaluation()));
        const auto recorder = run(kind.toUtf8().constData(), Json::parse(options.toStdString()));
        QVERIFY(recorder->state() == JobState::Failed);
        QCOMPARE(recorder->failure()->code, ErrorCode::BadInput);
        QVERIFY2(reason(*recorder).contains("novel") && reason(*recorder).contains("cannot be run"),
                 qPrintable(reason(*recorder)));
        QVERIFY(!reason(*recorder).contains('\n'));
    }
};

BITPRISM_TEST(TstWeightsOnly);
#include "tst_weights_only.moc"
