// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_study.h"
#include "core/recipe/resolve.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double studyRounding = 1e-12;

ModelInfo model()
{
    ModelInfo info;
    for (const char *name : {"a", "b", "c"}) {
        LayerInfo &layer = info.layers.emplace_back();
        layer.name = name;
        layer.tensor = layer.name + ".weight";
        layer.kind = "mlp_up";
        layer.block = 0;
        layer.rows = 32;
        layer.cols = 64;
    }
    return info;
}

/// Ratios 0, 0.1 and 1 of three layers, with two interactions.
AllocationQuestion question()
{
    SensitivityTable table;
    table.quantizer = "high-impact-mixed";
    table.quantizerParams = R"({"group_size":32,"high_bits":4,"method":"rtn"})";
    table.ratios = {0, 0.1, 1};
    table.widths = {2};
    table.highBits = 4;
    InteractionMatrix matrix;
    matrix.scope = "block";
    for (const char *name : {"a", "b", "c"}) {
        for (const double ratio : table.ratios) {
            SensitivityCell cell;
            cell.layer = name;
            cell.block = 0;
            cell.bits = 2;
            cell.ratio = ratio;
            cell.deltaNll = (name[0] - 'a' + 1) * (1 - 0.9 * ratio);
            cell.weights = 32 * 64;
            cell.storageBits = static_cast<std::int64_t>(2048 * (2 + 2 * ratio)) + 64;
            table.cells.push_back(cell);
            matrix.candidates.push_back({name, 0, 2, ratio, *cell.deltaNll, 0.01});
        }
    }
    matrix.pairs = {{0, 3, 0.5, 0.01}, {4, 7, -0.25, 0.01}};
    AllocationQuestion asked;
    asked.table = std::make_shared<const SensitivityTable>(table);
    asked.matrix = std::make_shared<const InteractionMatrix>(matrix);
    asked.model = std::make_shared<const ModelInfo>(model());
    return asked;
}

std::vector<LayerChoice> choices(double a, double b, double c)
{
    return {{"a", 2, a}, {"b", 2, b}, {"c", 2, c}};
}

} // namespace

