// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/program.h"
#include "app/train/training_command.h"
#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>

using namespace bitprism;
using namespace bitprism::train;

namespace {

// Verses of random words, enough for the toy's 300 tokens and one held-out group.
void writeBook(const std::filesystem::path &path)
{
    std::mt19937 random(4);
    std::ofstream file(path);
    for (int i = 0; i < 700; ++i) {
        file << "Ge" << i / 40 + 1 << ':' << i % 40 + 1;
        for (int word = 0; word < 8; ++word) {
            file << ' ';
            for (unsigned letter = 0; letter < 2 + random() % 3; ++letter) {
                file << char('a' + random() % 6);
            }
        }
        file << ".\n";
    }
}

} // namespace

class TstTrainingCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsItsFlags();
    void tokensBecomeSteps();
    void refusesWrongUsage_data();
    void refusesWrongUsage();
    void errorsDecideTheExitStatus_data();
    void errorsDecideTheExitStatus();
    void writesAWholeModelFolder();
};

void TstTrainingCommand::readsItsFlags()
{
    const TrainingCommand command
        = parseCommand({"--text", "a.txt", "--output", "out", "--model-size", "toy", "--steps", "7",
                        "--seed", "5", "--precision", "fp32", "--dropout", "0.25"});
    QCOMPARE(command.text, std::filesystem::path("a.txt"));
    QCOMPARE(command.workFolder, std::filesystem::path("out.work"));
    QCOMPARE(command.options.model.hiddenSize, 32);
    QCOMPARE(command.options.schedule.totalSteps, std::int64_t(7));
    QCOMPARE(command.options.seed, std::uint64_t(5));
    QCOMPARE(command.options.dropout, 0.25f);
    QVERIFY(command.options.precision == Precision::Float32);
}

void TstTrainingCommand::tokensBecomeSteps()
{
    const TrainingCommand command
        = parseCommand({"--text", "a", "--output", "b", "--tokens", "9000000"});
    QCOMPARE(command.options.schedule.totalSteps, std::int64_t(2197));
    QCOMPARE(command.options.model.hiddenSize, 256);
}

void TstTrainingCommand::refusesWrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("nothing") << QStringList{};
    QTest::newRow("no output") << QStringList{"--text", "a"};
    QTest::newRow("unknown flag") << QStringList{"--text", "a", "--output", "b", "--fast"};
    QTest::newRow("no value") << QStringList{"--text", "a", "--output"};
    QTest::newRow("no number") << QStringList{"--steps", "many"};
    QTest::newRow("half a number") << QStringList{"--steps", "7x"};
    QTest::newRow("out of range") << QStringList{"--dropout", "1"};
    QTest::newRow("not a number") << QStringList{"--learning-rate", "nan"};
    QTest::newRow("unknown size") << QStringList{"--model-size", "huge"};
    QTest::newRow("unknown precision") << QStringList{"--precision", "fp8"};
    QTest::newRow("part of a context")
        << QStringList{"--text", "a", "--output", "b", "--tokens-per-step", "1000"};
}

void TstTrainingCommand::refusesWrongUsage()
{
    QFETCH(QStringList, arguments);
    std::vector<std::string> plain;
    for (const QString &argument : arguments) {
        plain.push_back(argument.toStdString());
    }
    try {
        parseCommand(plain);
        QFAIL("no error");
    } catch (const Error &error) {
        QCOMPARE(error.code(), ErrorCode::BadUsage);
    }
}

void TstTrainingCommand::errorsDecideTheExitStatus_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("status");
    QTest::newRow("usage") << int(ErrorCode::BadUsage) << 2;
    QTest::newRow("input") << int(ErrorCode::BadInput) << 3;
    QTest::newRow("disk") << int(ErrorCode::Io) << 1;
}

void TstTrainingCommand::errorsDecideTheExitStatus()
{
    QFETCH(int, code);
    QFETCH(int, status);
    QCOMPARE(runProgram("test",
                        [code]() -> int {
                            throw Error(ErrorCode(code), BITPRISM_TR("Error", "Expected here."));
                        }),
             status);
    QCOMPARE(runProgram("test", [] { return 0; }), 0);
}

void TstTrainingCommand::writesAWholeModelFolder()
{
    const QTemporaryDir folder;
    const std::filesystem::path base = folder.path().toStdString();
    writeBook(base / "book.txt");
    const TrainingCommand command
        = parseCommand({"--text", (base / "book.txt").string(), "--output", (base / "toy").string(),
                        "--model-size", "toy", "--steps", "20", "--precision", "fp32"});
    QCOMPARE(runTraining(command), 0);
    for (const char *name :
         {"config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
          "special_tokens_map.json", "data/evaluation.txt", "data/calibration.txt"}) {
        QVERIFY2(std::filesystem::exists(base / "toy" / name), name);
    }
    std::ifstream configFile(base / "toy" / "config.json");
    const auto config = nlohmann::json::parse(configFile);
    QCOMPARE(config.at("vocab_size").get<int>(), 300);
    const io::SafetensorsFile weights(base / "toy" / "model.safetensors");
    QCOMPARE(weights.tensors().size(), std::size_t(2 + 2 * 9));
    QVERIFY(weights.find("lm_head.weight") == nullptr);
    const auto *key = weights.find("model.layers.1.self_attn.k_proj.weight");
    QVERIFY(key != nullptr);
    QCOMPARE(key->shape, (std::vector<std::int64_t>{16, 32}));
    QVERIFY(std::filesystem::exists(base / "toy.work" / "metrics.json"));
}

BITPRISM_TEST(TstTrainingCommand);

#include "tst_training_command.moc"
