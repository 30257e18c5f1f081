// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "tests/alloc/toy_problem.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double rounding = 1e-12; // relative, of sums of a few doubles

Json manualLayers(const AllocationProblem &problem, int bits)
{
    Json layers = Json::object();
    for (const AllocationLayer &layer : problem.layers) {
        layers[layer.name] = {{"bits", bits}};
    }
    return Json{{"layers", layers}};
}

std::string messageOf(const std::function<void()> &action)
{
    try {
        action();
    } catch (const Error &error) {
        return error.code() == ErrorCode::BadInput ? error.what() : "wrong code";
    }
    return "nothing thrown";
}

int bitsOf(const Allocation &allocation, const std::string &layer)
{
    for (const LayerChoice &choice : allocation.layers) {
        if (choice.layer == layer) {
            return choice.bits;
        }
    }
    return 0;
}

/// Two layers whose forms are cheap in bits or in operations, or middling in both; `bits` of each
/// layer's first form, which differ so that no choice is uniform.
AllocationProblem opposedProblem(const std::vector<int> &bits)
{
    AllocationProblem problem;
    for (const int first : bits) {
        AllocationLayer &layer = problem.layers.emplace_back();
        layer.name = "layer " + std::to_string(problem.layers.size() - 1);
        layer.weights = 100;
        const auto add = [&](int width, std::int64_t storage, double operations, double damage) {
            AllocationCandidate &candidate = layer.candidates.emplace_back();
            candidate.bits = width;
            candidate.storageBits = storage;
            candidate.bitOperations = operations;
            candidate.damage = damage;
        };
        add(first, 200, 1000, 0);
        add(first + 1, 1000, 200, 0);
        add(first + 2, 400, 400, 9);
    }
    return problem;
}

} // namespace

