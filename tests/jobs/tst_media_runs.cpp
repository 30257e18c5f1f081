// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/outlier_table.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "core/store/experiment_store.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_media_families.h"

#include <fstream>
#include <set>

using namespace bitprism;
using namespace bitprism::test;

namespace {

namespace fs = std::filesystem;

QString reason(const JobRecorder &recorder)
{
    return recorder.failure() ? QString::fromStdString(recorder.failure()->text) : QString();
}

} // namespace

/// Jobs on models of several stacks that read recordings and images.
class TstMediaRuns : public QObject
{
    Q_OBJECT

    std::unique_ptr<EngineFixture> m_fixture;

    std::string at(const std::string &name) const { return m_fixture->path(name); }

    JobRequest request(const std::string &kind, const std::string &model, const Json &options) const
    {
        JobRequest request = m_fixture->request(kind, options);
        request.modelPath = at(model);
        return request;
    }

    /// A recipe on three recordings or images.
    Json options(const std::string &data, const Json &weights) const
    {
        const Json recipe = {{"version", 1},
                             {"weights", weights},
                             {"calibration", {{"samples", 3}, {"length", 10}}}};
        return {{"recipe", recipe}, {"data", at(data)}};
    }

    std::shared_ptr<const RunSummary> finished(const JobRequest &request) const
    {
        const auto recorder = m_fixture->run(request);
        if (recorder->state() != JobState::Finished) {
            qWarning("%s", qPrintable(reason(*recorder)));
            return nullptr;
        }
        return recorder->last<RunSummary>();
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_fixture = std::make_unique<EngineFixture>();
        writeToyWhisper(at("whisper"));
        writeToyWhisper(at("encoder"), {"model.decoder.embed_tokens.weight"});
        writeToyMoonshine(at("moonshine"));
        writeToyClip(at("clip"));
        writeToyClipResNet(at("resnet"));
        fs::create_directories(at("tones"));
        std::ofstream list(at("tones") + "/transcripts.tsv");
        list << "file\ttext\n";
        for (int i = 0; i < 3; ++i) {
            const std::string name = std::to_string(i) + ".wav";
            writeToyTone(at("tones") + "/" + name, 300 + 400 * i, 8000);
            list << name << "\tw" << 4 + i << " w7 w" << 20 + i << "\n";
        }
        for (const char *name : {"cat", "dog"}) {
            fs::create_directories(at("images") + "/" + name);
            for (const char *file : {"rgb.png", "colour.jpg"}) {
                fs::copy_file(sourceDir() + "/tests/data/media/" + file,
                              at("images") + "/" + name + "/" + file);
            }
        }
    }

