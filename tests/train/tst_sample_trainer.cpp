// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/sample_trainer.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/registry.h"
#include "tests/support/test_main.h"

#include <QFile>
#include <QTemporaryDir>

using namespace bitprism;
using namespace bitprism::train;

namespace {

/// Verses of few words in a fixed order: quickly learned.
QByteArray verses()
{
    const QStringList words{"god",   "said",   "light",   "earth",    "day",     "night",
                            "water", "heaven", "prophet", "children", "kingdom", "mountain",
                            "sword", "flesh",  "bread",   "vineyard"}; // enough for 300 tokens
    const qsizetype count = words.size();
    QByteArray text;
    for (int i = 0; i < 1200; ++i) {
        text += QString("Ge%1:%2 And %3 %4 the %5 of the %6.\n")
                    .arg(i / 30 + 1)
                    .arg(i % 30 + 1)
                    .arg(words[i % count], words[(i + 1) % count], words[(i / 3) % count],
                         words[(i + 5) % count])
                    .toUtf8();
    }
    return text;
}

/// A folder with a text, and the options of a short run on a toy in it.
class Workshop
{
public:
    Workshop()
    {
        QFile file(m_folder.filePath("verses.txt"));
        if (file.open(QIODevice::WriteOnly)) {
            file.write(verses());
        }
        registerEngineComponents();
        prepareCompute(2);
    }

    SampleOptions options(const std::string &sample, const char *name) const
    {
        SampleOptions options;
        options.sample = sample;
        options.sources.text = m_folder.filePath("verses.txt").toStdString();
        options.sources.isToy = true;
        options.output = m_folder.filePath(QString::fromStdString(sample) + name).toStdString();
        options.workFolder = options.output.string() + ".work";
        options.schedule = {3e-3, 2, 12, 8, 12};
        options.evaluateEvery = 6;
        return options;
    }

private:
    QTemporaryDir m_folder;
};

TrainingState trained(const SampleOptions &options)
{
    return trainSample(options, *makeSampleTask(options.sample, options.sources));
}

} // namespace

class TstSampleTrainer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameSeedGivesTheSameWeights_data() { samples(); }
    void sameSeedGivesTheSameWeights();
    void resumedEqualsUninterrupted_data() { samples(); }
    void resumedEqualsUninterrupted();
    void learns_data() { samples(); }
    void learns();
    void writtenModelGivesTheMeasuredLoss_data() { samples(); }
    void writtenModelGivesTheMeasuredLoss();
    void stoppedWritesItsBestWeights();
    void refusesAnUnknownSample();

private:
    static void samples();
    Workshop m_workshop;
};

void TstSampleTrainer::samples()
{
    QTest::addColumn<QString>("sample");
    for (const std::string &name : sampleTaskNames()) {
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void TstSampleTrainer::sameSeedGivesTheSameWeights()
{
    QFETCH(QString, sample);
    const TrainingState first = trained(m_workshop.options(sample.toStdString(), "same-a"));
    const TrainingState second = trained(m_workshop.options(sample.toStdString(), "same-b"));
    QVERIFY(!first.parameters.empty());
    QVERIFY(first.parameters == second.parameters);
    SampleOptions other = m_workshop.options(sample.toStdString(), "same-c");
    other.sources.seed = 7;
    QVERIFY(trained(other).parameters != first.parameters);
}

void TstSampleTrainer::resumedEqualsUninterrupted()
{
    QFETCH(QString, sample);
    const TrainingState whole = trained(m_workshop.options(sample.toStdString(), "whole"));
    SampleOptions options = m_workshop.options(sample.toStdString(), "halves");
    options.stopAfter = 5;
    QCOMPARE(trained(options).step, std::int64_t(5));
    QVERIFY(!std::filesystem::exists(options.output / "model.safetensors"));
    options.stopAfter = -1;
    const TrainingState resumed = trained(options);
    QCOMPARE(resumed.step, whole.step);
    QVERIFY(resumed.parameters == whole.parameters);
    QCOMPARE(resumed.bestEvaluationLoss, whole.bestEvaluationLoss);
}

void TstSampleTrainer::learns()
{
    QFETCH(QString, sample);
    SampleOptions options = m_workshop.options(sample.toStdString(), "learns");
    options.schedule = {5e-3, 5, 60, 50, 60};
    options.evaluateEvery = 10;
    options.dropout = 0;
    const TrainingState state = trained(options);
    QVERIFY2(state.bestEvaluationLoss < 0.95 * state.history.front().evaluationLoss,
             qPrintable(QString::number(state.bestEvaluationLoss)));
}

void TstSampleTrainer::writtenModelGivesTheMeasuredLoss() // what is shipped is what was measured
{
    QFETCH(QString, sample);
    const SampleOptions options = m_workshop.options(sample.toStdString(), "written");
    const TrainingState state = trained(options);
    const auto model = Model::open(options.output, at::kCPU);
    const auto task = makeSampleTask(options.sample, options.sources);
    const at::NoGradGuard noGraph;
    // The file holds BF16: 8 bits of mantissa, far below a percent of the loss.
    const double roundingTolerance = 0.01 * state.bestEvaluationLoss;
    QVERIFY(std::abs(task->heldOutLoss(*model) - state.bestEvaluationLoss) < roundingTolerance);
}

void TstSampleTrainer::stoppedWritesItsBestWeights()
{
    SampleOptions options = m_workshop.options("tiny-opt", "stopped");
    options.stopAfter = 5; // before anything was measured
    QCOMPARE(trained(options).bestStep, std::int64_t(-1));
    QVERIFY(!std::filesystem::exists(options.output / "model.safetensors"));
    options.stopAfter = 8;
    QCOMPARE(trained(options).bestStep, std::int64_t(6));
    QVERIFY(std::filesystem::exists(options.output / "model.safetensors"));
}

void TstSampleTrainer::refusesAnUnknownSample()
{
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(makeSampleTask("tiny-unknown", {})), Error);
}

BITPRISM_TEST(TstSampleTrainer);
#include "tst_sample_trainer.moc"
