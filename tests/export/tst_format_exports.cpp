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

    /// What will not fit is said before anything is quantized, and nothing is left.
    void unfitExportsAreRefusedBeforeTheRun()
    {
        const EngineFixture fixture(dividing());
        const std::string output = fixture.path("out");
        JobRequest request = fixture.request(
            "run",
            options(fixture, R"({"id": "rtn", "bits": 3, "group_size": 32})", "awq", output));
        request.storePath = fixture.store();
        const auto recorder = fixture.run(request);
        QVERIFY(recorder->state() == JobState::Failed);
        QVERIFY(recorder->failure()->text.find("nearest width is 4") != std::string::npos);
        QVERIFY(recorder->last<RunSummary>() == nullptr);
        QVERIFY(!fs::exists(output));
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
