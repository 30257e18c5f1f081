// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/exact_frontier.h"
#include "core/alloc/integer_program.h"
#include "core/alloc/pareto_front.h"
#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "tests/alloc/toy_problem.h"
#include "tests/support/test_main.h"

#include <algorithm>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double frontierRounding = 1e-10; // of sums of some dozens of doubles in other orders
/// GLPK prunes within 1e-9 of an objective that is scaled to 1e4 for the largest damage.
constexpr double solverTolerance = 1e-6;

/// Layers with ratios; `interact` layers of one block with each other, and with `isDense` also
/// across blocks. Values of interactions are up to a third of the damages, of either sign.
AllocationProblem ratioProblem(int blocks, int layersPerBlock, int candidates, bool interact,
                               bool isDense, std::uint64_t seed)
{
    Random random(seed, "ratios");
    AllocationProblem problem;
    problem.fixedBytes = 100;
    for (int b = 0; b < blocks; ++b) {
        for (int l = 0; l < layersPerBlock; ++l) {
            AllocationLayer &layer = problem.layers.emplace_back();
            layer.name = "block " + std::to_string(b) + " layer " + std::to_string(l);
            layer.block = b;
            layer.weights = 32 * static_cast<std::int64_t>(1 + random.below(8));
            double damage = 1 + 3 * random.uniform();
            for (int c = 0; c < candidates; ++c) {
                AllocationCandidate &candidate = layer.candidates.emplace_back();
                candidate.bits = 2;
                candidate.ratio = 0.1 * c;
                candidate.storageBits = layer.weights * 2 + layer.weights / 8 * c;
                candidate.bitOperations = 16.0 * static_cast<double>(candidate.storageBits);
                candidate.ioBytes = candidate.storageBits / 8 + 3;
                candidate.damage = damage;
                damage -= random.uniform() - 0.1; // mostly falling
            }
        }
    }
    for (std::size_t i = 0; i < problem.layers.size() && interact; ++i) {
        for (std::size_t j = i + 1; j < problem.layers.size(); ++j) {
            if (isDense || problem.layers[i].block == problem.layers[j].block) {
                LayerInteraction &pair = problem.interactions.emplace_back();
                pair.first = i;
                pair.second = j;
                for (int k = 0; k < candidates * candidates; ++k) {
                    pair.values.push_back(random.uniform() - 0.4);
                }
            }
        }
    }
    return problem;
}

/// Every choice there is: what it stores and damages.
struct Outcome
{
    std::int64_t storageBits = 0;
    double damage = 0;
};

std::vector<Outcome> allOutcomes(const AllocationProblem &problem)
{
    std::size_t combinations = 1;
    for (const AllocationLayer &layer : problem.layers) {
        combinations *= layer.candidates.size();
    }
    std::vector<Outcome> outcomes;
    std::vector<std::size_t> choice(problem.layers.size());
    for (std::size_t combination = 0; combination < combinations; ++combination) {
        Outcome &outcome = outcomes.emplace_back();
        std::size_t rest = combination;
        for (std::size_t i = 0; i < choice.size(); ++i) {
            choice[i] = rest % problem.layers[i].candidates.size();
            rest /= problem.layers[i].candidates.size();
            outcome.storageBits += problem.layers[i].candidates[choice[i]].storageBits;
            outcome.damage += problem.layers[i].candidates[choice[i]].damage;
        }
        for (const LayerInteraction &pair : problem.interactions) {
            const std::size_t cols = problem.layers[pair.second].candidates.size();
            outcome.damage += pair.values[choice[pair.first] * cols + choice[pair.second]];
        }
    }
    return outcomes;
}

double leastOf(const std::vector<Outcome> &outcomes, std::int64_t storageBits)
{
    double least = std::numeric_limits<double>::infinity();
    for (const Outcome &outcome : outcomes) {
        least = outcome.storageBits <= storageBits ? std::min(least, outcome.damage) : least;
    }
    return least;
}

std::int64_t weightsOf(const AllocationProblem &problem)
{
    std::int64_t sum = 0;
    for (const AllocationLayer &layer : problem.layers) {
        sum += layer.weights;
    }
    return sum;
}

Budget storageBudget(const AllocationProblem &problem, std::int64_t storageBits)
{
    return averageBits(static_cast<double>(storageBits) / static_cast<double>(weightsOf(problem)));
}

