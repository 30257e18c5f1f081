// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"
#include "core/io/checkpoint.h"
#include "core/io/json_reader.h"
#include "core/results/evaluation.h"
#include "core/results/generation.h"
#include "core/results/run_summary.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <filesystem>
#include <fstream>

using namespace bitprism;
using test::EngineFixture;

namespace fs = std::filesystem;

class TstSafetensorsExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void exportedCheckpointEvaluatesAlike_data();
    void exportedCheckpointEvaluatesAlike();
    void companionsTravelAlong();
    void keepsTheShardsOfItsSource();
    void runsExportWhatTheyQuantized();
    void leavesNothingWhenItFails();
    void refusesBadRequests_data();
    void refusesBadRequests();

private:
    /// A stored 3-bit run; its summary.
    static std::shared_ptr<const RunSummary> quantizedRun(const EngineFixture &fixture,
                                                          const std::string &id = "rtn")
    {
        Json weights = {{"id", id}, {"bits", 3}, {"group_size", 16}};
        if (id == "squeezellm") { // a codebook for each row
            weights.erase("group_size");
        }
        JobRequest request
            = fixture.request("run", fixture.runOptions({{"weights", weights}}, true));
        request.storePath = fixture.store();
        return fixture.run(request)->last<RunSummary>();
    }
    static std::shared_ptr<test::JobRecorder>
    exportRun(const EngineFixture &fixture, const std::string &runId, const Json &options)
    {
        JobRequest request = fixture.request("export", options);
        request.storePath = fixture.store();
        request.runId = runId;
        return fixture.run(request);
    }
    /// The bytes that an export says it would write; it writes nothing.
    static std::int64_t predicted(const EngineFixture &fixture, const std::string &runId)
    {
        const std::string output = fixture.path("out");
        const auto summary = exportRun(fixture, runId, {{"output", output}, {"dry_run", true}})
                                 ->last<ExportSummary>();
        return summary && !fs::exists(output) ? summary->bytes : -1;
    }
    static double perplexity(const EngineFixture &fixture, const std::string &model)
    {
        JobRequest request
            = fixture.request("evaluate", {{"data", fixture.evaluation()}, {"length", 32}});
        request.modelPath = model;
        return fixture.run(request)->last<Evaluation>()->value;
    }
};

void TstSafetensorsExport::exportedCheckpointEvaluatesAlike_data()
{
    QTest::addColumn<QString>("dtype");
    QTest::addColumn<double>("tolerance");
    QTest::addColumn<QString>("torchDtype");
    QTest::addColumn<QString>("quantizer");
    // A dequantized weight has at most 11 + 3 significant bits: exact in FP32 only.
    QTest::newRow("source") << "source" << 1e-9 << "float32"
                            << "rtn";
    QTest::newRow("f32") << "f32" << 1e-9 << "float32"
                         << "rtn";
    QTest::newRow("f16") << "f16" << 1e-3 << "float16"
                         << "rtn";
    QTest::newRow("bf16") << "bf16" << 1e-2 << "bfloat16"
                          << "rtn";
    QTest::newRow("edited norms") << "source" << 1e-9 << "float32"
                                  << "awq";
    QTest::newRow("outliers apart") << "source" << 1e-9 << "float32"
                                    << "spqr";
    QTest::newRow("codebooks") << "source" << 1e-9 << "float32"
                               << "squeezellm";
    QTest::newRow("kept weights") << "source" << 1e-9 << "float32"
                                  << "top-k";
}

void TstSafetensorsExport::exportedCheckpointEvaluatesAlike()
{
    QFETCH(QString, dtype);
    QFETCH(double, tolerance);
    QFETCH(QString, torchDtype);
    QFETCH(QString, quantizer);
    const EngineFixture fixture;
    const auto run = quantizedRun(fixture, quantizer.toStdString());
    QVERIFY(run);
    const auto recorder
        = exportRun(fixture, run->run,
                    {{"format", {{"id", "safetensors"}, {"dtype", dtype.toStdString()}}},
                     {"output", fixture.path("out")}});
    QVERIFY2(recorder->state() == JobState::Finished,
             recorder->failure() ? recorder->failure()->text.c_str() : "");
    const auto summary = recorder->last<ExportSummary>();
    QCOMPARE(summary->bytes, exportedBytes(fixture.path("out")));
    const double expected = run->metrics[0].measured.value;
    const double found = perplexity(fixture, fixture.path("out"));
    QVERIFY(qAbs(found - expected) <= tolerance * expected);
    QVERIFY(qAbs(found - run->metrics[0].baseline->value) > tolerance * expected);
    const Json config = io::readJsonFile(fixture.path("out") + "/config.json");
    QCOMPARE(QString::fromStdString(config.value("torch_dtype", "float32")), torchDtype);
}

void TstSafetensorsExport::companionsTravelAlong()
{
    const EngineFixture fixture;
    for (const char *name : {"LICENSE", "generation_config.json", "tokenizer_config.json",
                             "secret.bin", "training_args.json"}) {
        std::ofstream(fs::path(fixture.model()) / name) << "{}";
    }
    const auto run = quantizedRun(fixture);
    const std::int64_t bytes = predicted(fixture, run->run);
    exportRun(fixture, run->run, {{"output", fixture.path("out")}});
    QCOMPARE(bytes, exportedBytes(fixture.path("out")));
    std::set<std::string> names;
    for (const auto &entry : fs::directory_iterator(fixture.path("out"))) {
        names.insert(entry.path().filename().string());
    }
    const std::set<std::string> expected{"LICENSE",           "config.json",
                                         "tokenizer.json",    "generation_config.json",
                                         "model.safetensors", "tokenizer_config.json"};
    QVERIFY(names == expected);
}

