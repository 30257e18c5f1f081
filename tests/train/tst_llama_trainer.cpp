// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/llama_trainer.h"
#include "core/base/error.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

#include <cmath>
#include <fstream>
#include <random>

using namespace bitprism;
using namespace bitprism::train;

namespace {

const TrainingProgress silent = [](const TrainingState &, double, double, bool) {};

TrainingOptions toyOptions(Precision precision = Precision::Float32)
{
    TrainingOptions options;
    options.model = {32, 2, 4, 2, 48, 60, 16};
    options.precision = precision;
    options.schedule = {0.01, 3, 30, 20, 30};
    options.tokensPerStep = 128;
    options.evaluateEvery = 10;
    return options;
}

// Runs of consecutive ids: easy to learn, hard to guess.
TrainingTokens countingTokens()
{
    std::mt19937 random(2);
    TrainingTokens tokens;
    tokens.chapterStarts = {0};
    for (std::int32_t token = 1; tokens.training.size() < 4000;) {
        token = random() % 8 == 0 ? std::int32_t(1 + random() % 59) : token % 59 + 1;
        tokens.training.push_back(token);
    }
    tokens.evaluation.assign(tokens.training.end() - 500, tokens.training.end());
    tokens.training.resize(3500);
    return tokens;
}

} // namespace

class TstLlamaTrainer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameSeedGivesTheSameWeights_data();
    void sameSeedGivesTheSameWeights();
    void otherSeedGivesOtherWeights();
    void resumedEqualsUninterrupted_data();
    void resumedEqualsUninterrupted();
    void learns();
    void keepsTheBestWeights();
    void refusesACheckpointOfOtherSettings();
    void refusesACutCheckpoint_data();
    void refusesACutCheckpoint();
    void lossCountsWholeWindowsOnly();
};

void TstLlamaTrainer::sameSeedGivesTheSameWeights_data()
{
    QTest::addColumn<int>("precision");
    QTest::newRow("fp32") << int(Precision::Float32);
    QTest::newRow("bf16") << int(Precision::Bfloat16);
}

void TstLlamaTrainer::sameSeedGivesTheSameWeights()
{
    QFETCH(int, precision);
    const TrainingOptions options = toyOptions(Precision(precision));
    const TrainingTokens tokens = countingTokens();
    const TrainingState first = trainLlama(options, tokens, silent);
    const TrainingState second = trainLlama(options, tokens, silent);
    QCOMPARE(first.step, options.schedule.totalSteps);
    QVERIFY(first.parameters == second.parameters);
}

void TstLlamaTrainer::otherSeedGivesOtherWeights()
{
    TrainingOptions options = toyOptions();
    const TrainingTokens tokens = countingTokens();
    const TrainingState first = trainLlama(options, tokens, silent);
    options.seed += 1;
    QVERIFY(first.parameters != trainLlama(options, tokens, silent).parameters);
}

void TstLlamaTrainer::resumedEqualsUninterrupted_data()
{
    QTest::addColumn<int>("stopAfter");
    QTest::newRow("in the warm-up") << 2;
    QTest::newRow("between evaluations") << 13;
    QTest::newRow("after the longer rows began") << 25;
}

void TstLlamaTrainer::resumedEqualsUninterrupted()
{
    QFETCH(int, stopAfter);
    const TrainingTokens tokens = countingTokens();
    TrainingOptions options = toyOptions();
    const TrainingState whole = trainLlama(options, tokens, silent);

    const QTemporaryDir folder;
    options.checkpointPath = folder.filePath("checkpoint.bin").toStdString();
    options.stopAfter = stopAfter;
    QCOMPARE(trainLlama(options, tokens, silent).step, std::int64_t(stopAfter));
    options.stopAfter = -1;
    const TrainingState resumed = trainLlama(options, tokens, silent);
    QCOMPARE(resumed.step, whole.step);
    QVERIFY(resumed.parameters == whole.parameters);
    QVERIFY(resumed.bestParameters == whole.bestParameters);
    QCOMPARE(resumed.history.size(), whole.history.size());
    for (std::size_t i = 0; i < whole.history.size(); ++i) {
        QCOMPARE(resumed.history[i].trainingLoss, whole.history[i].trainingLoss);
        QCOMPARE(resumed.history[i].evaluationLoss, whole.history[i].evaluationLoss);
    }
}

