// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_study.h"
#include "core/alloc/loss_estimate.h"
#include "core/base/random.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace bitprism;

namespace {

constexpr int layerCount = 200;
constexpr double rounding = 1e-12;

/// What each layer truly costs: half of it for each further bit.
struct Truth
{
    SensitivityTable table;
    std::vector<double> changes; ///< of the cells
};

/// Layers "0", "1", ... at 2, 3 and 4 bits: their divergence is the true change of the loss up to
/// a relative scatter, the measured change is that with noise.
Truth probes(double damage, double scatter, double noise, std::uint64_t seed)
{
    Random random(seed, "probes");
    Truth truth;
    truth.table.widths = {2, 3, 4};
    truth.table.tokens = 4096;
    for (int layer = 0; layer < layerCount; ++layer) {
        const double size = damage * std::exp(random.normal());
        for (const int bits : truth.table.widths) {
            SensitivityCell &cell = truth.table.cells.emplace_back();
            cell.layer = std::to_string(layer);
            cell.bits = bits;
            cell.weights = 100;
            cell.storageBits = 100 * bits;
            cell.klDivergence = size * std::pow(0.5, bits);
            const double change = *cell.klDivergence * (1 + scatter * random.normal());
            cell.deltaNll = change + noise * random.normal();
            cell.deltaNllStandardError = noise;
            truth.changes.push_back(change);
        }
    }
    return truth;
}

AllocationQuestion questionOf(const SensitivityTable &table)
{
    AllocationQuestion question;
    question.table = std::make_shared<const SensitivityTable>(table);
    ModelInfo model;
    for (const SensitivityCell &cell : table.cells) {
        if (model.layers.empty() || model.layers.back().name != cell.layer) {
            LayerInfo &layer = model.layers.emplace_back();
            layer.name = cell.layer;
            layer.kind = "mlp_up";
            layer.rows = 10;
            layer.cols = 10;
        }
    }
    question.model = std::make_shared<const ModelInfo>(model);
    question.allocator = "sensitivity-greedy";
    question.params = R"({"metric":"delta-nll"})";
    return question;
}

std::vector<double> measuredOf(const SensitivityTable &table)
{
    std::vector<double> values;
    for (const SensitivityCell &cell : table.cells) {
        values.push_back(*cell.deltaNll);
    }
    return values;
}

/// Of what an allocation chose, with a value for each cell.
double sumOfChoices(const Truth &truth, const Allocation &allocation,
                    const std::vector<double> &values)
{
    double sum = 0;
    for (std::size_t i = 0; i < truth.table.cells.size(); ++i) {
        const LayerChoice &choice = allocation.layers[i / truth.table.widths.size()];
        sum += choice.bits == truth.table.cells[i].bits ? values[i] : 0;
    }
    return sum;
}

} // namespace