class TstAllocators : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reportsWhatItChose_data()
    {
        QTest::addColumn<QString>("allocator");
        QTest::newRow("uniform") << "uniform";
        QTest::newRow("manual") << "manual";
        QTest::newRow("sensitivity-greedy") << "sensitivity-greedy";
        QTest::newRow("sensitivity-ilp") << "sensitivity-ilp";
        QTest::newRow("high-impact-ratio") << "high-impact-ratio";
    }

    void reportsWhatItChose()
    {
        QFETCH(QString, allocator);
        const std::string id = allocator.toStdString();
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const AllocationProblem problem = randomProblem(9, seed % 2 == 0, seed);
            const Json params = id == "manual" ? manualLayers(problem, 3) : Json::object();
            const Allocation allocation = solved(id, problem, params)->at(averageBits(3.9));
            const Reached truth = reached(problem, allocation);
            QCOMPARE(allocation.allocator, id);
            QCOMPARE(allocation.averageBits, truth.averageBits);
            QCOMPARE(allocation.bytes, truth.bytes);
            QVERIFY(std::fabs(allocation.objective - truth.damage) <= rounding * truth.damage);
            QVERIFY(std::fabs(*allocation.predictedDeltaNll - 2 * truth.damage)
                    <= 2 * rounding * truth.damage);
            QVERIFY(allocation.averageBits <= 3.9);
            const bool isExact = id == "sensitivity-ilp" || id == "high-impact-ratio";
            QVERIFY(!allocation.solver.empty());
            QCOMPARE(allocation.status, std::string(isExact ? "optimal" : "feasible"));
        }
    }

    void refusesBudgetsBelowTheSmallest_data() { reportsWhatItChose_data(); }
    void refusesBudgetsBelowTheSmallest()
    {
        QFETCH(QString, allocator);
        const AllocationProblem problem = randomProblem(5, true, 3);
        const Json params = allocator == "manual" ? manualLayers(problem, 2) : Json::object();
        const auto frontier = solved(allocator.toStdString(), problem, params);
        const std::string bits = messageOf([&] { (void)frontier->at(averageBits(2.1)); });
        QVERIFY2(bits.find("smallest possible here is 2.25") != std::string::npos, bits.c_str());
        Budget budget;
        budget.bytes = 1001;
        const std::string bytes = messageOf([&] { (void)frontier->at(budget); });
        const std::int64_t smallest = reached(problem, frontier->at(averageBits(2.25))).bytes;
        QVERIFY2(bytes.find(std::to_string(smallest)) != std::string::npos, bytes.c_str());
        budget.bytes = smallest;
        QCOMPARE(frontier->at(budget).bytes, smallest);
        for (const double bad : {0.0, -1.0, std::nan(""), double(INFINITY)}) {
            QVERIFY(messageOf([&] { (void)frontier->at(averageBits(bad)); }).find("positive")
                    != std::string::npos);
        }
    }

    void acceptsItsOwnAverageAsABudget() // as printed: decimal text and back
    {
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const AllocationProblem problem = randomProblem(7, true, seed);
            const auto uniform = solved("uniform", problem, {{"bits", 3}});
            const Allocation first = uniform->at(averageBits(16));
            const double printed = Json::parse(Json(first.averageBits).dump()).get<double>();
            QCOMPARE(uniform->at(averageBits(printed)).averageBits, first.averageBits);
            const auto greedy = solved("sensitivity-greedy", problem);
            QVERIFY(greedy->at(averageBits(printed)).objective <= first.objective * (1 + rounding));
        }
    }

    void frontiersFallAndBudgetsFollowThem_data() { reportsWhatItChose_data(); }
    void frontiersFallAndBudgetsFollowThem()
    {
        QFETCH(QString, allocator);
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const AllocationProblem problem = randomProblem(6, seed % 2 == 0, seed);
            const Json params = allocator == "manual" ? manualLayers(problem, 2) : Json::object();
            const auto frontier = solved(allocator.toStdString(), problem, params);
            const std::vector<FrontierPoint> points = frontier->points();
            QVERIFY(!points.empty());
            const bool isSlow = allocator == "sensitivity-ilp"; // a search for each budget
            for (std::size_t i = 0; i < points.size(); ++i) {
                if (i > 0) {
                    QVERIFY(points[i].averageBits > points[i - 1].averageBits);
                    QVERIFY(points[i].bytes > points[i - 1].bytes);
                    QVERIFY(points[i].objective < points[i - 1].objective);
                }
                if (isSlow && i % 40 != 0) {
                    continue;
                }
                const Allocation at = frontier->at(averageBits(points[i].averageBits));
                QVERIFY(at.objective <= points[i].objective * (1 + rounding));
            }
        }
    }

    void moreBudgetNeverMeansMoreDamage_data() { reportsWhatItChose_data(); }
    void moreBudgetNeverMeansMoreDamage()
    {
        QFETCH(QString, allocator);
        const bool isSlow = allocator == "sensitivity-ilp"; // a search for each budget
        for (std::uint64_t seed = 0; seed < (isSlow ? 2 : 20); ++seed) {
            const AllocationProblem problem = randomProblem(8, seed % 2 == 0, seed);
            const Json params = allocator == "manual" ? manualLayers(problem, 2) : Json::object();
            const auto frontier = solved(allocator.toStdString(), problem, params);
            double last = INFINITY;
            for (double bits = 2.25; bits < 8.5; bits += isSlow ? 0.5 : 0.02) {
                const Allocation allocation = frontier->at(averageBits(bits));
                QVERIFY(allocation.averageBits <= bits * (1 + rounding));
                QVERIFY(allocation.objective <= last * (1 + rounding));
                last = allocation.objective;
            }
        }
    }

    void greedyIsNearTheOptimum_data()
    {
        QTest::addColumn<bool>("isConvex");
        QTest::newRow("convex") << true;
        QTest::newRow("any") << false;
    }

    void greedyIsNearTheOptimum()
    {
        QFETCH(bool, isConvex);
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const AllocationProblem problem = randomProblem(5, isConvex, 100 + seed);
            const auto frontier = solved("sensitivity-greedy", problem);
            const std::vector<FrontierPoint> points = frontier->points();
            // Corners of the hull are optimal for their size.
            for (const FrontierPoint &point : points) {
                const double least = leastDamage(problem, point.averageBits);
                QVERIFY(std::fabs(point.objective - least) <= 1e-9 * point.objective);
            }
            // Between two corners the optimum lies above the line that joins them, so greedy misses
            // less than one step.
            for (std::size_t i = 1; i < points.size(); ++i) {
                const double bits = 0.6 * points[i].averageBits + 0.4 * points[i - 1].averageBits;
                const double found = frontier->at(averageBits(bits)).objective;
                const double least = leastDamage(problem, bits);
                QVERIFY(found >= least * (1 - rounding));
                QVERIFY(found - least <= points[i - 1].objective - points[i].objective);
            }
        }
    }

    void greedyFillsUpWhatTheHullLeaves()
    {
        // One layer, budget between hull corners 2 and 8 bits: 4 bits lie above the hull, but fit.
        AllocationProblem problem;
        AllocationLayer &layer = problem.layers.emplace_back();
        layer.name = "a";
        layer.weights = 100;
        layer.candidates
            = {{2, {}, 200, 10, {}, 0, 0}, {4, {}, 400, 9, {}, 0, 0}, {8, {}, 800, 0, {}, 0, 0}};
        const auto frontier = solved("sensitivity-greedy", problem);
        QCOMPARE(frontier->points().size(), std::size_t(2));
        QCOMPARE(bitsOf(frontier->at(averageBits(7)), "a"), 4);
        QCOMPARE(bitsOf(frontier->at(averageBits(8)), "a"), 8);
    }

    void greedySpendsWhereItHurts()
    {
        AllocationProblem problem = randomProblem(2, true, 1);
        problem.layers[1].weights = problem.layers[0].weights;
        for (std::size_t c = 0; c < 4; ++c) {
            AllocationCandidate &sensitive = problem.layers[0].candidates[c];
            problem.layers[1].candidates[c] = sensitive;
            sensitive.damage *= 1e6;
        }
        const Allocation allocation = solved("sensitivity-greedy", problem)->at(averageBits(5.25));
        QCOMPARE(allocation.layers[0].bits, 8);
        QCOMPARE(allocation.layers[1].bits, 2);
    }

    void greedyPaysNothingForWorse() // measured damage may rise with bits
    {
        AllocationProblem problem = randomProblem(1, true, 1);
        problem.layers[0].candidates[3].damage = 1e9;
        const Allocation allocation = solved("sensitivity-greedy", problem)->at(averageBits(16));
        QCOMPARE(allocation.layers[0].bits, 4);
    }

    void everyLimitHolds_data()
    {
        QTest::addColumn<double>("share"); // of the span between the least and the most
        for (const double share : {0.0, 0.1, 0.5, 0.9, 1.0}) {
            QTest::addRow("%g", share) << share;
        }
    }

    void everyLimitHolds()
    {
        QFETCH(double, share);
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const AllocationProblem problem = randomProblem(8, true, seed);
            const auto frontier = solved("sensitivity-greedy", problem);
            const Reached least = reached(problem, frontier->at(averageBits(2.25)));
            const Reached most = reached(problem, frontier->at(averageBits(16)));
            const auto between = [share](auto low, auto high) {
                return static_cast<decltype(low)>(static_cast<double>(low)
                                                  + share * static_cast<double>(high - low));
            };
            Budget bytes;
            bytes.bytes = between(least.bytes, most.bytes);
            Budget operations;
            operations.bitOperations = between(least.bitOperations, most.bitOperations);
            Budget io;
            io.ioBytes = between(least.ioBytes, most.ioBytes);
            Budget all = averageBits(between(least.averageBits, most.averageBits));
            all.bytes = bytes.bytes;
            all.bitOperations = operations.bitOperations;
            all.ioBytes = io.ioBytes;
            for (const Budget &budget : {bytes, operations, io, all}) {
                const Reached used = reached(problem, frontier->at(budget));
                QVERIFY(!budget.averageBits
                        || used.averageBits <= *budget.averageBits * (1 + rounding));
                QVERIFY(!budget.bytes || used.bytes <= *budget.bytes);
                QVERIFY(!budget.bitOperations
                        || used.bitOperations <= *budget.bitOperations * (1 + rounding));
                QVERIFY(!budget.ioBytes || used.ioBytes <= *budget.ioBytes);
            }
        }
    }

    void budgetsThatOnlyOneChoiceKeepsAreMet_data()
    {
        QTest::addColumn<QString>("allocator");
        QTest::newRow("sensitivity-greedy") << "sensitivity-greedy";
        QTest::newRow("sensitivity-ilp") << "sensitivity-ilp";
        QTest::newRow("high-impact-ratio") << "high-impact-ratio";
    }

    void budgetsThatOnlyOneChoiceKeepsAreMet() // neither the cheapest by bits nor by operations
    {
        QFETCH(QString, allocator);
        const auto frontier = solved(allocator.toStdString(), opposedProblem({2, 5}));
        Budget budget = averageBits(5);
        budget.bitOperations = 1000;
        const Allocation allocation = frontier->at(budget);
        QCOMPARE(allocation.layers[0].bits, 4);
        QCOMPARE(allocation.layers[1].bits, 7);
        budget = averageBits(3.9);
        budget.bitOperations = 780; // each alone is met by half of it
        const std::string message = messageOf([&] { (void)frontier->at(budget); });
        QVERIFY2(message.find("together") != std::string::npos, message.c_str());
    }

    void uniformSaysThatBudgetsExcludeEachOther()
    {
        const auto frontier = solved("uniform", opposedProblem({2, 2}));
        Budget budget = averageBits(3.9);
        budget.bitOperations = 780;
        const std::string message = messageOf([&] { (void)frontier->at(budget); });
        QVERIFY2(message.find("together") != std::string::npos, message.c_str());
        budget.averageBits = 1.9;
        const std::string alone = messageOf([&] { (void)frontier->at(budget); });
        QVERIFY2(alone.find("smallest possible here is 2") != std::string::npos, alone.c_str());
    }

    void firstBudgetOfAResourceCanBeCancelled()
    {
        const AllocationProblem problem = randomProblem(8, true, 2);
        const auto frontier = solved("high-impact-ratio", problem);
        Budget budget;
        budget.ioBytes = INT64_MAX;
        {
            std::stop_source source;
            source.request_stop();
            const CancellationScope scope(source.get_token());
            QVERIFY(complaintOf([&] { (void)frontier->at(budget); }).code == ErrorCode::Cancelled);
        }
        QVERIFY(std::isfinite(frontier->at(budget).objective)); // asked again, it is solved
    }

    void pinsHold_data()
    {
        QTest::addColumn<QString>("allocator");
        QTest::newRow("uniform") << "uniform";
        QTest::newRow("sensitivity-greedy") << "sensitivity-greedy";
        QTest::newRow("manual") << "manual";
        QTest::newRow("sensitivity-ilp") << "sensitivity-ilp";
        QTest::newRow("high-impact-ratio") << "high-impact-ratio";
    }

    void pinsHold()
    {
        QFETCH(QString, allocator);
        AllocationProblem problem = randomProblem(6, true, 5);
        problem.layers[1].pinnedBits = 8;
        problem.layers[4].pinnedBits = 2;
        const Json params = allocator == "manual" ? manualLayers(problem, 3) : Json::object();
        const auto frontier = solved(allocator.toStdString(), problem, params);
        for (const double bits : {6.0, 16.0}) {
            const Allocation allocation = frontier->at(averageBits(bits));
            QCOMPARE(allocation.layers[1].bits, 8);
            QCOMPARE(allocation.layers[4].bits, 2);
        }
        for (AllocationLayer &layer : problem.layers) {
            layer.pinnedBits = layer.name == "layer 0" ? 3 : 4;
        }
        const Allocation all
            = solved(allocator.toStdString(), problem, params)->at(averageBits(16));
        QCOMPARE(all.layers[0].bits, 3);
        QCOMPARE(all.layers[5].bits, 4);
    }

    void fusedLayersAgree_data() { pinsHold_data(); }
    void fusedLayersAgree()
    {
        QFETCH(QString, allocator);
        AllocationProblem problem = randomProblem(6, false, 5);
        for (const std::size_t layer : {0, 2, 3}) {
            problem.layers[layer].fusedGroup = "qkv";
        }
        const Json params = allocator == "manual" ? manualLayers(problem, 3) : Json::object();
        const auto frontier = solved(allocator.toStdString(), problem, params);
        for (const double bits : {3.3, 4.0, 5.5, 7.0}) {
            const Allocation allocation = frontier->at(averageBits(bits));
            QCOMPARE(allocation.layers[0].bits, allocation.layers[2].bits);
            QCOMPARE(allocation.layers[0].bits, allocation.layers[3].bits);
            QCOMPARE(allocation.averageBits, reached(problem, allocation).averageBits);
        }
        problem.layers[2].pinnedBits = 4;
        const auto pinned = solved(allocator.toStdString(), problem, params);
        QCOMPARE(pinned->at(averageBits(16)).layers[3].bits, 4); // one pin holds for all three
        problem.layers[3].pinnedBits = 2;
        QVERIFY(messageOf([&] { solved(allocator.toStdString(), problem, params); }).find("fused")
                != std::string::npos);
    }

    void uniformTakesTheBestThatFits()
    {
        const AllocationProblem problem = randomProblem(6, true, 5);
        const auto frontier = solved("uniform", problem);
        QCOMPARE(frontier->at(averageBits(2.25)).layers[0].bits, 2);
        QCOMPARE(frontier->at(averageBits(4.2)).layers[0].bits, 3);
        QCOMPARE(frontier->at(averageBits(16)).layers[5].bits, 8);
        QCOMPARE(solved("uniform", problem, {{"bits", 3}})->at(averageBits(16)).layers[5].bits, 3);
        QVERIFY(messageOf([&] {
                    solved("uniform", problem, {{"bits", 5}});
                }).find("in common")
                != std::string::npos);
    }

    void manualNamesWhatIsWrong_data()
    {
        QTest::addColumn<QString>("layers");
        QTest::addColumn<QString>("word");
        QTest::newRow("missing layer") << R"({"layer 0": {"bits": 3}})"
                                       << "layer 1";
        QTest::newRow("unknown layer")
            << R"({"layer 0": {"bits": 3}, "layer 1": {"bits": 3}, "layer 9": {"bits": 3}})"
            << "layer 9";
        QTest::newRow("width not probed") << R"({"layer 0": {"bits": 5}, "layer 1": {"bits": 3}})"
                                          << "layer 0";
        QTest::newRow("no bits") << R"({"layer 0": {}, "layer 1": {"bits": 3}})"
                                 << "layer 0";
        QTest::newRow("not an object") << R"([1])"
                                       << "layers";
    }

    void manualNamesWhatIsWrong()
    {
        QFETCH(QString, layers);
        QFETCH(QString, word);
        const AllocationProblem problem = randomProblem(2, true, 5);
        const Json params{{"layers", Json::parse(layers.toStdString())}};
        const std::string message = messageOf([&] { solved("manual", problem, params); });
        QVERIFY2(message.find(word.toStdString()) != std::string::npos, message.c_str());
    }

    void recipesNameTheirBudget()
    {
        const auto greedy = create<Allocator>(
            "sensitivity-greedy", {{"budget_bits", 2.5}, {"metric", "delta-nll"}}, "test");
        QCOMPARE(*greedy->budget().averageBits, 2.5);
        QCOMPARE(greedy->damageMetric(), std::string("delta-nll"));
        QVERIFY(!create<Allocator>("uniform", Json::object(), "test")->budget().averageBits);
    }

    void refusesProblemsWithoutAnAnswer_data()
    {
        QTest::addColumn<int>("fault");
        QTest::newRow("no layers") << 0;
        QTest::newRow("no candidates") << 1;
        QTest::newRow("no weights") << 2;
        QTest::newRow("damage not a number") << 3;
        QTest::newRow("negative size") << 4;
        QTest::newRow("pinned to nothing") << 5;
    }

    void refusesProblemsWithoutAnAnswer()
    {
        QFETCH(int, fault);
        AllocationProblem problem = randomProblem(3, true, 5);
        AllocationLayer &layer = problem.layers[1];
        switch (fault) {
        case 0:
            problem.layers.clear();
            break;
        case 1:
            layer.candidates.clear();
            break;
        case 2:
            layer.weights = 0;
            break;
        case 3:
            layer.candidates[2].damage = std::nan("");
            break;
        case 4:
            layer.candidates[2].storageBits = -1;
            break;
        default:
            layer.pinnedBits = 7;
        }
        for (const char *allocator : {"uniform", "sensitivity-greedy"}) {
            const std::string message = messageOf([&] { solved(allocator, problem); });
            QVERIFY2(message.find("layer") != std::string::npos, message.c_str());
        }
    }
};

BITPRISM_TEST(TstAllocators);
#include "tst_allocators.moc"