void TstSafetensorsExport::keepsTheShardsOfItsSource()
{
    test::ToyLlama toy = EngineFixture::smallToy();
    toy.shards = 3;
    toy.dtype = io::Dtype::BF16;
    const EngineFixture fixture(toy);
    const auto run = quantizedRun(fixture);
    const std::int64_t bytes = predicted(fixture, run->run);
    exportRun(fixture, run->run, {{"output", fixture.path("out")}});
    QCOMPARE(bytes, exportedBytes(fixture.path("out")));
    const io::Checkpoint source(fixture.model());
    const io::Checkpoint written(fixture.path("out"));
    QCOMPARE(written.tensors().size(), source.tensors().size());
    std::set<std::string> quantized;
    for (const RunLayer &layer : run->layers) {
        quantized.insert(layer.name + ".weight");
    }
    for (const io::TensorInfo &tensor : source.tensors()) {
        const io::TensorInfo &copy = written.require(tensor.name);
        QCOMPARE(copy.shape, tensor.shape);
        QVERIFY(copy.dtype == tensor.dtype);
        QCOMPARE(written.fileOf(copy).filename(), source.fileOf(tensor).filename());
        const bool isEqual = written.readRaw(tensor.name) == source.readRaw(tensor.name);
        QCOMPARE(isEqual, !quantized.contains(tensor.name));
    }
}

void TstSafetensorsExport::runsExportWhatTheyQuantized()
{
    const EngineFixture fixture;
    Json options = fixture.runOptions({{"weights", {{"id", "gptq"}, {"bits", 2}}}}, true);
    options["exports"]
        = Json::array({{{"format", "safetensors"}, {"output", fixture.path("direct")}}});
    const auto run = fixture.run(fixture.request("run", options))->last<RunSummary>();
    QVERIFY(run && run->complete);
    QVERIFY(qAbs(perplexity(fixture, fixture.path("direct")) - run->metrics[0].measured.value)
            <= 1e-9 * run->metrics[0].measured.value);
}

void TstSafetensorsExport::leavesNothingWhenItFails()
{
    test::ToyLlama toy = EngineFixture::smallToy();
    toy.spread = 1e5; // beyond F16; what runs overflows, so nothing is calibrated
    const EngineFixture fixture(toy);
    Json options
        = fixture.runOptions({{"weights", {{"id", "rtn"}, {"bits", 8}, {"scale_type", "f32"}}}});
    options.erase("data");
    JobRequest request = fixture.request("run", options);
    request.storePath = fixture.store();
    const auto run = fixture.run(request)->last<RunSummary>();
    QVERIFY(run);
    const auto recorder = exportRun(
        fixture, run->run,
        {{"format", {{"id", "safetensors"}, {"dtype", "f16"}}}, {"output", fixture.path("out")}});
    QVERIFY(recorder->state() == JobState::Failed);
    QVERIFY(recorder->failure()->text.find("F16") != std::string::npos);
    for (const auto &entry : fs::directory_iterator(fixture.path(""))) {
        QVERIFY2(entry.path().filename().string().find("out") == std::string::npos,
                 entry.path().c_str());
    }
}

void TstSafetensorsExport::refusesBadRequests_data()
{
    QTest::addColumn<QString>("options");
    QTest::addColumn<QString>("runId");
    QTest::addColumn<QString>("text");
    QTest::newRow("format") << R"({"format": "floppy", "output": "OUT"})"
                            << "RUN"
                            << "floppy";
    QTest::newRow("format key") << R"({"format": {"id": "safetensors", "x": 1}, "output": "OUT"})"
                                << "RUN"
                                << "x";
    QTest::newRow("no format") << R"({"format": 7, "output": "OUT"})"
                               << "RUN"
                               << "7";
    QTest::newRow("folder") << R"({"format": "safetensors"})"
                            << "RUN"
                            << "folder";
    QTest::newRow("not empty") << R"({"output": "MODEL"})"
                               << "RUN"
                               << "toy";
    QTest::newRow("run") << R"({"output": "OUT"})"
                         << "nobody"
                         << "nobody";
}

void TstSafetensorsExport::refusesBadRequests()
{
    QFETCH(QString, options);
    QFETCH(QString, runId);
    QFETCH(QString, text);
    const EngineFixture fixture;
    const auto run = quantizedRun(fixture);
    options.replace("OUT", fixture.path("out").c_str()).replace("MODEL", fixture.model().c_str());
    const auto recorder = exportRun(fixture, runId == "RUN" ? run->run : runId.toStdString(),
                                    Json::parse(options.toStdString()));
    QVERIFY(recorder->state() == JobState::Failed);
    const QString said = QString::fromStdString(recorder->failure()->text);
    QCOMPARE(int(recorder->failure()->code), int(ErrorCode::BadInput));
    QVERIFY2(said.contains(text), qPrintable(said));
}

BITPRISM_TEST(TstSafetensorsExport);
#include "tst_safetensors_export.moc"
