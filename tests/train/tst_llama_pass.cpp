// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/llama_pass.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <random>

using namespace bitprism::train;

namespace {

const LlamaConfig toy{32, 2, 4, 2, 48, 40, 16};
constexpr int rows = 3;
constexpr int length = 12;
constexpr std::uint32_t dropoutKey = 7;

struct Tokens
{
    std::vector<std::int32_t> inputs, targets;

    TokenBatch batch() const { return {inputs, targets, rows, length}; }
};

Tokens randomTokens(unsigned seed)
{
    std::mt19937 random(seed);
    Tokens tokens;
    for (int i = 0; i < rows * length; ++i) {
        tokens.inputs.push_back(std::int32_t(random() % unsigned(toy.vocabularySize)));
        tokens.targets.push_back(std::int32_t(random() % unsigned(toy.vocabularySize)));
    }
    return tokens;
}

// Larger than a fresh model's, so that no part of the network is nearly linear.
std::vector<float> roughParameters()
{
    std::vector<float> parameters = initialParameters(toy, 3);
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    for (float &parameter : parameters) {
        parameter = parameter * 3.0f + 0.02f * normal(random);
    }
    return parameters;
}

} // namespace

class TstLlamaPass : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gradientIsTheDifferenceQuotient_data();
    void gradientIsTheDifferenceQuotient();
    void freshModelGuessesEvenly();
    void laterTokensDoNotChangeEarlierLosses();
    void bfloat16IsNearFloat();
    void dropoutFollowsItsKey();
};

void TstLlamaPass::gradientIsTheDifferenceQuotient_data()
{
    QTest::addColumn<int>("slot");
    QTest::addColumn<float>("dropout");
    const int slotCount = int(layoutOf(toy).slots.size());
    for (int slot = 0; slot < slotCount; ++slot) {
        QTest::addRow("slot %d", slot) << slot << 0.0f;
        QTest::addRow("slot %d with dropout", slot) << slot << 0.2f;
    }
}

void TstLlamaPass::gradientIsTheDifferenceQuotient()
{
    QFETCH(int, slot);
    QFETCH(float, dropout);
    const Tokens tokens = randomTokens(1);
    const std::vector<float> parameters = roughParameters();
    LlamaPass<float> pass(toy, rows, length);
    std::vector<float> gradient(parameters.size());
    pass.forward(parameters.data(), parameters.data(), tokens.batch(), dropout, dropoutKey, 1.0f);
    pass.backward(parameters.data(), parameters.data(), tokens.batch(), gradient.data());

    // Along the gradient itself the quotient is largest against FP32's rounding of the loss.
    const ParameterSlot place = layoutOf(toy).slots[std::size_t(slot)];
    double squared = 0.0;
    for (std::size_t i = place.offset; i < place.offset + place.count(); ++i) {
        squared += double(gradient[i]) * double(gradient[i]);
    }
    const double step = 0.01 / std::sqrt(squared);
    std::array<double, 2> losses{};
    for (const int side : {0, 1}) {
        std::vector<float> moved = parameters;
        for (std::size_t i = place.offset; i < place.offset + place.count(); ++i) {
            moved[i] += float((side == 0 ? -step : step) * double(gradient[i]));
        }
        losses[std::size_t(side)]
            = pass.forward(moved.data(), moved.data(), tokens.batch(), dropout, dropoutKey, 0.0f);
    }
    const double quotient = (losses[1] - losses[0]) / (2.0 * step);
    const double tolerance = 0.01; // third derivative and FP32 rounding together
    QVERIFY2(std::abs(quotient / squared - 1.0) < tolerance,
             qPrintable(QString("%1 instead of %2").arg(quotient).arg(squared)));
}

void TstLlamaPass::freshModelGuessesEvenly()
{
    const Tokens tokens = randomTokens(2);
    const std::vector<float> parameters = initialParameters(toy, 4);
    LlamaPass<float> pass(toy, rows, length);
    const double loss
        = pass.forward(parameters.data(), parameters.data(), tokens.batch(), 0.0f, 0, 0.0f);
    QVERIFY(std::abs(loss / (rows * length) - std::log(double(toy.vocabularySize))) < 0.1);
}

void TstLlamaPass::laterTokensDoNotChangeEarlierLosses()
{
    const std::vector<float> parameters = roughParameters();
    LlamaPass<float> pass(toy, 1, length);
    Tokens tokens = randomTokens(3);
    const auto lossOf = [&](std::int32_t lastInput, std::int32_t lastTarget) {
        tokens.inputs[length - 1] = lastInput;
        tokens.targets[length - 1] = lastTarget;
        const std::span inputs = std::span(tokens.inputs).first(length);
        const std::span targets = std::span(tokens.targets).first(length);
        return pass.forward(parameters.data(), parameters.data(), {inputs, targets, 1, length},
                            0.0f, 0, 0.0f);
    };
    // The difference between two last targets depends on the last input; the rest must cancel:
    // averaged over all last targets' probabilities nothing else remains.
    double firstTotal = 0.0;
    double secondTotal = 0.0;
    const double base = lossOf(1, 0);
    const double other = lossOf(2, 0);
    for (std::int32_t target = 0; target < toy.vocabularySize; ++target) {
        firstTotal += std::exp(base - lossOf(1, target));
        secondTotal += std::exp(other - lossOf(2, target));
    }
    // exp(-last loss) sums to one over the targets, so log(total) is the last loss for target 0.
    QVERIFY(std::abs((base - std::log(firstTotal)) - (other - std::log(secondTotal))) < 1e-4);
}

void TstLlamaPass::bfloat16IsNearFloat()
{
    const Tokens tokens = randomTokens(4);
    const std::vector<float> parameters = roughParameters();
    std::vector<Bfloat16> narrow(parameters.size());
    toStorage(parameters.data(), narrow.data(), parameters.size());
    std::vector<float> exact(parameters.size());
    std::vector<float> rounded(parameters.size());
    LlamaPass<float> wide(toy, rows, length);
    LlamaPass<Bfloat16> half(toy, rows, length);
    const double wideLoss = wide.forward(parameters.data(), parameters.data(), tokens.batch(), 0.1f,
                                         dropoutKey, 1.0f);
    const double halfLoss
        = half.forward(parameters.data(), narrow.data(), tokens.batch(), 0.1f, dropoutKey, 1.0f);
    QVERIFY(std::abs(halfLoss / wideLoss - 1.0) < 0.01);
    wide.backward(parameters.data(), parameters.data(), tokens.batch(), exact.data());
    half.backward(parameters.data(), narrow.data(), tokens.batch(), rounded.data());
    double dot = 0.0, exactSquare = 0.0, roundedSquare = 0.0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        dot += double(exact[i]) * double(rounded[i]);
        exactSquare += double(exact[i]) * double(exact[i]);
        roundedSquare += double(rounded[i]) * double(rounded[i]);
    }
    QVERIFY(dot / std::sqrt(exactSquare * roundedSquare) > 0.999);
}

void TstLlamaPass::dropoutFollowsItsKey()
{
    const Tokens tokens = randomTokens(5);
    const std::vector<float> parameters = roughParameters();
    LlamaPass<float> pass(toy, rows, length);
    const auto lossWith = [&](std::uint32_t key) {
        return pass.forward(parameters.data(), parameters.data(), tokens.batch(), 0.2f, key, 0.0f);
    };
    const double first = lossWith(1);
    QVERIFY(first != lossWith(2));
    QCOMPARE(lossWith(1), first);
}

BITPRISM_TEST(TstLlamaPass);

#include "tst_llama_pass.moc"