    void quantizesEveryStack_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("data");
        QTest::addColumn<QString>("task");
        QTest::addColumn<int>("layers");
        QTest::newRow("whisper") << "whisper"
                                 << "tones"
                                 << "wer" << 2 * 6 + 2 * 10;
        QTest::newRow("whisper's encoder") << "encoder"
                                           << "tones"
                                           << "output-error" << 2 * 6;
        QTest::newRow("moonshine") << "moonshine"
                                   << "tones"
                                   << "wer" << 2 * 6 + 2 * 10;
        QTest::newRow("clip") << "clip"
                              << "images"
                              << "zero-shot-images" << 2 * 6 + 2 * 6;
        // Three convolutions a bottleneck, a downsample in four of five, the pool, the text tower
        QTest::newRow("clip, ResNet") << "resnet"
                                      << "images"
                                      << "zero-shot-images" << 5 * 3 + 4 + 4 + 2 * 4;
    }

    void quantizesEveryStack()
    {
        QFETCH(QString, model);
        QFETCH(QString, data);
        QFETCH(QString, task);
        QFETCH(int, layers);
        Json run = options(data.toStdString(), {{"id", "gptq"}, {"bits", 4}, {"group_size", 0}});
        run["evaluations"]
            = Json::array({{{"task", task.toStdString()}, {"data", at(data.toStdString())}}});
        const auto result = finished(request("run", model.toStdString(), run));
        QVERIFY(result && result->complete);
        QCOMPARE(result->layers.size(), static_cast<std::size_t>(layers));
        std::set<std::string> names;
        for (const RunLayer &layer : result->layers) {
            QVERIFY2(layer.outputMse.has_value(), layer.name.c_str());
            names.insert(layer.name);
        }
        QCOMPARE(names.size(), result->layers.size());
        QCOMPARE(result->metrics.size(), std::size_t(1));
        QCOMPARE(result->metrics[0].measured.task, task.toStdString());
        QCOMPARE(result->metrics[0].baseline.has_value(), task != "output-error");
        QVERIFY(std::isfinite(result->metrics[0].measured.value));
    }

    void widerCodesChangeTheOutputLess()
    {
        double last = 1e9;
        for (const int bits : {2, 4, 8}) {
            Json run = options("tones", {{"id", "rtn"}, {"bits", bits}, {"group_size", 0}});
            run["evaluations"] = Json::array({{{"task", "output-error"}, {"data", at("tones")}}});
            const auto result = finished(request("run", "encoder", run));
            QVERIFY(result);
            QVERIFY(result->metrics[0].measured.value < last);
            last = result->metrics[0].measured.value;
        }
        QVERIFY(last < 0.05);
    }

    void goesOnInEitherStack_data()
    {
        QTest::addColumn<int>("results");
        QTest::newRow("in the encoder") << 1;
        QTest::newRow("between the stacks") << 2;
        QTest::newRow("in the decoder") << 3;
    }

    void goesOnInEitherStack()
    {
        QFETCH(int, results);
        const Json run = options("tones", {{"id", "gptq"}, {"bits", 3}, {"group_size", 0}});
        const auto whole = finished(request("run", "whisper", run));
        QVERIFY(whole);
        JobRequest first = request("run", "whisper", run);
        first.storePath = m_fixture->store();
        int published = 0;
        const auto stopped = m_fixture->run(first, [&](JobId job, const ResultPtr &) {
            if (++published == results) {
                bitprism_engine()->cancel(job);
            }
        });
        QVERIFY(stopped->state() == JobState::Cancelled);
        JobRequest again = request("resume", "whisper", Json::object());
        again.storePath = m_fixture->store();
        again.runId = stopped->runId();
        const auto resumed = finished(again);
        QVERIFY(resumed);
        QCOMPARE(resumed->codesSha256, whole->codesSha256);
        QCOMPARE(resumed->layers.size(), whole->layers.size());
    }

    void outliersCoverEveryStack()
    {
        const auto recorder = m_fixture->run(
            request("outliers", "whisper",
                    {{"data", at("tones")}, {"calibration", {{"samples", 2}, {"length", 10}}}}));
        QVERIFY2(recorder->state() == JobState::Finished, qPrintable(reason(*recorder)));
        const auto table = recorder->last<OutlierTable>();
        QVERIFY(table && table->complete);
        QCOMPARE(table->layers.size(), std::size_t(2 * 6 + 2 * 10));
    }

    /// 8,000 samples of a recording are 19 positions behind three convolutions (127 by 64, 7 by 3,
    /// 3 by 2), not 8,000.
    void recordingsCountAsWhatTheEncoderReads()
    {
        const auto recorder = m_fixture->run(
            request("outliers", "moonshine",
                    {{"data", at("tones")}, {"calibration", {{"samples", 2}, {"length", 10}}}}));
        QVERIFY2(recorder->state() == JobState::Finished, qPrintable(reason(*recorder)));
        constexpr std::int64_t positions = 19;
        constexpr std::int64_t mostTokens = 8; // of a transcript of three words
        const auto table = recorder->last<OutlierTable>();
        QVERIFY2(table->tokens > 2 * positions && table->tokens <= 2 * (positions + mostTokens),
                 qPrintable(QString::number(table->tokens)));
    }

    void sensitivityCoversEveryStack()
    {
        const auto recorder
            = m_fixture->run(request("sensitivity", "whisper",
                                     {{"data", at("tones")},
                                      {"calibration", {{"samples", 2}, {"length", 10}}},
                                      {"bits", {3}},
                                      {"quantizer", {{"id", "rtn"}, {"group_size", 0}}}}));
        QVERIFY2(recorder->state() == JobState::Finished, qPrintable(reason(*recorder)));
        const auto table = recorder->last<SensitivityTable>();
        QVERIFY(table && table->complete);
        QCOMPARE(table->cells.size(), std::size_t(2 * 6 + 2 * 10));
        for (const SensitivityCell &cell : table->cells) {
            QVERIFY2(cell.klDivergence.has_value() && *cell.klDivergence >= 0, cell.layer.c_str());
        }
    }

    void sensitivityWithoutALossIsTheErrorOfTheOutput_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("data");
        QTest::addColumn<int>("layers");
        QTest::newRow("encoder alone") << "encoder"
                                       << "tones" << 2 * 6;
        QTest::newRow("two towers") << "clip"
                                    << "images" << 4 * 6;
    }

    void sensitivityWithoutALossIsTheErrorOfTheOutput()
    {
        QFETCH(QString, model);
        QFETCH(QString, data);
        QFETCH(int, layers);
        const auto recorder
            = m_fixture->run(request("sensitivity", model.toStdString(),
                                     {{"data", at(data.toStdString())},
                                      {"calibration", {{"samples", 3}, {"length", 10}}},
                                      {"bits", {2, 8}},
                                      {"quantizer", {{"id", "rtn"}, {"group_size", 0}}}}));
        QVERIFY2(recorder->state() == JobState::Finished, qPrintable(reason(*recorder)));
        const auto table = recorder->last<SensitivityTable>();
        QVERIFY(table && table->complete);
        QCOMPARE(table->cells.size(), std::size_t(2 * layers));
        for (std::size_t i = 0; i < table->cells.size(); i += 2) {
            const SensitivityCell &coarse = table->cells[i];
            const SensitivityCell &fine = table->cells[i + 1];
            QVERIFY(!coarse.deltaNll && !coarse.predictedDeltaNll && !coarse.klDivergence);
            QVERIFY2(coarse.modelOutputError && fine.modelOutputError, coarse.layer.c_str());
            QVERIFY2(*coarse.modelOutputError > 4 * *fine.modelOutputError, coarse.layer.c_str());
            QVERIFY(coarse.modelOutputStandardError && *coarse.modelOutputStandardError >= 0);
        }
    }
};

BITPRISM_TEST(TstMediaRuns);
#include "tst_media_runs.moc"
