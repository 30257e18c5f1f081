// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_problem.h"
#include "core/base/error.h"
#include "tests/support/test_main.h"

using namespace bitprism;

namespace {

SensitivityTable smallTable()
{
    SensitivityTable table;
    table.fixedBytes = 77;
    table.widths = {2, 4};
    for (const char *name : {"blocks.0.q", "blocks.0.down", "blocks.1.q"}) {
        for (const int bits : table.widths) {
            SensitivityCell &cell = table.cells.emplace_back();
            cell.layer = name;
            cell.bits = bits;
            cell.weights = 100;
            cell.storageBits = 100 * bits + 20;
            cell.weightMse = 1.0 / bits;
            cell.klDivergence = 2.0 / bits;
            cell.deltaNll = 3.0 / bits;
        }
    }
    return table;
}

std::string problemOf(const SensitivityTable &table, std::string_view metric,
                      const std::map<std::string, double> &pins = {})
{
    try {
        allocationProblem(table, metric, pins);
    } catch (const Error &error) {
        return error.code() == ErrorCode::BadInput ? error.what() : "wrong code";
    }
    return "nothing thrown";
}

} // namespace

class TstAllocationProblem : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesLayersAndSizesFromTheTable()
    {
        const AllocationProblem problem = allocationProblem(smallTable(), "delta-nll");
        QCOMPARE(problem.fixedBytes, std::int64_t(77));
        QCOMPARE(problem.layers.size(), std::size_t(3));
        QCOMPARE(problem.layers[1].name, std::string("blocks.0.down"));
        QCOMPARE(problem.layers[1].weights, std::int64_t(100));
        QCOMPARE(problem.layers[1].candidates.size(), std::size_t(2));
        QCOMPARE(problem.layers[1].candidates[1].bits, 4);
        QCOMPARE(problem.layers[1].candidates[1].storageBits, std::int64_t(420));
        QCOMPARE(problem.layers[1].candidates[1].ioBytes, std::int64_t(53));
        QCOMPARE(problem.layers[1].candidates[1].damage, 0.75);
    }

    void automaticTakesTheBestThatIsComplete()
    {
        SensitivityTable table = smallTable();
        QCOMPARE(allocationProblem(table, "automatic").layers[0].candidates[0].damage, 1.0);
        table.cells[3].klDivergence.reset();
        QCOMPARE(allocationProblem(table, "automatic").layers[0].candidates[0].damage, 1.5);
        table.cells[0].deltaNll.reset();
        const AllocationProblem weightsOnly = allocationProblem(table, "automatic");
        QCOMPARE(weightsOnly.layers[0].candidates[0].damage, 0.5);
        QVERIFY(!weightsOnly.layers[0].candidates[0].deltaNll);
        QVERIFY(weightsOnly.layers[0].candidates[1].deltaNll);
    }

    void pinsByNameAndPattern()
    {
        const AllocationProblem problem
            = allocationProblem(smallTable(), "automatic", {{"blocks.0.q", 4}, {"*.q", 2}});
        QCOMPARE(*problem.layers[0].pinnedBits, 4); // the name beats the pattern
        QVERIFY(!problem.layers[1].pinnedBits);
        QCOMPARE(*problem.layers[2].pinnedBits, 2);
    }

    void namesWhatIsMissing()
    {
        QVERIFY(problemOf(smallTable(), "output-mse").find("output-mse") != std::string::npos);
        QVERIFY(problemOf(smallTable(), "hessian").find("hessian") != std::string::npos);
        QVERIFY(problemOf(SensitivityTable(), "automatic").find("no layers") != std::string::npos);
        QVERIFY(problemOf(smallTable(), "automatic", {{"nowhere", 4}}).find("nowhere")
                != std::string::npos);
        QVERIFY(problemOf(smallTable(), "automatic", {{"blocks.0.q", 3}}).find("3 bits")
                != std::string::npos);
    }
};

BITPRISM_TEST(TstAllocationProblem);
#include "tst_allocation_problem.moc"