void TstLlamaTrainer::learns()
{
    TrainingOptions options = toyOptions();
    options.schedule = {0.01, 3, 150, 100, 150};
    const TrainingState state = trainLlama(options, countingTokens(), silent);
    const double untrained = std::log(60.0);
    QVERIFY2(state.bestEvaluationLoss < untrained - 1.5,
             qPrintable(QString::number(state.bestEvaluationLoss)));
}

void TstLlamaTrainer::keepsTheBestWeights()
{
    const TrainingOptions options = toyOptions();
    const TrainingTokens tokens = countingTokens();
    const TrainingState state = trainLlama(options, tokens, silent);
    double best = state.history.front().evaluationLoss;
    for (const HistoryEntry &entry : state.history) {
        best = std::min(best, entry.evaluationLoss);
    }
    QCOMPARE(state.bestEvaluationLoss, best);
    QCOMPARE(evaluateLoss(options.model, options.precision, state.bestParameters, tokens.evaluation,
                          options.model.maxPositions),
             best);
}

void TstLlamaTrainer::refusesACheckpointOfOtherSettings()
{
    const QTemporaryDir folder;
    TrainingOptions options = toyOptions();
    options.checkpointPath = folder.filePath("checkpoint.bin").toStdString();
    options.stopAfter = 1;
    trainLlama(options, countingTokens(), silent);
    TrainingTokens otherText = countingTokens();
    otherText.training.back() ^= 1;
    QVERIFY_EXCEPTION_THROWN(trainLlama(options, otherText, silent), Error);
    options.dropout = 0.3f;
    QVERIFY_EXCEPTION_THROWN(trainLlama(options, countingTokens(), silent), Error);
}

void TstLlamaTrainer::refusesACutCheckpoint_data()
{
    QTest::addColumn<double>("share");
    QTest::newRow("empty") << 0.0;
    QTest::newRow("in the magic") << 0.0001;
    QTest::newRow("in the moments") << 0.6;
    QTest::newRow("last byte") << 0.999999;
}

void TstLlamaTrainer::refusesACutCheckpoint()
{
    QFETCH(double, share);
    const QTemporaryDir folder;
    TrainingOptions options = toyOptions();
    options.checkpointPath = folder.filePath("checkpoint.bin").toStdString();
    options.stopAfter = 10;
    trainLlama(options, countingTokens(), silent);
    const auto bytes = std::filesystem::file_size(options.checkpointPath);
    std::filesystem::resize_file(options.checkpointPath, std::uintmax_t(double(bytes) * share));
    QVERIFY_EXCEPTION_THROWN(trainLlama(options, countingTokens(), silent), Error);
}

void TstLlamaTrainer::lossCountsWholeWindowsOnly()
{
    const LlamaConfig model = toyOptions().model;
    const std::vector<float> parameters = initialParameters(model, 3);
    const TrainingTokens tokens = countingTokens();
    const std::span all = std::span(tokens.evaluation);
    const auto lossOf = [&](std::span<const std::int32_t> part) {
        return evaluateLoss(model, Precision::Float32, parameters, part, 16);
    };
    QCOMPARE(lossOf(all.first(16 * 9 + 15)), lossOf(all.first(16 * 9)));
    double mean = 0.0;
    for (std::size_t i = 0; i < 9; ++i) {
        mean += lossOf(all.subspan(i * 16, 16)) / 9.0;
    }
    QVERIFY(std::abs(lossOf(all.first(16 * 9)) - mean) < 1e-5);
    QVERIFY_EXCEPTION_THROWN(lossOf(all.first(15)), Error);
}

BITPRISM_TEST(TstLlamaTrainer);

#include "tst_llama_trainer.moc"
