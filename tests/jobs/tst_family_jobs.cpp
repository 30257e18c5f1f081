// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/evaluation.h"
#include "core/results/outlier_table.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "core/store/experiment_store.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_families.h"

#include <cmath>
#include <fstream>

using namespace bitprism;

namespace {

/// A predicted change is of second order: at eight bits it is near the measured one.
constexpr double predictionTolerance = 0.25;

std::string lines(int count, int seed)
{
    std::string text;
    for (int i = 0; i < count; ++i) {
        for (int j = 0; j < 12 + i % 5; ++j) {
            text += static_cast<char>('a' + (i * 7 + j * 3 + seed) % 26);
            text += j % 4 == 3 ? " " : "";
        }
        text += "\n";
    }
    return text;
}

} // namespace

/// Every text family through every job.
class TstFamilyJobs : public QObject
{
    Q_OBJECT

private:
    test::EngineFixture m_fixture;

    std::string model(const QString &type, bool classifies) const
    {
        const std::string folder
            = m_fixture.path(type.toStdString() + (classifies ? "-classes" : ""));
        test::ToyFamily toy;
        toy.modelType = type.toStdString();
        toy.classifies = classifies;
        toy.hasTokenizer = true;
        test::writeToyFamily(folder, toy);
        return folder;
    }
    std::string write(const char *name, const std::string &text) const
    {
        const std::string file = m_fixture.path(name);
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }
    std::shared_ptr<test::JobRecorder> run(const std::string &folder, const char *kind,
                                           const Json &options) const
    {
        JobRequest request = m_fixture.request(kind, options);
        request.modelPath = folder;
        const auto recorder = m_fixture.run(request);
        if (recorder->failure()) {
            qWarning("%s: %s", kind, recorder->failure()->text.c_str());
        }
        return recorder;
    }

private Q_SLOTS:
    void everyJobWorks_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("classifies");
        QTest::addColumn<QString>("task");
        QTest::newRow("gpt2") << "gpt2" << false << "perplexity";
        QTest::newRow("opt") << "opt" << false << "perplexity";
        QTest::newRow("bert") << "bert" << false << "masked-nll";
        QTest::newRow("roberta") << "roberta" << false << "masked-nll";
        QTest::newRow("albert") << "albert" << false << "masked-nll";
        QTest::newRow("llada") << "llada" << false << "masked-nll";
        QTest::newRow("albert, classes") << "albert" << true << "accuracy";
    }

    void everyJobWorks()
    {
        QFETCH(QString, type);
        QFETCH(bool, classifies);
        QFETCH(QString, task);
        const std::string folder = model(type, classifies);
        const std::string calibration = write("calibration-lines.txt", lines(40, 1));
        std::string data = write("evaluation-lines.txt", lines(20, 2));
        if (classifies) {
            data = write("evaluation.csv", "text,label\nabc def,no\nxyz,yes\nmore words,maybe\n");
        }
        const Json few = {{"samples", 6}, {"length", 20}};

        const auto outliers = run(folder, "outliers", {{"data", calibration}, {"calibration", few}})
                                  ->last<OutlierTable>();
        QVERIFY(outliers && outliers->complete);
        QVERIFY(outliers->layers.size() >= 2 * 4);

        const auto table = run(folder, "sensitivity",
                               {{"data", calibration},
                                {"calibration", few},
                                {"bits", {2, 8}},
                                {"quantizer", {{"id", "rtn"}, {"group_size", 0}}}})
                               ->last<SensitivityTable>();
        QVERIFY(table && table->complete);
        double worst = 0;
        for (const SensitivityCell &cell : table->cells) {
            QVERIFY(cell.deltaNll && cell.predictedDeltaNll && cell.klDivergence);
            QVERIFY(std::isfinite(*cell.deltaNll) && std::isfinite(*cell.predictedDeltaNll));
            if (cell.bits == 8) {
                worst = std::max(worst, std::abs(*cell.deltaNll));
            }
        }
        for (const SensitivityCell &cell : table->cells) {
            if (cell.bits == 8) {
                QVERIFY2(std::abs(*cell.predictedDeltaNll - *cell.deltaNll)
                             < predictionTolerance * worst + 1e-5,
                         cell.layer.c_str());
            }
        }

        Json options = m_fixture.runOptions(
            {{"version", 1}, {"weights", {{"id", "gptq"}, {"bits", 4}, {"group_size", 0}}}});
        options["recipe"]["calibration"] = {{"samples", 6}, {"length", 20}};
        options["data"] = calibration;
        options["length"] = 16;
        options["evaluations"] = Json::array({{{"task", task.toStdString()}, {"data", data}}});
        const auto recorder = run(folder, "run", options);
        const auto summary = recorder->last<RunSummary>();
        QVERIFY(summary && summary->complete);
        QCOMPARE(summary->metrics.size(), std::size_t{1});
        QVERIFY(std::isfinite(summary->metrics[0].measured.value));
        QVERIFY(summary->metrics[0].baseline.has_value());
        for (const RunLayer &layer : summary->layers) {
            QVERIFY2(layer.outputMse && *layer.outputMse < 1, layer.name.c_str());
        }
    }

    void generationIsForCausalModels()
    {
        const std::string folder = model("bert", false);
        const auto recorder = run(folder, "generate", {{"prompt", "abc"}, {"tokens", 2}});
        QVERIFY(recorder->state() == JobState::Failed);
        QCOMPARE(int(recorder->failure()->code), int(ErrorCode::BadInput));
        const auto text = run(model("gpt2", false), "generate", {{"prompt", "abc"}, {"tokens", 2}});
        QVERIFY(text->state() == JobState::Finished);
    }
};

BITPRISM_TEST(TstFamilyJobs);
#include "tst_family_jobs.moc"
