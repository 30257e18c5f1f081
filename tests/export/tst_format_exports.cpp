// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"
#include "core/export/importance.h"
#include "core/results/evaluation.h"
#include "core/results/generation.h"
#include "core/results/run_summary.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <filesystem>

using namespace bitprism;
using test::EngineFixture;

namespace fs = std::filesystem;

namespace {

/// Sizes that all packings divide.
test::ToyLlama dividing()
{
    test::ToyLlama toy = EngineFixture::smallToy();
    toy.hidden = 64;
    toy.intermediate = 96;
    toy.heads = 4;
    toy.keyValueHeads = 2;
    toy.headSize = 16;
    return toy;
}

} // namespace

/// What a run exports evaluates as the run does, when it is opened again.
class TstFormatExports : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void importedPerplexityIsTheRuns_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("weights");
        const char *asymmetric = R"({"id": "gptq", "bits": 4, "group_size": 32})";
        const char *symmetric = R"({"id": "rtn", "bits": 4, "group_size": 32, "symmetric": true})";
        QTest::newRow("gptq") << "gptq" << asymmetric;
        QTest::newRow("gptq, act order")
            << "gptq"
            << R"({"id": "gptq", "bits": 3, "group_size": 32, "act_order": true})";
        QTest::newRow("awq") << "awq" << asymmetric;
        QTest::newRow("compressed-tensors") << "compressed-tensors" << symmetric;
        QTest::newRow("gguf, uniform") << "gguf" << symmetric;
        QTest::newRow("gguf, blocks") << "gguf"
                                      << R"({"id": "ggml-q4-0"})";
    }

    void importedPerplexityIsTheRuns()
    {
        QFETCH(QString, format);
        QFETCH(QString, weights);
        const EngineFixture fixture(dividing());
        const std::string output = fixture.path(format == "gguf" ? "out.gguf" : "out");
        JobRequest request = fixture.request("run", options(fixture, weights, format, output));
        request.storePath = fixture.store();
        const auto recorder = fixture.run(request);
        QVERIFY2(recorder->state() == JobState::Finished,
                 recorder->failure() ? recorder->failure()->text.c_str() : "");
        const auto run = recorder->last<RunSummary>();
        QVERIFY(fs::exists(output));
        JobRequest again
            = fixture.request("evaluate", {{"data", fixture.evaluation()}, {"length", 32}});
        again.modelPath = output;
        const auto evaluated = fixture.run(again);
        QVERIFY2(evaluated->state() == JobState::Finished,
                 evaluated->failure() ? evaluated->failure()->text.c_str() : "");
        const double expected = run->metrics[0].measured.value;
        // The same FP32 weights: only the order of threads' sums may differ.
        constexpr double tolerance = 1e-9;
        QVERIFY(qAbs(evaluated->last<Evaluation>()->value - expected) <= tolerance * expected);
        QVERIFY(qAbs(run->metrics[0].baseline->value - expected) > tolerance * expected);
    }

    /// A dry run says the bytes of what the run will write.
    void exportsHaveTheSizeThatADryRunSays_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("recipe");
        for (const char *format : {"safetensors", "gptq", "awq", "compressed-tensors"}) {
            QTest::addRow("%s", format)
                << format << R"({"weights": {"id": "gptq", "bits": 4, "group_size": 32}})";
        }
        QTest::newRow("gptq, columns in order of activations")
            << "gptq"
            << R"({"weights": {"id": "gptq", "bits": 3, "group_size": 32, "act_order": true}})";
        QTest::newRow("two widths") << "compressed-tensors"
                                    << R"({
            "weights": {"id": "rtn", "bits": 4, "group_size": 32},
            "overrides": [{"match": "*.down_proj", "weights": {"bits": 8}},
                          {"match": "*.o_proj", "skip": true}]})";
        QTest::newRow("folded scales")
            << "awq"
            << R"({"weights": {"id": "awq", "bits": 4, "group_size": 32}})";
        QTest::newRow("rotated, with a head of its own") << "compressed-tensors"
                                                         << R"({
            "transforms": [{"id": "hadamard-rotation"}],
            "weights": {"id": "rtn", "bits": 4, "group_size": 32}})";
        QTest::newRow("gguf, rotated") << "gguf"
                                       << R"({
            "transforms": [{"id": "hadamard-rotation"}],
            "weights": {"id": "rtn", "bits": 8, "group_size": 32, "symmetric": true}})";
        QTest::newRow("gguf, blocks with fallbacks") << "gguf"
                                                     << R"({"weights": {"id": "ggml-q4-k"}})";
        QTest::newRow("values of other codes") << "safetensors"
                                               << R"({"weights": {"id": "spqr"}})";
        QTest::newRow("nothing kept apart") << "gptq"
                                            << R"({
            "weights": {"id": "top-k", "bits": 4, "group_size": 32, "ratio": 0}})";
    }

    void exportsHaveTheSizeThatADryRunSays()
    {
        QFETCH(QString, format);
        QFETCH(QString, recipe);
        const EngineFixture fixture(dividing());
        const std::string output = fixture.path("out");
        Json options = fixture.runOptions(Json::parse(recipe.toStdString()));
        options["exports"] = {{{"format", format.toStdString()}, {"output", output}}};
        options["dry_run"] = true;
        const auto planned = fixture.run(fixture.request("run", options));
        QVERIFY2(planned->state() == JobState::Finished,
                 planned->failure() ? planned->failure()->text.c_str() : "");
        QVERIFY(!fs::exists(output));
        options["dry_run"] = false;
        JobRequest request = fixture.request("run", options);
        request.storePath = fixture.store();
        const auto made = fixture.run(request);
        QVERIFY2(made->state() == JobState::Finished,
                 made->failure() ? made->failure()->text.c_str() : "");
        const std::vector<PlannedExport> expected{
            {format.toStdString(), output, exportedBytes(output)}};
        QVERIFY(planned->last<Estimate>()->exports == expected);
        QVERIFY(Estimate::fromJson(planned->last<Estimate>()->toJson()).exports == expected);
    }

    /// What will not fit is said before anything is quantized, and nothing is left.
    void unfitExportsAreRefusedBeforeTheRun_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<QString>("words");
        QTest::newRow("width") << "awq"
                               << R"({"weights": {"id": "rtn", "bits": 3, "group_size": 32}})"
                               << "nearest width is 4";
        QTest::newRow("codes of another kind") << "gptq"
                                               << R"({"weights": {"id": "spqr"}})"
                                               << "spqr";
        QTest::newRow("codes of another kind, blocks")
            << "gguf"
            << R"({"weights": {"id": "high-impact-mixed"}})"
            << "mixed-grids";
        for (const char *format : {"compressed-tensors", "gptq", "awq", "gguf"}) {
            QTest::addRow("codebooks, %s", format)
                << format << R"({"weights": {"id": "squeezellm"}})"
                << "safetensors";
            QTest::addRow("kept weights, %s", format) << format << R"({"weights": {"id": "top-k"}})"
                                                      << "safetensors";
        }
        QTest::newRow("scales")
            << "gptq"
            << R"({"weights": {"id": "rtn", "bits": 4, "group_size": 32, "scale_type": "f32"}})"
            << "scale_type f16";
        QTest::newRow("order") << "awq"
                               << R"({
            "weights": {"id": "gptq", "bits": 4, "group_size": 32, "act_order": true}})"
                               << "static groups";
        QTest::newRow("merged layers") << "compressed-tensors"
                                       << R"({
            "weights": {"id": "rtn", "bits": 4, "group_size": 32},
            "overrides": [{"match": "*.q_proj", "weights": {"bits": 8}}]})"
                                       << "--target";
        QTest::newRow("online parts") << "safetensors"
                                      << R"({
            "transforms": [{"id": "hadamard-rotation", "online_hidden": true}],
            "weights": {"id": "rtn", "bits": 4, "group_size": 32}})"
                                      << "no checkpoint holds";
    }

    void unfitExportsAreRefusedBeforeTheRun()
    {
        QFETCH(QString, format);
        QFETCH(QString, recipe);
        QFETCH(QString, words);
        const EngineFixture fixture(dividing());
        const std::string output = fixture.path("out");
        Json options = fixture.runOptions(Json::parse(recipe.toStdString()));
        options["exports"] = {{{"format", format.toStdString()}, {"output", output}}};
        JobRequest request = fixture.request("run", options);
        request.storePath = fixture.store();
        const auto recorder = fixture.run(request);
        QVERIFY(recorder->state() == JobState::Failed);
        const std::string text = recorder->failure() ? recorder->failure()->text : "";
        QVERIFY2(text.find(words.toStdString()) != std::string::npos, text.c_str());
        QVERIFY(recorder->last<RunSummary>() == nullptr);
        QVERIFY(!fs::exists(output));
    }

    void twoExportsToOnePlaceAreRefusedBeforeTheRun()
    {
        const EngineFixture fixture(dividing());
        const std::string output = fixture.path("out");
        Json options = fixture.runOptions({{"weights", {{"id", "ggml-q8-0"}}}});
        options["exports"] = {{{"format", "gguf"}, {"output", output}},
                              {{"format", "safetensors"}, {"output", output}}};
        JobRequest request = fixture.request("run", options);
        request.storePath = fixture.store();
        const auto recorder = fixture.run(request);
        QVERIFY(recorder->state() == JobState::Failed);
        QVERIFY(recorder->failure() && recorder->failure()->text.find(output) != std::string::npos);
        QVERIFY(recorder->last<RunSummary>() == nullptr);
        QVERIFY(!fs::exists(output));
    }

    /// Who gives a folder for one file is told the file's name.
    void oneFileIntoAFolderIsNamedAfterTheModel()
    {
        const EngineFixture fixture(dividing());
        const std::string folder = fixture.path("folder");
        fs::create_directory(folder);
        JobRequest request
            = fixture.request("run", options(fixture, R"({"id": "ggml-q8-0"})", "gguf", folder));
        request.storePath = fixture.store();
        const auto run = fixture.run(request)->last<RunSummary>();
        QVERIFY(run);
        const fs::path named
            = fs::path(folder) / (fs::path(fixture.model()).filename().string() + ".gguf");
        QVERIFY(fs::is_regular_file(named));
        fs::remove(named);
        JobRequest exported = fixture.request("export", {{"format", "gguf"}, {"output", folder}});
        exported.storePath = fixture.store();
        exported.runId = run->run;
        const auto summary = fixture.run(exported)->last<ExportSummary>();
        QVERIFY(summary);
        QCOMPARE(summary->output, named.string());
        QCOMPARE(summary->bytes, static_cast<std::int64_t>(fs::file_size(named)));
    }

    /// A quantized checkpoint of another program is a model like any other.
    void importedModelsAreQuantizedAgain()
    {
        const EngineFixture fixture(dividing());
        const std::string output = fixture.path("first");
        JobRequest first = fixture.request(
            "run",
            options(fixture, R"({"id": "rtn", "bits": 8, "group_size": 32})", "gptq", output));
        first.storePath = fixture.store();
        QVERIFY(fixture.run(first)->state() == JobState::Finished);
        JobRequest second = fixture.request(
            "run",
            fixture.runOptions({{"weights", {{"id", "gptq"}, {"bits", 4}, {"group_size", 32}}}},
                               true));
        second.modelPath = output;
        second.storePath = fixture.store();
        const auto recorder = fixture.run(second);
        QVERIFY2(recorder->state() == JobState::Finished,
                 recorder->failure() ? recorder->failure()->text.c_str() : "");
    }

    void importanceMatricesAreWrittenAndTaken()
    {
        const EngineFixture fixture(dividing());
        const std::string file = fixture.path("m.gguf");
        const auto collected
            = fixture.run(fixture.request("imatrix",
                                          {{"data", fixture.calibration()},
                                           {"calibration", {{"samples", 4}, {"length", 32}}},
                                           {"output", file}}));
        QVERIFY2(collected->state() == JobState::Finished,
                 collected->failure() ? collected->failure()->text.c_str() : "");
        const ImportanceMatrix matrix = readImportance(file);
        QCOMPARE(matrix.entries.size(), std::size_t(3 * 7));
        QCOMPARE(matrix.entries.at("blk.0.ffn_down.weight").meanSquares.size(), std::size_t(96));
        QCOMPARE(matrix.entries.at("blk.0.attn_q.weight").count, 4.0 * 32);
        // Layers fed by one tensor see the same squares.
        QVERIFY(matrix.entries.at("blk.1.ffn_up.weight").meanSquares
                == matrix.entries.at("blk.1.ffn_gate.weight").meanSquares);
        const auto codesOf = [&](const Json &weights) {
            JobRequest request = fixture.request("run", fixture.runOptions({{"weights", weights}}));
            request.storePath = fixture.store();
            const auto summary = fixture.run(request)->last<RunSummary>();
            return summary ? summary->codesSha256 : std::string();
        };
        const std::string alike = codesOf({{"id", "ggml-q4-0"}});
        const std::string weighed
            = codesOf({{"id", "ggml-q4-0"}, {"importance", "file"}, {"imatrix", file}});
        QVERIFY(!alike.empty() && !weighed.empty());
        QVERIFY(alike != weighed);
    }

    /// Also a dry run looks: hours of work may lie before the first layer that asks for it.
    void aMissingImportanceMatrixIsToldFirst()
    {
        const EngineFixture fixture(dividing());
        Json options = fixture.runOptions({{"weights",
                                            {{"id", "ggml-q4-0"},
                                             {"importance", "file"},
                                             {"imatrix", fixture.path("none.gguf")}}}});
        options["dry_run"] = true;
        const auto recorder = fixture.run(fixture.request("run", options));
        QCOMPARE(recorder->state(), JobState::Failed);
        QVERIFY(recorder->failure()->text.find("none.gguf") != std::string::npos);
    }

private:
    static Json options(const EngineFixture &fixture, const QString &weights, const QString &format,
                        const std::string &output)
    {
        Json result = fixture.runOptions({{"weights", Json::parse(weights.toStdString())}}, true);
        result["exports"] = {{{"format", format.toStdString()}, {"output", output}}};
        return result;
    }
};

BITPRISM_TEST(TstFormatExports);
#include "tst_format_exports.moc"
