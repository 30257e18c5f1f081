// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_units.h"
#include "core/alloc/interaction_terms.h"
#include "core/base/error.h"
#include "tests/alloc/toy_problem.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <cmath>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double exact = 1e-10; // of products of 12 x 12 matrices in double

/// A quadratic loss with a linear term, and perturbations of four layers (three numbers each, three
/// candidates each), two layers a block.
struct Quadratic
{
    static constexpr std::size_t size = 12;
    static constexpr std::size_t layers = 4;
    static constexpr std::size_t candidates = 3;
    std::vector<double> hessian;
    std::vector<double> gradient;
    std::vector<std::vector<double>> changes; ///< [layer, candidate] -> all numbers
    InteractionMatrix matrix;

    double loss(const std::vector<double> &change) const
    {
        double sum = 0;
        for (std::size_t i = 0; i < size; ++i) {
            sum += gradient[i] * change[i];
            for (std::size_t j = 0; j < size; ++j) {
                sum += 0.5 * change[i] * hessian[i * size + j] * change[j];
            }
        }
        return sum;
    }
    std::vector<double> sum(std::size_t a, std::size_t b) const
    {
        std::vector<double> result = changes[a];
        for (std::size_t i = 0; i < size; ++i) {
            result[i] += changes[b][i];
        }
        return result;
    }
    double product(std::size_t a, std::size_t b) const // D_a^T H D_b
    {
        double result = 0;
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < size; ++j) {
                result += changes[a][i] * hessian[i * size + j] * changes[b][j];
            }
        }
        return result;
    }

    explicit Quadratic(std::uint64_t seed, bool isFull)
    {
        Random random(seed, "quadratic");
        hessian.resize(size * size);
        for (std::size_t i = 0; i < size; ++i) {
            gradient.push_back(random.normal());
            for (std::size_t j = 0; j <= i; ++j) {
                const bool isSameBlock = i / 6 == j / 6;
                hessian[i * size + j] = hessian[j * size + i]
                    = isSameBlock || isFull ? random.normal() : 0;
            }
        }
        for (std::size_t l = 0; l < layers; ++l) {
            for (std::size_t c = 0; c < candidates; ++c) {
                std::vector<double> &change = changes.emplace_back(size, 0.0);
                for (std::size_t i = 0; i < 3; ++i) {
                    change[3 * l + i] = random.normal();
                }
                ProbedCandidate &probed = matrix.candidates.emplace_back();
                probed.layer = "layer " + std::to_string(l);
                probed.block = static_cast<int>(l / 2);
                probed.bits = 2;
                probed.ratio = 0.1 * static_cast<double>(c);
                probed.omega = loss(change);
            }
        }
        for (std::size_t a = 0; a < changes.size(); ++a) {
            for (std::size_t b = a + 1; b < changes.size(); ++b) {
                const std::size_t la = a / candidates;
                const std::size_t lb = b / candidates;
                if (la != lb && (isFull || la / 2 == lb / 2)) {
                    matrix.pairs.push_back(
                        {a, b, loss(sum(a, b)) - loss(changes[a]) - loss(changes[b]), 0.0});
                }
            }
        }
    }

    AllocationProblem problem() const
    {
        AllocationProblem result;
        for (std::size_t l = 0; l < layers; ++l) {
            AllocationLayer &layer = result.layers.emplace_back();
            layer.name = "layer " + std::to_string(l);
            layer.block = static_cast<int>(l / 2);
            layer.weights = 64;
            for (std::size_t c = 0; c < candidates; ++c) {
                const ProbedCandidate &probed = matrix.candidates[l * candidates + c];
                AllocationCandidate &candidate = layer.candidates.emplace_back();
                candidate.bits = probed.bits;
                candidate.ratio = probed.ratio;
                candidate.storageBits = 128 + 8 * static_cast<std::int64_t>(c);
                candidate.damage = *probed.omega;
            }
        }
        return result;
    }
};

void expectRefused(const std::function<void()> &action, const char *word)
{
    try {
        action();
        QFAIL("nothing thrown");
    } catch (const Error &error) {
        QCOMPARE(error.code(), ErrorCode::BadInput);
        QVERIFY2(std::string(error.what()).find(word) != std::string::npos, error.what());
    }
}

} // namespace