std::pair<std::int64_t, std::int64_t> spanOf(const std::vector<Outcome> &outcomes)
{
    const auto [least, most] = std::minmax_element(
        outcomes.begin(), outcomes.end(),
        [](const Outcome &a, const Outcome &b) { return a.storageBits < b.storageBits; });
    return {least->storageBits, most->storageBits};
}

std::unique_ptr<ExactFrontier> frontierOf(const AllocationProblem &problem,
                                          const ExactOptions &options = {})
{
    return std::make_unique<ExactFrontier>(problem, options, std::stop_token());
}

} // namespace

class TstExactFrontier : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void frontsMergeLikeAllPairs_data()
    {
        QTest::addColumn<int>("left");
        QTest::addColumn<int>("right");
        QTest::newRow("few") << 300 << 7;
        QTest::newRow("many") << 400 << 300;
        QTest::newRow("long") << 3000 << 60;
        QTest::newRow("one") << 1 << 1;
    }

    void frontsMergeLikeAllPairs()
    {
        QFETCH(int, left);
        QFETCH(int, right);
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            Random random(seed, "fronts");
            const auto front = [&random](int points) {
                std::vector<double> costs;
                std::vector<double> values;
                for (int i = 0; i < points; ++i) { // whole numbers: many equal sums
                    costs.push_back(static_cast<double>(random.below(40000)));
                    values.push_back(1e4 / (1 + costs.back()) * (1 + random.uniform()));
                }
                return paretoFront(costs, values).front;
            };
            const ParetoFront a = front(left);
            const ParetoFront b = front(right);
            std::vector<double> costs;
            std::vector<double> values;
            for (std::size_t i = 0; i < a.size(); ++i) {
                for (std::size_t j = 0; j < b.size(); ++j) {
                    costs.push_back(a.costs[i] + b.costs[j]);
                    values.push_back(a.values[i] + b.values[j]);
                }
            }
            const ParetoFront expected = paretoFront(costs, values).front;
            const TracedFront merged = mergeFronts(a, b);
            QCOMPARE(merged.front.costs, expected.costs);
            QCOMPARE(merged.front.values, expected.values);
            for (std::size_t k = 0; k < merged.front.size(); ++k) {
                QCOMPARE(a.costs[merged.first[k]] + b.costs[merged.second[k]],
                         merged.front.costs[k]);
            }
        }
    }

    void paretoFrontsAreMinimal()
    {
        Random random(3, "pareto");
        std::vector<double> costs;
        std::vector<double> values;
        for (int i = 0; i < 500; ++i) {
            costs.push_back(static_cast<double>(random.below(60)));
            values.push_back(static_cast<double>(random.below(60)));
        }
        const TracedFront traced = paretoFront(costs, values);
        for (std::size_t i = 0; i < costs.size(); ++i) {
            const bool isBeaten
                = std::any_of(traced.first.begin(), traced.first.end(), [&](std::uint32_t k) {
                      return k == i || (costs[k] <= costs[i] && values[k] <= values[i]);
                  });
            QVERIFY(isBeaten);
        }
        for (std::size_t k = 1; k < traced.front.size(); ++k) {
            QVERIFY(traced.front.costs[k] > traced.front.costs[k - 1]);
            QVERIFY(traced.front.values[k] < traced.front.values[k - 1]);
        }
    }

    void equalsBruteForce_data()
    {
        QTest::addColumn<int>("blocks");
        QTest::addColumn<int>("layers");
        QTest::addColumn<int>("candidates");
        QTest::addColumn<bool>("interact");
        QTest::newRow("2 blocks of 3, 4 candidates") << 2 << 3 << 4 << true;
        QTest::newRow("3 blocks of 2, 4 candidates") << 3 << 2 << 4 << true;
        QTest::newRow("one block of 5") << 1 << 5 << 5 << true;
        QTest::newRow("one layer") << 1 << 1 << 7 << true;
        QTest::newRow("additive") << 5 << 1 << 5 << false;
        QTest::newRow("additive in blocks") << 2 << 3 << 4 << false;
    }

    void equalsBruteForce() // property 4
    {
        QFETCH(int, blocks);
        QFETCH(int, layers);
        QFETCH(int, candidates);
        QFETCH(bool, interact);
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            const AllocationProblem problem
                = ratioProblem(blocks, layers, candidates, interact, false, seed);
            const std::vector<Outcome> outcomes = allOutcomes(problem);
            const auto [least, most] = spanOf(outcomes);
            const auto frontier = frontierOf(problem);
            for (int i = 0; i <= 20; ++i) {
                const std::int64_t bits = least + (most - least) * i / 20;
                const Allocation found = frontier->at(storageBudget(problem, bits));
                const double expected = leastOf(outcomes, bits);
                QVERIFY(std::fabs(found.objective - expected) <= frontierRounding);
                QCOMPARE(found.status, std::string("optimal"));
                QVERIFY(*found.gap <= frontierRounding);
                QVERIFY(!found.thinned);
            }
            for (const FrontierPoint &point : frontier->points()) {
                const auto bits
                    = std::llround(point.averageBits * static_cast<double>(weightsOf(problem)));
                QVERIFY(std::fabs(point.objective - leastOf(outcomes, bits)) <= frontierRounding);
                const Allocation at = frontier->at(averageBits(point.averageBits));
                QCOMPARE(at.bytes, point.bytes);
            }
        }
    }

    void moreBudgetNeverDamagesMore() // property 5, 8
    {
        for (const std::size_t points : {std::size_t(20000), std::size_t(50)}) {
            for (std::uint64_t seed = 0; seed < 6; ++seed) {
                const AllocationProblem problem = ratioProblem(6, 3, 4, true, false, seed);
                ExactOptions options;
                options.maxPoints = points;
                const auto frontier = frontierOf(problem, options);
                const AllocationUnits units(problem);
                double last = INFINITY;
                for (double bits = 2.0; bits < 2.5; bits += 0.01) {
                    const Allocation found = frontier->at(averageBits(bits));
                    QVERIFY(found.objective <= last + frontierRounding);
                    QVERIFY(found.averageBits <= bits * (1 + 1e-9));
                    last = found.objective;
                    for (const std::vector<std::size_t> &uniform : uniformChoices(units)) {
                        const FrontierPoint point = units.point(uniform);
                        QVERIFY(point.averageBits > bits
                                || found.objective <= point.objective + frontierRounding);
                    }
                    QCOMPARE(found.thinned, points == 50);
                    QVERIFY(!found.thinned || *found.gap >= 0);
                }
            }
        }
    }

    void refusesWhatIsBelowTheCheapest() // property 5
    {
        const AllocationProblem problem = ratioProblem(2, 3, 4, true, false, 1);
        const auto frontier = frontierOf(problem);
        std::int64_t least = 0;
        for (const AllocationLayer &layer : problem.layers) {
            least += layer.candidates.front().storageBits;
        }
        QVERIFY(!frontier->at(storageBudget(problem, least)).layers.empty());
        try {
            (void)frontier->at(storageBudget(problem, least - 1));
            QFAIL("nothing thrown");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
        }
    }

    void takesTheBestWhereMoneyIsNoObject() // property 6
    {
        AllocationProblem problem = ratioProblem(3, 3, 5, false, false, 1);
        for (AllocationLayer &layer : problem.layers) {
            for (std::size_t c = 0; c < layer.candidates.size(); ++c) {
                layer.candidates[c].damage = 1.0 / static_cast<double>(c + 1);
            }
        }
        const Allocation found = frontierOf(problem)->at(averageBits(16));
        for (const LayerChoice &choice : found.layers) {
            QCOMPARE(*choice.ratio, 0.4);
        }
    }

    void equalsAKnapsack() // property 7: dynamic programming over whole costs
    {
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const AllocationProblem problem = randomProblem(12, seed % 2 == 0, seed);
            const std::int64_t unit = 16; // divides every storage
            std::vector<double> best(1, 0.0);
            for (const AllocationLayer &layer : problem.layers) {
                std::vector<double> next(best.size() + 4 * 10400 / 16, INFINITY);
                for (std::size_t used = 0; used < best.size(); ++used) {
                    for (const AllocationCandidate &candidate : layer.candidates) {
                        QCOMPARE(candidate.storageBits % unit, std::int64_t(0));
                        const auto to
                            = used + static_cast<std::size_t>(candidate.storageBits / unit);
                        next[to] = std::min(next[to], best[used] + candidate.damage);
                    }
                }
                best = std::move(next);
            }
            const auto frontier = frontierOf(problem);
            double least = INFINITY;
            for (std::size_t used = 0; used < best.size(); used += 1) {
                least = std::min(least, best[used]);
                if (std::isfinite(least) && used % 97 == 0) {
                    const Allocation found = frontier->at(
                        storageBudget(problem, static_cast<std::int64_t>(used) * unit));
                    QVERIFY(std::fabs(found.objective - least) <= frontierRounding * (1 + least));
                }
            }
        }
    }

    void fusedLayersAreSingleItems()
    {
        AllocationProblem problem = ratioProblem(2, 3, 4, true, false, 5);
        problem.layers[0].fusedGroup = problem.layers[2].fusedGroup = "a";
        problem.layers[3].fusedGroup = problem.layers[4].fusedGroup = "b";
        const auto frontier = frontierOf(problem);
        double least = INFINITY; // brute force over choices in which they agree
        const std::int64_t limit = weightsOf(problem) * 9 / 4;
        for (int code = 0; code < 256; ++code) {
            const std::size_t a = code % 4;
            const std::size_t b = code / 4 % 4;
            const std::vector<std::size_t> choice{a, static_cast<std::size_t>(code / 16 % 4), a, b,
                                                  b, static_cast<std::size_t>(code / 64 % 4)};
            double damage = 0;
            std::int64_t bits = 0;
            for (std::size_t i = 0; i < 6; ++i) {
                damage += problem.layers[i].candidates[choice[i]].damage;
                bits += problem.layers[i].candidates[choice[i]].storageBits;
            }
            for (const LayerInteraction &pair : problem.interactions) {
                damage += pair.values[choice[pair.first] * 4 + choice[pair.second]];
            }
            least = bits <= limit ? std::min(least, damage) : least;
        }
        const Allocation found = frontier->at(storageBudget(problem, limit));
        QVERIFY(std::fabs(found.objective - least) <= frontierRounding);
        QCOMPARE(found.layers[0].ratio, found.layers[2].ratio);
        QCOMPARE(found.layers[3].ratio, found.layers[4].ratio);
    }

    void pinnedRatiosHold()
    {
        AllocationProblem problem = ratioProblem(2, 3, 4, true, false, 5);
        problem.layers[1].pinnedRatio = 0.1 * 2;
        const Allocation found = frontierOf(problem)->at(averageBits(16));
        QCOMPARE(*found.layers[1].ratio, 0.1 * 2);
    }

    void searchComesCloseAndKnowsItsGap() // components too large to enumerate
    {
        for (std::uint64_t seed = 0; seed < 12; ++seed) {
            const AllocationProblem problem = ratioProblem(2, 4, 4, true, false, seed);
            ExactOptions options;
            options.mostCombinations = 100;
            const auto searched = frontierOf(problem, options);
            const auto exact = frontierOf(problem);
            for (double bits = 2.0; bits < 2.4; bits += 0.02) {
                const Allocation found = searched->at(averageBits(bits));
                const Allocation best = exact->at(averageBits(bits));
                QCOMPARE(found.status, std::string("feasible"));
                QVERIFY(found.objective >= best.objective - frontierRounding);
                // 256 choices a block: the neighbours of the front cover it.
                QVERIFY(found.objective <= best.objective + frontierRounding);
                QVERIFY(found.gap.has_value());
                QVERIFY(found.objective - *found.gap <= best.objective + frontierRounding);
            }
        }
    }

    void denseInteractionsAreSearched()
    {
        int optimal = 0;
        int asked = 0;
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            const AllocationProblem problem = ratioProblem(3, 2, 4, true, true, seed);
            const std::vector<Outcome> outcomes = allOutcomes(problem);
            ExactOptions options;
            options.mostCombinations = 100; // blocks of 16 are enumerated, the whole is not
            const auto frontier = frontierOf(problem, options);
            double last = INFINITY;
            for (double bits = 2.0; bits <= 2.4; bits += 0.05) {
                const Allocation found = frontier->at(averageBits(bits));
                const double least
                    = leastOf(outcomes,
                              static_cast<std::int64_t>(
                                  bits * static_cast<double>(weightsOf(problem)) + 1e-6));
                QVERIFY(found.objective >= least - frontierRounding);
                QVERIFY(found.objective <= last + frontierRounding);
                QVERIFY(!found.gap || found.objective - *found.gap <= least + frontierRounding);
                last = found.objective;
                optimal += found.objective <= least + frontierRounding ? 1 : 0;
                ++asked;
            }
            QVERIFY(frontierOf(problem)->at(averageBits(2.2)).status == "optimal");
        }
        QVERIFY2(optimal * 10 >= asked * 8, qPrintable(QString::number(optimal)));
    }

    void everyResourceHasItsFrontier()
    {
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            const AllocationProblem problem = ratioProblem(2, 3, 4, true, false, seed);
            const auto frontier = frontierOf(problem);
            const Reached least = reached(problem, frontier->at(averageBits(2.0)));
            const Reached most = reached(problem, frontier->at(averageBits(16)));
            double last = INFINITY;
            for (int i = 0; i <= 10; ++i) {
                Budget budget;
                budget.ioBytes = least.ioBytes + (most.ioBytes - least.ioBytes) * i / 10;
                const Allocation found = frontier->at(budget);
                QVERIFY(reached(problem, found).ioBytes <= *budget.ioBytes);
                QVERIFY(found.objective <= last + frontierRounding);
                last = found.objective;
                budget.bytes = least.bytes + (most.bytes - least.bytes) * i / 10;
                budget.bitOperations = least.bitOperations
                    + (most.bitOperations - least.bitOperations) * (i + 1) / 10;
                const Allocation both = frontier->at(budget);
                const Reached used = reached(problem, both);
                QVERIFY(used.ioBytes <= *budget.ioBytes);
                QVERIFY(used.bytes <= *budget.bytes);
                QVERIFY(used.bitOperations <= *budget.bitOperations * (1 + 1e-12));
                QVERIFY(both.objective >= found.objective - frontierRounding);
            }
        }
    }

    void integerProgramsAgree()
    {
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            const AllocationProblem problem = ratioProblem(3, 2, 4, false, false, seed);
            const auto exact = frontierOf(problem);
            const auto program = solved("sensitivity-ilp", problem);
            for (double bits = 2.02; bits < 2.4; bits += 0.06) {
                const Allocation found = program->at(averageBits(bits));
                QCOMPARE(found.status, std::string("optimal"));
                QVERIFY(std::fabs(found.objective - exact->at(averageBits(bits)).objective)
                        <= solverTolerance);
            }
        }
    }

    void integerProgramsKeepSeveralLimits()
    {
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            AllocationProblem problem = ratioProblem(3, 2, 4, false, false, seed);
            Random random(seed, "operations");
            for (AllocationLayer &layer : problem.layers) { // no longer in step with storage
                for (AllocationCandidate &candidate : layer.candidates) {
                    candidate.bitOperations = 100 + 50 * random.uniform();
                }
            }
            const auto program = solved("sensitivity-ilp", problem);
            Budget budget = averageBits(2.2);
            budget.bitOperations = 750;
            double least = INFINITY;
            for (std::size_t code = 0; code < 4096; ++code) {
                double damage = 0;
                double operations = 0;
                std::int64_t bits = 0;
                for (std::size_t i = 0; i < 6; ++i) {
                    const auto &candidate = problem.layers[i].candidates[code >> (2 * i) & 3];
                    damage += candidate.damage;
                    operations += candidate.bitOperations;
                    bits += candidate.storageBits;
                }
                if (operations <= 750
                    && static_cast<double>(bits) <= 2.2 * static_cast<double>(weightsOf(problem))) {
                    least = std::min(least, damage);
                }
            }
            if (std::isfinite(least)) {
                const Allocation found = program->at(budget);
                QVERIFY(std::fabs(found.objective - least) <= solverTolerance);
                QVERIFY(reached(problem, found).bitOperations <= 750 * (1 + 1e-9));
            }
        }
    }

    void integerProgramsStopWhenAsked()
    {
        const AllocationUnits units(ratioProblem(4, 5, 5, false, false, 1));
        std::stop_source source;
        source.request_stop();
        const CancellationScope scope(source.get_token());
        Budget budget = averageBits(2.2);
        budget.bitOperations = 1e9;
        const ResourceLimits limits(budget, units);
        QVERIFY_THROWS_EXCEPTION(Error,
                                 solveIntegerProgram(units, linearLimits(units, limits), {}, 10));
    }

    void stopsWhenAsked()
    {
        std::stop_source source;
        source.request_stop();
        const AllocationProblem problem = ratioProblem(4, 5, 5, true, false, 1);
        try {
            const ExactFrontier frontier(problem, {}, source.get_token());
            QFAIL("nothing thrown");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::Cancelled);
        }
    }
};

BITPRISM_TEST(TstExactFrontier);
#include "tst_exact_frontier.moc"
