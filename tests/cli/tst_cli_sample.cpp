// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitprism;
using nlohmann::json;
using test::anySize;
namespace fs = std::filesystem;

namespace {

/// The reference computes in double, the program in FP32.
constexpr double perplexityTolerance = 1e-4;

fs::path sample() { return fs::path(test::sourceDir()) / "resources" / "samples" / "tiny-llama"; }

} // namespace

/// The trained sample through the real program, against figures from outside it.
class TstCliSample : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::CliRunner::hasEngine()) {
            QSKIP("the engine is not built");
        }
        // A part of the held-out text keeps the suite short; quantizer differences are far larger.
        const std::string text
            = io::readWholeFile(sample() / "data" / "evaluation.txt", anySize).substr(0, 60000);
        io::writeFileAtomically(root() / "evaluation.txt", text);
    }

    void perplexityEqualsTheReferenceForwardPass()
    {
        const json golden = json::parse(io::readWholeFile(
            fs::path(test::sourceDir()) / "tests/data/reference/tiny_llama_perplexity_16.json",
            anySize));
        const test::CliResult result = cli().run(
            {"--json", "evaluate", "tiny-llama", "--task", "perplexity", "--samples", "16",
             "--data", QString::fromStdString((sample() / "data" / "evaluation.txt").string())});
        QVERIFY2(result.status == 0, result.text().c_str());
        const json evaluation = result.json();
        QCOMPARE(evaluation.at("tokens").get<int>(), golden.at("tokens").get<int>());
        const double wanted = golden.at("perplexity");
        const double measured = evaluation.at("value");
        QVERIFY2(std::abs(measured / wanted - 1) < perplexityTolerance, evaluation.dump().c_str());
    }

    void gptqBeatsRoundToNearestAtThreeBits()
    {
        const json nearest = quantize("rtn");
        const json gptq = quantize("gptq");
        QCOMPARE(gptq.at("average_bits"), nearest.at("average_bits"));
        const auto metric = [](const json &run) { return run.at("metrics").at(0); };
        QVERIFY(metric(gptq).at("value").get<double>() < metric(nearest).at("value").get<double>());
        // Both lose against the unquantized model, and say so with an error.
        for (const json &run : {nearest, gptq}) {
            QVERIFY(metric(run).at("delta_nll").get<double>()
                    > 2 * metric(run).at("delta_nll_stderr").get<double>());
        }
    }

    void transformsRecoverWhatOutliersCost()
    {
        const double plain = lossOfW4A8("[]");
        QVERIFY2(plain > 0.5, std::to_string(plain).c_str()); // nats per token: ruined
        for (const char *list : {R"([{"id":"smoothquant"}])", R"([{"id":"hadamard-rotation"}])"}) {
            const double loss = lossOfW4A8(list);
            QVERIFY2(loss < 0.2 * plain, (list + std::to_string(loss)).c_str());
        }
    }

private:
    /// Change of the loss on the sample with outliers: weights per channel, activations with one
    /// fixed grid per tensor.
    double lossOfW4A8(const QString &transforms) const
    {
        const test::CliResult result = cli().run(
            {"--json",
             "run",
             "tiny-llama-outliers",
             "--set",
             "weights.id=rtn",
             "--set",
             "weights.bits=4",
             "--set",
             "weights.group_size=0",
             "--set",
             "activations.id=static-minmax",
             "--set",
             "activations.bits=8",
             "--set",
             "transforms=" + transforms,
             "--set",
             "calibration.samples=8",
             "--set",
             "calibration.length=256",
             "--samples",
             "8",
             "--calibration",
             QString::fromStdString((sample() / "data" / "calibration.txt").string()),
             "--evaluate",
             "perplexity:" + QString::fromStdString((root() / "evaluation.txt").string())});
        if (result.status != 0) {
            qWarning("%s", result.text().c_str());
        }
        return result.json().at("metrics").at(0).at("delta_nll").get<double>();
    }

    fs::path root() const { return m_folder.path().toStdString(); }
    test::CliRunner cli() const { return test::CliRunner(root()); }

    json quantize(const QString &quantizer) const
    {
        const QString evaluation = QString::fromStdString((root() / "evaluation.txt").string());
        const QString calibration
            = QString::fromStdString((sample() / "data" / "calibration.txt").string());
        const test::CliResult result
            = cli().run({"--json", "run", "tiny-llama", "--set", "weights.id=" + quantizer, "--set",
                         "weights.bits=3", "--set", "weights.group_size=128", "--set",
                         "calibration.samples=16", "--set", "calibration.length=256",
                         "--calibration", calibration, "--evaluate", "perplexity:" + evaluation});
        if (result.status != 0) {
            qWarning("%s", result.text().c_str());
        }
        return result.json();
    }

    QTemporaryDir m_folder;
};

BITPRISM_TEST(TstCliSample);
#include "tst_cli_sample.moc"