class TstInteractionTerms : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quadraticLossesAreExact_data()
    {
        QTest::addColumn<bool>("isFull");
        QTest::newRow("within blocks") << false;
        QTest::newRow("across blocks") << true;
    }

    void quadraticLossesAreExact() // properties 1 to 3
    {
        QFETCH(bool, isFull);
        const Quadratic toy(7, isFull);
        for (const ProbedPair &pair : toy.matrix.pairs) { // the linear term cancels
            QVERIFY(std::fabs(pair.value - toy.product(pair.first, pair.second)) <= exact);
        }
        AllocationProblem problem = toy.problem();
        addInteractions(problem, &toy.matrix, "measured");
        const AllocationUnits units(problem);
        for (std::size_t code = 0; code < 81; ++code) {
            const std::vector<std::size_t> choice{code % 3, code / 3 % 3, code / 9 % 3, code / 27};
            std::vector<double> change(Quadratic::size, 0);
            for (std::size_t l = 0; l < Quadratic::layers; ++l) {
                for (std::size_t i = 0; i < Quadratic::size; ++i) {
                    change[i] += toy.changes[l * Quadratic::candidates + choice[l]][i];
                }
            }
            QVERIFY(std::fabs(units.damage(choice) - toy.loss(change)) <= exact);
        }
    }

    void theMatrixIsBlockDiagonal() // property 2: M_ii = 2 Om, nothing across blocks
    {
        const Quadratic toy(11, false);
        AllocationProblem problem = toy.problem();
        addInteractions(problem, &toy.matrix, "measured");
        QCOMPARE(problem.interactions.size(), std::size_t(2)); // a table for both orders of a pair
        for (const LayerInteraction &pair : problem.interactions) {
            QCOMPARE(problem.layers[pair.first].block, problem.layers[pair.second].block);
        }
        problem.interactions.clear();
        const AllocationUnits units(problem);
        const std::vector<std::size_t> choice(Quadratic::layers, 1);
        double sum = 0; // 1/2 delta^T M delta of the diagonal alone
        for (std::size_t l = 0; l < Quadratic::layers; ++l) {
            sum += *toy.matrix.candidates[l * Quadratic::candidates + 1].omega;
        }
        QVERIFY(std::fabs(units.damage(choice) - sum) <= exact);
    }

    void noiseCountsAsZero()
    {
        Quadratic toy(7, false);
        for (ProbedPair &pair : toy.matrix.pairs) {
            pair.standardError = std::fabs(pair.value) * (pair.first == 0 ? 1.0 : 0.1);
        }
        AllocationProblem problem = toy.problem();
        addInteractions(problem, &toy.matrix, "measured");
        for (const LayerInteraction &interaction : problem.interactions) {
            for (std::size_t i = 0; i < interaction.values.size(); ++i) {
                const bool isNoise = interaction.first == 0 && i < Quadratic::candidates;
                QCOMPARE(interaction.values[i] == 0, isNoise);
            }
        }
    }

    /// Many pairs of layers, most of them drowned: estimates come nearer to the truth than zeroing
    /// what is below two standard errors, and a sum of the lowest is not too low.
    void noisyPairsAreDrawnTowardsTheirLayers()
    {
        constexpr std::size_t layers = 60;
        constexpr double noise = 0.02;
        Random random(3, "pairs");
        InteractionMatrix matrix;
        AllocationProblem problem;
        for (std::size_t l = 0; l < layers; ++l) {
            const std::string name = "layer " + std::to_string(l);
            const double change = 0.05 + 0.3 * random.uniform();
            matrix.candidates.push_back({name, 0, 2, 0.1, change, noise});
            AllocationLayer &layer = problem.layers.emplace_back();
            layer.name = name;
            layer.block = 0;
            layer.weights = 64;
            AllocationCandidate &candidate = layer.candidates.emplace_back();
            candidate.bits = 2;
            candidate.ratio = 0.1;
            candidate.storageBits = 128;
            candidate.damage = change;
        }
        std::vector<double> truth;
        double zeroed = 0; // squared errors
        for (std::size_t a = 0; a < layers; ++a) {
            for (std::size_t b = a + 1; b < layers; ++b) {
                const double scale
                    = std::sqrt(*matrix.candidates[a].omega * *matrix.candidates[b].omega);
                truth.push_back(scale * (0.06 + 0.1 * random.normal()));
                const double value = truth.back() + noise * random.normal();
                matrix.pairs.push_back({a, b, value, noise});
                const double kept = std::fabs(value) < 2 * noise ? 0 : value;
                zeroed += (kept - truth.back()) * (kept - truth.back());
            }
        }
        addInteractions(problem, &matrix, "measured");
        QCOMPARE(problem.interactions.size(), truth.size());
        double drawn = 0;
        std::vector<std::pair<double, double>> found; // estimate, truth
        for (std::size_t i = 0; i < truth.size(); ++i) {
            const double value = problem.interactions[i].values.front();
            drawn += (value - truth[i]) * (value - truth[i]);
            found.emplace_back(value, truth[i]);
            const double variance = problem.interactions[i].variances.front();
            QVERIFY(variance > 0 && variance < noise * noise);
        }
        QVERIFY2(drawn < 0.8 * zeroed, qPrintable(QString::number(drawn / zeroed)));
        std::sort(found.begin(), found.end());
        double promised = 0;
        double kept = 0;
        constexpr std::size_t lowest = 200;
        for (std::size_t i = 0; i < lowest; ++i) {
            promised += found[i].first;
            kept += found[i].second;
        }
        // 200 posterior deviations of about 0.013 add up to 0.19.
        QVERIFY2(std::fabs(promised - kept) < 0.6,
                 qPrintable(QString("%1 promised, %2 kept").arg(promised).arg(kept)));
    }

    void fisherFillsTheRest()
    {
        Quadratic toy(7, false);
        Random random(1, "fisher");
        for (int n = 0; n < 5; ++n) {
            std::vector<double> &row = toy.matrix.fisher.emplace_back();
            for (std::size_t i = 0; i < toy.changes.size(); ++i) {
                row.push_back(random.normal());
            }
        }
        AllocationProblem fisher = toy.problem();
        addInteractions(fisher, &toy.matrix, "fisher");
        QCOMPARE(fisher.interactions.size(), std::size_t(6)); // every pair of layers
        AllocationProblem both = toy.problem();
        addInteractions(both, &toy.matrix, "combined");
        for (const LayerInteraction &interaction : both.interactions) {
            const std::size_t a = interaction.first * 3 + 1;
            const std::size_t b = interaction.second * 3 + 2;
            const bool isProbed = interaction.first / 2 == interaction.second / 2;
            const double expected = isProbed ? toy.product(a, b) : toy.matrix.fisherValue(a, b);
            QVERIFY(std::fabs(interaction.values[1 * 3 + 2] - expected) <= exact);
        }
    }

    void saysWhatIsMissing()
    {
        const Quadratic toy(7, false);
        AllocationProblem problem = toy.problem();
        addInteractions(problem, nullptr, "automatic");
        addInteractions(problem, &toy.matrix, "none");
        QVERIFY(problem.interactions.empty());
        expectRefused([&] { addInteractions(problem, nullptr, "measured"); }, "--interactions");
        expectRefused([&] { addInteractions(problem, &toy.matrix, "fisher"); }, "fisher");
        expectRefused([&] { addInteractions(problem, &toy.matrix, "guessed"); }, "guessed");
        problem.layers.pop_back();
        expectRefused([&] { addInteractions(problem, &toy.matrix, "measured"); }, "layer 3");
    }

    void ruledOutCandidatesArePassedOver()
    {
        const Quadratic toy(7, false);
        AllocationProblem problem = toy.problem();
        problem.layers[0].candidates.erase(problem.layers[0].candidates.begin());
        addInteractions(problem, &toy.matrix, "measured");
        QCOMPARE(problem.interactions.front().values.size(), std::size_t(6));
        QVERIFY(std::fabs(problem.interactions.front().values[0] - toy.product(1, 3)) <= exact);
    }

    void unitsRefuseWhatDoesNotFit()
    {
        AllocationProblem problem = Quadratic(7, false).problem();
        problem.interactions.push_back({0, 1, std::vector<double>(8, 0.0)});
        expectRefused([&] { AllocationUnits units(problem); }, "interactions");
        problem.interactions = {{0, 4, std::vector<double>(9, 0.0)}};
        expectRefused([&] { AllocationUnits units(problem); }, "interactions");
        problem.interactions = {{0, 1, std::vector<double>(9, std::nan(""))}};
        expectRefused([&] { AllocationUnits units(problem); }, "interactions");
    }
};

BITPRISM_TEST(TstInteractionTerms);
#include "tst_interaction_terms.moc"
