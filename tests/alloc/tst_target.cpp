// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/target.h"
#include "tests/alloc/toy_problem.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

ModelInfo toyModel(std::int64_t rows, std::int64_t cols)
{
    ModelInfo model;
    for (const char *name : {"q", "k", "o"}) {
        LayerInfo &layer = model.layers.emplace_back();
        layer.name = name;
        layer.block = 0;
        layer.rows = rows;
        layer.cols = cols;
        layer.inputGroup = layer.name == "o" ? "out" : "attention_input";
    }
    return model;
}

AllocationProblem toyTargetProblem(const ModelInfo &model)
{
    AllocationProblem problem = randomProblem(model.layers.size(), true, 1);
    for (std::size_t i = 0; i < problem.layers.size(); ++i) {
        problem.layers[i].name = model.layers[i].name;
    }
    return problem;
}

} // namespace

class TstTarget : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatItCannotHold_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("cols");
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("groupSize");
        QTest::addColumn<QString>("word"); // empty: it can
        const auto row = [](const char *target, int rows, int cols, int bits, int groupSize,
                            const char *word) {
            QTest::addRow("%s %dx%d %d bits g%d", target, rows, cols, bits, groupSize)
                << target << rows << cols << bits << groupSize << word;
        };
        row("none", 7, 13, 1, 5, "");
        row("vllm", 64, 256, 4, 128, "");
        row("vllm", 64, 256, 3, 128, "widths of 4, 8");
        row("vllm", 64, 192, 4, 128, "groups of 128");
        row("vllm", 64, 192, 4, 0, "");
        row("gptq", 64, 256, 3, 128, "");
        row("gptq", 48, 256, 3, 128, "48");
        row("gptq", 64, 72, 4, 0, "72 columns");
        row("gptq", 64, 256, 5, 0, "not 5");
        row("awq", 64, 256, 4, 64, "");
        row("awq", 64, 256, 8, 64, "widths of 4");
        row("awq", 60, 256, 4, 64, "60");
        row("gguf", 60, 256, 5, 77, "");
        row("gguf", 60, 288, 5, 77, "256 columns");
        row("gguf", 60, 288, 4, 77, "");
        row("gguf", 60, 100, 8, 77, "32 columns");
    }

    void refusesWhatItCannotHold()
    {
        QFETCH(QString, target);
        QFETCH(int, rows);
        QFETCH(int, cols);
        QFETCH(int, bits);
        QFETCH(int, groupSize);
        QFETCH(QString, word);
        const ModelInfo model = toyModel(rows, cols);
        const auto refusal = targetRefusal(target.toStdString(), model.layers[0],
                                           {"q", bits, std::nullopt}, groupSize);
        QCOMPARE(refusal.has_value(), !word.isEmpty());
        QVERIFY2(!refusal || QString(refusal->what()).contains(word),
                 refusal ? refusal->what() : "");
    }

    void ratiosStayAtHome()
    {
        const ModelInfo model = toyModel(64, 256);
        QVERIFY(!targetRefusal("none", model.layers[0], {"q", 2, 0.1}, 0));
        for (const char *target : {"vllm", "gptq", "awq", "gguf"}) {
            QVERIFY(targetRefusal(target, model.layers[0], {"q", 4, 0.1}, 0).has_value());
        }
    }

    void restrictsAndFuses()
    {
        const ModelInfo model = toyModel(64, 256);
        AllocationProblem problem = toyTargetProblem(model);
        restrictToTarget(problem, model, "gptq", 64);
        QCOMPARE(problem.layers[0].candidates.size(), std::size_t(4)); // 2, 3, 4, 8
        QCOMPARE(problem.layers[0].fusedGroup, problem.layers[1].fusedGroup);
        QVERIFY(problem.layers[0].fusedGroup != problem.layers[2].fusedGroup);
        const Allocation found = solved("high-impact-ratio", problem)->at(averageBits(4));
        QCOMPARE(found.layers[0].bits, found.layers[1].bits);
        QVERIFY(targetRefusals("gptq", model, found.layers, 64).empty());
        problem = toyTargetProblem(model);
        restrictToTarget(problem, model, "vllm", 64);
        QCOMPARE(problem.layers[2].candidates.size(), std::size_t(2)); // 4, 8
        problem = toyTargetProblem(model);
        restrictToTarget(problem, model, "gguf", 64);
        QVERIFY(problem.layers[0].fusedGroup.empty());
    }

    void explainsWhatIsImpossible()
    {
        const ModelInfo model = toyModel(64, 200);
        AllocationProblem problem = toyTargetProblem(model);
        try {
            restrictToTarget(problem, model, "vllm", 64);
            QFAIL("nothing thrown");
        } catch (const Error &error) {
            QVERIFY(QString(error.what()).contains("200 columns of q"));
        }
        try {
            restrictToTarget(problem, model, "tpu", 64);
            QFAIL("nothing thrown");
        } catch (const Error &error) {
            QVERIFY(QString(error.what()).contains("tpu"));
        }
    }

    void namesMergedLayersThatDiffer()
    {
        const ModelInfo model = toyModel(64, 256);
        const std::vector<LayerChoice> choices{{"q", 4, {}}, {"k", 8, {}}, {"o", 8, {}}};
        QVERIFY(targetRefusals("gguf", model, choices, 0).empty());
        const std::vector<Error> refusals = targetRefusals("vllm", model, choices, 0);
        QCOMPARE(refusals.size(), std::size_t(1));
        QVERIFY(QString(refusals[0].what()).contains("q (4 bits) and k (8 bits)"));
    }
};

BITPRISM_TEST(TstTarget);
#include "tst_target.moc"