class TstAllocationStudy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void evaluatesAnyChoiceWithItsInteractions()
    {
        const AllocationStudy study(question());
        QVERIFY(std::fabs(study.evaluate(choices(0, 0, 0)).objective - 6.5) <= studyRounding);
        QVERIFY(std::fabs(study.evaluate(choices(0, 0.1, 0.1)).objective - (1 + 5 * 0.91 - 0.25))
                <= studyRounding);
        QVERIFY(complaintOf([&] { (void)study.evaluate({{"a", 2, 0.0}}); }).isBadInputNaming("b"));
        QVERIFY(
            complaintOf([&] { (void)study.evaluate(choices(0.5, 0, 0)); }).isBadInputNaming("a"));
    }

    void answersAsItsAllocator()
    {
        AllocationQuestion asked = question();
        asked.pins = {{"c", 1.0}};
        const AllocationStudy study(asked);
        Budget budget;
        budget.averageBits = 3;
        const Allocation found = study.at(budget);
        QCOMPARE(*found.layers[2].ratio, 1.0);
        QVERIFY(study.points().size() >= 2);
        QVERIFY(std::fabs(study.evaluate(found.layers).objective - found.objective)
                <= studyRounding);
        asked.target = "vllm"; // no target holds two widths in a layer
        QVERIFY(complaintOf([&] { AllocationStudy refused(asked); }).isBadInputNaming("vllm"));
    }

    void uniformFormsFallInDamage()
    {
        const std::vector<Allocation> uniform = AllocationStudy(question()).uniform();
        QCOMPARE(uniform.size(), std::size_t(3));
        for (std::size_t i = 1; i < uniform.size(); ++i) {
            QVERIFY(uniform[i].objective < uniform[i - 1].objective);
        }
    }

    void predictsRecipesOfTheSameQuantizer()
    {
        const AllocationStudy study(question());
        const Recipe own = allocationRecipe(*study.question().table, choices(0, 0.1, 1), "none");
        const std::optional<LossChange> predicted = study.predict(own);
        QVERIFY(predicted.has_value());
        QVERIFY(std::fabs(predicted->value - study.evaluate(choices(0, 0.1, 1)).objective)
                <= studyRounding);
        Recipe other = own;
        other.weights.id = "rtn";
        QVERIFY(!study.predict(other));
        Recipe groups = own;
        groups.weights.params = R"({"group_size":64,"high_bits":4})";
        QVERIFY(!study.predict(groups));
        Recipe skipped = own;
        skipped.overrides.push_back({"a", true, {}, {}, "{}"});
        QVERIFY(!study.predict(skipped));
        Recipe uniform = own;
        uniform.allocation.reset();
        uniform.weights.params = R"({"bits":2,"group_size":32,"high_bits":4,"ratio":0.1})";
        QVERIFY(std::fabs(study.predict(uniform)->value
                          - study.evaluate(choices(0.1, 0.1, 0.1)).objective)
                <= studyRounding);
    }

    void writesARecipeThatRunsAsItIs()
    {
        const AllocationQuestion asked = question();
        const Recipe recipe = allocationRecipe(*asked.table, choices(0, 0.1, 1), "none");
        QCOMPARE(recipe.weights.id, std::string("high-impact-mixed"));
        QCOMPARE(recipe.weights.parameters()["high_bits"].get<int>(), 4);
        const std::vector<LayerChoice> written
            = manualChoices(*recipe.allocation, "recipe: allocation");
        QCOMPARE(written.size(), std::size_t(3));
        QCOMPARE(*written[1].ratio, 0.1);
        QCOMPARE(written[1].bits, 2);
    }

    /// What GGUF holds is its own blocks: sizes are theirs, and so is the recipe.
    void allocationsForGgufAreStoredInItsBlocks()
    {
        AllocationQuestion asked = question();
        SensitivityTable table;
        table.quantizer = "rtn";
        table.quantizerParams = R"({"group_size":128})";
        table.widths = {3, 4, 8};
        ModelInfo wide = model();
        for (LayerInfo &layer : wide.layers) {
            layer.cols = 256; // a super-block
            for (const int bits : table.widths) {
                SensitivityCell cell;
                cell.layer = layer.name;
                cell.bits = bits;
                cell.deltaNll = (layer.name[0] - 'a' + 1) * std::exp2(-bits);
                cell.weights = 32 * 256;
                cell.storageBits = cell.weights * bits;
                table.cells.push_back(cell);
            }
        }
        asked.table = std::make_shared<const SensitivityTable>(table);
        asked.model = std::make_shared<const ModelInfo>(wide);
        asked.matrix.reset();
        asked.allocator = "sensitivity-greedy";
        asked.target = "gguf";
        const AllocationStudy study(asked);
        const std::vector<LayerChoice> chosen{{"a", 3, {}}, {"b", 4, {}}, {"c", 8, {}}};
        constexpr double blocks = (3.4375 + 4.5 + 8.5) / 3; // bits a weight of Q3_K, Q4_0, Q8_0
        QCOMPARE(study.evaluate(chosen).averageBits, blocks);
        Budget budget;
        budget.averageBits = 3.4;
        QVERIFY(complaintOf([&] { study.at(budget); }).isBadInputNaming("3.4375"));
        const Recipe recipe = allocationRecipe(table, chosen, "gguf");
        QVERIFY(!recipe.allocation);
        const std::vector<std::string> expected{"ggml-q3-k", "ggml-q4-0", "ggml-q8-0"};
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(resolveLayer(recipe, wide.layers[i], nullptr).weights.id, expected[i]);
        }
        // Another allocation for another target leaves nothing of it behind.
        Recipe again = recipe;
        again.overrides.push_back({"a", {}, 5, {}, "{}"}); // the user's own
        applyAllocation(again, table, chosen, "none");
        QCOMPARE(again.overrides.size(), std::size_t(1));
        QCOMPARE(resolveLayer(again, wide.layers[1], nullptr).weights.id, std::string("rtn"));
    }
};

BITPRISM_TEST(TstAllocationStudy);
#include "tst_allocation_study.moc"
