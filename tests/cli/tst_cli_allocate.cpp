// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/resolve.h"
#include "core/results/sensitivity_table.h"
#include "core/store/experiment_store.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitprism;
using nlohmann::json;
using test::CliResult;

namespace {

constexpr std::int64_t layerWeights = 1024;

LayerInfo layerNamed(const std::string &name, const std::string &group)
{
    LayerInfo layer;
    layer.name = name;
    layer.block = 0;
    layer.rows = 32;
    layer.cols = 32;
    layer.inputGroup = group;
    return layer;
}

ModelInfo toyModel()
{
    ModelInfo info;
    info.name = "toy";
    info.path = "/models/toy";
    info.layers = {layerNamed("q", "attention_input"), layerNamed("k", "attention_input"),
                   layerNamed("down", "mlp_hidden")};
    return info;
}

/// Damage falls fourfold per bit; q suffers most, down least.
SensitivityTable toySensitivity()
{
    SensitivityTable table;
    table.quantizer = "rtn";
    table.quantizerParams = R"({"group_size":32})";
    table.widths = {2, 3, 4, 8};
    table.complete = true;
    const std::map<std::string, double> weightOf{{"q", 1.0}, {"k", 0.1}, {"down", 0.01}};
    for (const char *name : {"q", "k", "down"}) {
        for (const int bits : table.widths) {
            SensitivityCell cell;
            cell.layer = name;
            cell.bits = bits;
            cell.klDivergence = weightOf.at(name) * std::pow(4.0, -bits);
            cell.deltaNll = cell.klDivergence;
            cell.weights = layerWeights;
            cell.storageBits = layerWeights * bits;
            table.cells.push_back(cell);
        }
    }
    return table;
}

std::map<std::string, int> bitsOf(const json &document)
{
    std::map<std::string, int> bits;
    for (const json &layer : document["layers"]) {
        bits[layer["name"]] = layer["bits"];
    }
    return bits;
}

} // namespace

class TstCliAllocate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        store::ExperimentStore opened(file().toStdString());
        store::RunRequest request;
        request.kind = "sensitivity";
        const store::NewRun made = opened.createRun(request, toyModel(), "hash");
        opened.putResult(made.id, toySensitivity());
        opened.setStatus(made.id, store::RunStatus::Finished);
        m_run = QString::fromStdString(made.id);
    }

    void keepsTheBudgetAndGivesBitsWhereItHurts()
    {
        const json document = allocate({"--budget-bits", "3", "--frontier"}).json();
        for (const char *key :
             {"average_bits", "bytes", "predicted_delta_nll", "solver", "layers", "frontier"}) {
            QVERIFY2(document.contains(key), key);
        }
        for (const char *key : {"name", "status", "objective", "milliseconds"}) {
            QVERIFY2(document["solver"].contains(key), key);
        }
        QVERIFY(document["average_bits"].get<double>() <= 3.0);
        const auto bits = bitsOf(document);
        QVERIFY(bits.at("q") > bits.at("down"));
        QVERIFY(document["frontier"].size() > 2);
        QVERIFY(document["frontier"][0].contains("average_bits"));
    }

    void whatItWritesIsARecipe()
    {
        const QString recipe = m_folder->path() + "/recipe.json";
        const json document = allocate({"--budget-bits", "3", "--output", recipe}).json();
        const Recipe read = readRecipe(recipe.toStdString());
        QCOMPARE(read.weights.id, std::string("rtn"));
        QCOMPARE(read.weights.parameters()["group_size"].get<int>(), 32);
        const auto bits = bitsOf(document);
        const std::vector<LayerChoice> choices = manualChoices(*read.allocation, "recipe");
        QCOMPARE(choices.size(), bits.size());
        for (const LayerChoice &choice : choices) {
            QCOMPARE(choice.bits, bits.at(choice.layer));
        }
    }

    void pinsHold()
    {
        const auto bits = bitsOf(allocate({"--budget-bits", "4", "--pin", "down=8"}).json());
        QCOMPARE(bits.at("down"), 8);
    }

    void targetsRestrictWidthsAndFuseLayers()
    {
        const auto bits = bitsOf(allocate({"--budget-bits", "6", "--target", "vllm"}).json());
        QCOMPARE(bits.at("q"), bits.at("k"));
        for (const auto &[name, width] : bits) {
            QVERIFY(width == 4 || width == 8);
        }
    }

    void everyAllocatorAnswers()
    {
        QCOMPARE(allocate({"--budget-bits", "3.5", "--allocator", "uniform"})
                     .json()["average_bits"]
                     .get<double>(),
                 3.0);
    }

    void whatNeedsNoBudgetIsAskedForNone()
    {
        const CliResult same = allocate({"--allocator", "uniform", "--set", "allocator.bits=4"});
        QCOMPARE(same.status, 0);
        QCOMPARE(same.json()["average_bits"].get<double>(), 4.0);
        const CliResult own = allocate({"--set", "allocator.budget_bits=3"});
        QCOMPARE(own.status, 0);
        QVERIFY(own.json()["average_bits"].get<double>() <= 3);
        const CliResult manual = allocate(
            {"--allocator", "manual", "--set",
             R"(allocator.layers={"q": {"bits": 8}, "k": {"bits": 3}, "down": {"bits": 2}})"});
        QVERIFY2(manual.status == 0, manual.text().c_str());
        QCOMPARE(manual.json()["layers"][0]["bits"].get<int>(), 8);
    }

    void theAllocationIsKeptInTheStore()
    {
        allocate({"--budget-bits", "3"});
        const json shown = m_cli.run({"show", m_run, "--store", file(), "--json"}).json();
        QVERIFY(shown["results"].contains("allocation"));
    }

    void impossibleWishesAreBadInput_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::newRow("no budget") << QStringList{} << 2;
        QTest::newRow("pin without bits") << QStringList{"--budget-bits", "3", "--pin", "q"} << 2;
        QTest::newRow("too small") << QStringList{"--budget-bits", "1"} << 3;
        QTest::newRow("unknown allocator")
            << QStringList{"--budget-bits", "3", "--allocator", "magic"} << 3;
        QTest::newRow("unknown target")
            << QStringList{"--budget-bits", "3", "--target", "toaster"} << 3;
        QTest::newRow("unknown layer")
            << QStringList{"--budget-bits", "3", "--pin", "nothing=3"} << 3;
        QTest::newRow("width not probed") << QStringList{"--budget-bits", "3", "--pin", "q=5"} << 3;
        QTest::newRow("unknown setting")
            << QStringList{"--budget-bits", "3", "--set", "allocator.nothing=1"} << 3;
        QTest::newRow("metric not measured")
            << QStringList{"--budget-bits", "3", "--set", "allocator.metric=output-mse"} << 3;
        QTest::newRow("unknown section")
            << QStringList{"--budget-bits", "3", "--set", "weights.bits=1"} << 3;
    }

    void impossibleWishesAreBadInput()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        const CliResult result = allocate(arguments);
        QVERIFY2(result.isError(status), result.text().c_str());
    }

private:
    QString file() const { return m_folder->path() + "/store.bitprism"; }

    CliResult allocate(const QStringList &arguments) const
    {
        return m_cli.run(QStringList{"allocate", "--run", m_run, "--store", file(), "--json"}
                         + arguments);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_run;
    test::CliRunner m_cli{"/nonexistent"};
};

BITPRISM_TEST(TstCliAllocate);
#include "tst_cli_allocate.moc"
