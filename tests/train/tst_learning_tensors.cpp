// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/learning_tensors.h"
#include "app/train/model_rules.h"
#include "tests/support/test_main.h"

#include <ATen/ATen.h>

#include <cmath>

using namespace bitprism;
using namespace bitprism::train;

namespace {

constexpr double rate = 1e-2;

std::vector<LearnedTensor> rules(std::int64_t rows, std::int64_t cols)
{
    std::vector<LearnedTensor> rules;
    addLinear(rules, "layer", rows, cols);
    rules.push_back({"table", {3, 2}});
    return rules;
}

/// The sum of squares of the tensors' distances from 1, with its gradient.
void pull(const LearningTensors &tensors)
{
    const at::AutoGradMode withGraph(true);
    at::Tensor sum = at::zeros({1});
    for (const char *name : {"layer.weight", "layer.bias", "table"}) {
        sum = sum + (*tensors.tensor(name) - 1).pow(2).sum();
    }
    sum.backward();
}

at::Tensor valueOf(const LearningTensors &tensors, const char *name)
{
    return tensors.tensor(name)->detach().clone();
}

} // namespace

class TstLearningTensors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void layersMoveByAnOrthogonalMatrix_data();
    void layersMoveByAnOrthogonalMatrix();
    void otherTensorsMoveByAdamW();
    void kernelsAreHandedOutAsMatrices();
    void positionsStay();
};

void TstLearningTensors::layersMoveByAnOrthogonalMatrix_data()
{
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("cols");
    QTest::newRow("wide") << 6 << 16;
    QTest::newRow("tall") << 16 << 4;
}

void TstLearningTensors::layersMoveByAnOrthogonalMatrix()
{
    QFETCH(int, rows);
    QFETCH(int, cols);
    LearningTensors tensors(rules(rows, cols), 1, at::kCPU);
    const at::Tensor before = valueOf(tensors, "layer.weight");
    pull(tensors);
    AdamW constants;
    constants.weightDecay = 0;
    UpdateScale scale;
    scale.learningRate = float(rate);
    tensors.update(constants, scale);
    const at::Tensor moved = before - valueOf(tensors, "layer.weight");
    const double unit = rate * OrthogonalStep().rateFactor
        * std::sqrt(std::max(1.0, double(rows) / double(cols)));
    const at::Tensor values = at::linalg_svdvals(moved) / unit;
    // The published constants of the iteration bring singular values between 0.7 and 1.2, where
    // they are not tiny beside the largest; the gradient's are all of one order here.
    QVERIFY2(values.max().item<double>() < 1.25,
             qPrintable(QString::number(values.max().item<double>())));
    QVERIFY2(values[0].item<double>() > 0.65,
             qPrintable(QString::number(values[0].item<double>())));
    QVERIFY((moved * (before - 1)).sum().item<double>() > 0); // downhill
}

void TstLearningTensors::otherTensorsMoveByAdamW()
{
    LearningTensors tensors(rules(4, 4), 1, at::kCPU);
    const at::Tensor before = valueOf(tensors, "table");
    const at::Tensor bias = valueOf(tensors, "layer.bias");
    pull(tensors);
    AdamW constants;
    UpdateScale scale;
    scale.learningRate = float(rate);
    tensors.update(constants, scale);
    // The first step is the sign of the gradient; matrices decay, vectors do not.
    constexpr double roundingTolerance = 1e-6;
    const at::Tensor expected = before * (1 - rate * double(constants.weightDecay)) + rate;
    QVERIFY((valueOf(tensors, "table") - expected).abs().max().item<double>() < roundingTolerance);
    QVERIFY((valueOf(tensors, "layer.bias") - (bias + rate)).abs().max().item<double>()
            < roundingTolerance);
}

void TstLearningTensors::kernelsAreHandedOutAsMatrices()
{
    std::vector<LearnedTensor> rules;
    addKernel(rules, "kernel", {4, 3, 5}, 0.1);
    const LearningTensors tensors(rules, 1, at::kCPU);
    QCOMPARE(tensors.tensor("kernel")->sizes().vec(), std::vector<std::int64_t>({4, 15}));
    QVERIFY(!tensors.tensor("absent").has_value());
}

void TstLearningTensors::positionsStay()
{
    std::vector<LearnedTensor> rules{{"positions", {5, 8}, LearnedTensor::Start::Sinusoids}};
    LearningTensors tensors(rules, 1, at::kCPU);
    const at::Tensor before = valueOf(tensors, "positions");
    QVERIFY(!tensors.tensor("positions")->requires_grad());
    QCOMPARE(before[0][0].item<float>(), 0.0f); // sin 0
    QCOMPARE(before[0][4].item<float>(), 1.0f); // cos 0
    tensors.update({}, {});
    QVERIFY(at::equal(valueOf(tensors, "positions"), before));
}

BITPRISM_TEST(TstLearningTensors);
#include "tst_learning_tensors.moc"