class TstLossEstimate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isNearerToTheTruthThanTheMeasurement()
    {
        const Truth truth = probes(0.01, 0.3, 0.002, 1);
        const std::vector<LossEstimate> estimates = lossEstimates(truth.table);
        double raw = 0;
        double shrunk = 0;
        double expected = 0;
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            raw += std::pow(*truth.table.cells[i].deltaNll - truth.changes[i], 2);
            shrunk += std::pow(*estimates[i].change - truth.changes[i], 2);
            expected += std::pow(*estimates[i].uncertainty.standardError(), 2);
        }
        QVERIFY(shrunk < 0.25 * raw);
        // The stated errors are the real ones, as far as 600 cells can tell how they scatter.
        constexpr double sameError = 2;
        QVERIFY(shrunk < sameError * expected && expected < sameError * shrunk);
    }

    void keepsWhatStandsFarAboveItsNoise()
    {
        const Truth truth = probes(1, 0.5, 1e-5, 2);
        const std::vector<LossEstimate> estimates = lossEstimates(truth.table);
        for (std::size_t i = 0; i < estimates.size(); ++i) {
            const SensitivityCell &cell = truth.table.cells[i];
            if (*cell.klDivergence > 0.01) {
                QVERIFY(std::fabs(*estimates[i].change - std::max(0.0, *cell.deltaNll))
                        <= *cell.deltaNllStandardError);
            }
        }
    }

    /// Whoever takes the least of many takes the luckiest: the sum of raw picks lies far below the
    /// truth, that of the estimates does not.
    void picksOfTheLeastStayHonest()
    {
        constexpr int trials = 30;
        double raw = 0;
        double predicted = 0;
        double expected = 0;
        double deviations = 0; // squared, in standard errors
        for (int seed = 3; seed < 3 + trials; ++seed) {
            const Truth truth = probes(0.01, 0.3, 0.004, static_cast<std::uint64_t>(seed));
            const AllocationStudy study(questionOf(truth.table));
            Budget budget;
            budget.averageBits = 3;
            const Allocation chosen = study.at(budget);
            QVERIFY(chosen.predictedDeltaNll && chosen.predictedStandardError);
            const double real = sumOfChoices(truth, chosen, truth.changes);
            raw += sumOfChoices(truth, chosen, measuredOf(truth.table));
            predicted += *chosen.predictedDeltaNll;
            expected += real;
            deviations
                += std::pow((*chosen.predictedDeltaNll - real) / *chosen.predictedStandardError, 2);
        }
        QVERIFY(raw < 0.85 * expected);
        // A trial is uncertain by 6 %, thirty of them by 1 %.
        constexpr double sameSum = 0.04;
        QVERIFY(std::fabs(predicted - expected) <= sameSum * expected);
        QVERIFY(deviations < 2.5 * trials); // 1 where the scatter were known, not learned
    }

    void predictsNothingBelowZero_data()
    {
        QTest::addColumn<QString>("allocator");
        QTest::addColumn<bool>("hasDivergence");
        QTest::addColumn<bool>("hasError");
        for (const char *allocator : {"sensitivity-greedy", "high-impact-ratio"}) {
            QTest::addRow("%s", allocator) << allocator << true << true;
            QTest::addRow("%s, no divergences", allocator) << allocator << false << true;
            QTest::addRow("%s, no errors", allocator) << allocator << true << false;
        }
    }
    void predictsNothingBelowZero() // where every measured damage is noise
    {
        QFETCH(QString, allocator);
        QFETCH(bool, hasDivergence);
        QFETCH(bool, hasError);
        Truth truth = probes(1e-9, 0.3, 0.01, 6);
        for (SensitivityCell &cell : truth.table.cells) {
            cell.klDivergence = hasDivergence ? cell.klDivergence : std::nullopt;
            cell.deltaNllStandardError = hasError ? cell.deltaNllStandardError : std::nullopt;
        }
        AllocationQuestion question = questionOf(truth.table);
        question.allocator = allocator.toStdString();
        question.params = R"({"metric":"delta-nll"})";
        const AllocationStudy study(question);
        for (const FrontierPoint &point : study.points()) {
            QVERIFY(point.objective >= 0);
            QCOMPARE(point.standardError.has_value(), hasError);
            Budget budget;
            budget.averageBits = point.averageBits * (1 + 1e-9);
            QVERIFY(*study.at(budget).predictedDeltaNll >= 0);
        }
        for (const Allocation &uniform : study.uniform()) {
            QVERIFY(*uniform.predictedDeltaNll >= 0);
        }
    }

    void gradientsPredictNothingBelowZero()
    {
        SensitivityTable table;
        table.cells.resize(2);
        table.cells[0].predictedDeltaNll = -1;
        table.cells[1].predictedDeltaNll = 2;
        const std::vector<LossEstimate> estimates = lossEstimates(table);
        QCOMPARE(*estimates[0].change, 0.0);
        QCOMPARE(*estimates[1].change, 2.0);
        QVERIFY(!estimates[0].uncertainty.isKnown);
        table.cells[0].predictedDeltaNll.reset();
        QVERIFY(!lossEstimates(table)[0].change);
    }

    void sumsErrorsAsStated()
    {
        Uncertainty sum = Uncertainty::none();
        sum += Uncertainty{9, 2, true};
        sum += Uncertainty{7, 1, true};
        QVERIFY(std::fabs(*sum.standardError() - 5) <= rounding); // 9 + 7 + (2 + 1)^2
        sum -= Uncertainty{0, 3, true};
        QVERIFY(std::fabs(*sum.standardError() - 4) <= rounding);
        sum += Uncertainty::of(std::nullopt);
        QVERIFY(!sum.standardError());
    }

    void whatBothDoAlikeLeavesNoErrorBehind()
    {
        const Truth truth = probes(0.01, 0.3, 0.002, 7);
        const AllocationStudy study(questionOf(truth.table));
        std::vector<LayerChoice> three;
        for (int layer = 0; layer < layerCount; ++layer) {
            three.push_back({std::to_string(layer), 3, std::nullopt});
        }
        std::vector<LayerChoice> other = three;
        other[5].bits = 2;
        const auto same = study.difference(three, three);
        QCOMPARE(same->value, 0.0);
        QCOMPARE(*same->standardError, 0.0);
        const auto change = study.difference(other, three);
        const Allocation whole = study.evaluate(other);
        QVERIFY(std::fabs(change->value
                          - (*whole.predictedDeltaNll - *study.evaluate(three).predictedDeltaNll))
                <= rounding);
        QVERIFY(*change->standardError > 0);
        QVERIFY(*change->standardError < 0.5 * *whole.predictedStandardError);
    }
};

BITPRISM_TEST(TstLossEstimate);
#include "tst_loss_estimate.moc"
