// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/io/safetensors.h"
#include "core/report/command_line.h"
#include "core/store/database.h"
#include "core/store/experiment_store.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <limits>

using namespace bitprism;
using nlohmann::json;
using test::anySize;
using test::CliResult;
namespace fs = std::filesystem;

namespace {

/// Enough text for a few windows of 32 tokens (bytes, here).
std::string toyText()
{
    std::string text;
    for (int i = 0; text.size() < 4000; ++i) {
        text += "line " + std::to_string(i * 37 % 101) + " says nothing new.\n";
    }
    return text;
}

/// Overwrites the first value of a tensor.
void poison(const fs::path &file, const std::string &tensor, float value)
{
    const io::SafetensorsFile source(file);
    std::string bytes = io::readWholeFile(file, anySize);
    const std::size_t at = 8 + source.header().size() + source.find(tensor)->begin;
    bytes.replace(at, sizeof value, reinterpret_cast<const char *>(&value), sizeof value);
    io::writeFileAtomically(file, bytes);
}

/// A printed command, cut into words as a shell does.
QStringList wordsOf(const std::string &line)
{
    QProcess shell;
    shell.start(
        "/bin/sh",
        {"-c",
         "for word in " + QString::fromStdString(line) + "; do printf '%s\\n' \"$word\"; done"});
    shell.waitForFinished();
    return QString::fromUtf8(shell.readAllStandardOutput()).split('\n', Qt::SkipEmptyParts);
}

/// What a run was asked for, without what tells runs apart and what its recipe holds.
json comparable(const store::RunRecord &record)
{
    json request = json::parse(record.request);
    for (const char *key : {"run", "name", "experiment", "store"}) {
        request.erase(key);
    }
    for (const char *key : {"recipe", "evaluations"}) {
        request["options"].erase(key);
    }
    return {{"request", request}, {"recipe", json::parse(record.recipe)}};
}

} // namespace

/// The commands that run a model, on a toy checkpoint of random weights.
class TstCliJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::CliRunner::hasEngine()) {
            QSKIP("the engine is not built");
        }
        test::ToyLlama toy;
        toy.vocabulary = 258;
        toy.hasTokenizer = true;
        test::writeToyLlama(root() / "model", toy);
        toy.seed = 2;
        test::writeToyLlama(root() / "other", toy);
        io::writeFileAtomically(root() / "text.txt", toyText());
        io::writeFileAtomically(root() / "empty.txt", "");
        m_evaluate = {"--evaluate", "perplexity:" + path("text.txt"), "--length", "32"};
    }

    void methodsListsComponentsWithParameters()
    {
        const json components = good({"methods"})["components"];
        QStringList ids;
        for (const json &component : components) {
            for (const char *key : {"kind", "id", "title", "source", "parameters"}) {
                QVERIFY2(component.contains(key), key);
            }
            for (const json &parameter : component["parameters"]) {
                for (const char *key : {"name", "type", "default", "min", "max", "unit", "help"}) {
                    QVERIFY2(parameter.contains(key), key);
                }
            }
            ids.append(QString::fromStdString(component["kind"].get<std::string>() + " "
                                              + component["id"].get<std::string>()));
        }
        for (const char *id :
             {"weights rtn", "weights gptq", "sampler random-windows", "sampler sequential",
              "allocator uniform", "allocator manual", "allocator sensitivity-greedy",
              "exporter safetensors", "family llama", "metric perplexity"}) {
            QVERIFY2(ids.contains(id), id);
        }
    }

    void aQuantizerIsChosenByItsIdAlone() // what the default one leaves behind does not fit all
    {
        for (const char *id : {"awq", "high-impact-mixed", "gptq", "spqr", "adaround"}) {
            const json estimate = good({"run", path("model"), "--set", QString("weights.id=") + id,
                                        "--set", "weights.group_size=16", "--calibration",
                                        path("text.txt"), "--length", "32", "--dry-run"});
            QVERIFY2(estimate.is_object(), id);
        }
        QVERIFY(cli({"sensitivity", path("model"), "--calibration", path("text.txt"), "--length",
                     "32", "--estimator", "block-local"})
                    .isError(3, "--interactions block"));
    }

    void methodsShowsOneInFull()
    {
        const json named = good({"methods", "gptq", "smoothquant"})["components"];
        QCOMPARE(named.size(), std::size_t{3}); // gptq is a quantizer and a format
        const std::string page = m_cli.run({"methods", "gptq"}).output;
        for (const char *words : {"gptq (weights): GPTQ", "damping = 0.01", "[1 to 8]",
                                  "power-norm", "[true or false]"}) {
            QVERIFY2(page.find(words) != std::string::npos, words);
        }
        QVERIFY(cli({"methods", "gtpq"}).isError(3, "gtpq"));
    }

    void generateContinuesAndStartsFromBos()
    {
        const json document = good({"generate", path("model"), "--prompt", "", "--tokens", "5"});
        QCOMPARE(document["ids"].size(), std::size_t{6});
        QCOMPARE(document["ids"][0].get<int>(), 0);
        QVERIFY(document["text"].is_string());
        const json prompted = good({"generate", path("model"), "--prompt", "ab", "--tokens", "1"});
        QVERIFY(prompted["text"].get<std::string>().starts_with("ab"));
    }

    void evaluateGivesTheContractsKeys()
    {
        const json document
            = good({"evaluate", path("model"), "--task", "perplexity", "--data", path("text.txt"),
                    "--length", "32", "--samples", "8", "--reference", path("other")});
        for (const char *key : {"task", "value", "unit", "tokens", "seconds", "stderr", "nll",
                                "kl_divergence", "kl_stderr", "top1_agreement"}) {
            QVERIFY2(document.contains(key), key);
        }
        QCOMPARE(document["tokens"].get<int>(), 8 * 31);
        QVERIFY(!document.contains("window_nll"));
        const double nll = document["nll"];
        QVERIFY(std::abs(std::exp(nll) / document["value"].get<double>() - 1) < 1e-9);
        QVERIFY(document["kl_divergence"].get<double>() > 0);
    }

    void outliersAreKeptAsARun()
    {
        const json document
            = good({"outliers", path("model"), "--calibration", path("text.txt"), "--set",
                    "calibration.samples=4", "--set", "calibration.length=32"});
        for (const char *key : {"name", "max_abs", "kurtosis", "outlier_channels", "token_max"}) {
            QVERIFY2(document["layers"][0].contains(key), key);
        }
        QCOMPARE(document["layers"].size(), std::size_t{14});
        QCOMPARE(good({"show", id(document)})["kind"].get<std::string>(), std::string("outliers"));
        QVERIFY(document["layers"][0]["outlier_channels"][0]["tokens"][0]["text"].is_string());
        QCOMPARE(document["blocks"].size(), std::size_t{2});

        const json all = good({"what-if", id(document), "--weight-bits", "4"});
        QCOMPARE(all["weight_bits"].get<int>(), 4);
        QCOMPARE(all["layers"].size(), std::size_t{14});
        QCOMPARE(all["layers"][0]["outcomes"].size(), std::size_t{6});
        QCOMPARE(all["layers"][0]["outcomes"][0]["id"].get<std::string>(), std::string("plain"));
        QVERIFY(all["layers"][0]["outcomes"][0]["output_error"].get<double>() > 0);
        const QString name
            = QString::fromStdString(document["layers"][3]["name"].get<std::string>());
        const json one = good({"what-if", id(document), "--layer", name, "--per-token"});
        QCOMPARE(one["layers"].size(), std::size_t{1});
        QVERIFY(one["per_token"].get<bool>());
        QVERIFY(cli({"what-if", id(document), "--layer", "none"}).isError(3, "none"));
        QVERIFY(cli({"what-if", id(document), "--weight-bits", "9"}).isError(2, "weight-bits"));
        // Whoever reads the table sees why something does not apply, and what a number rests on.
        const CliResult table = cli({"what-if", id(document)});
        QVERIFY2(table.output.find("No norm feeds this layer.") != std::string::npos,
                 table.text().c_str());
        QVERIFY(table.output.find("online_hidden") != std::string::npos);
        QVERIFY(document["notes"].empty());
    }

    void outliersSayWhatWasCut()
    {
        const json document
            = good({"outliers", path("model"), "--calibration", path("text.txt"), "--set",
                    "calibration.samples=1", "--set", "calibration.length=1000"});
        QCOMPARE(document["notes"].size(), std::size_t{1});
        QVERIFY(document["notes"][0].get<std::string>().find("cut to the model's context")
                != std::string::npos);
        for (const char *setting :
             {"calibration.sampler=audio-clips", "calibration.id=audio-clips"}) {
            const CliResult sampler = cli(
                {"outliers", path("model"), "--calibration", path("text.txt"), "--set", setting});
            QVERIFY2(sampler.isError(3, "audio-clips"), sampler.text().c_str());
        }
    }

    void damagedAtlasesAndUnfinishedRunsSayWhatToDo()
    {
        const json document
            = good({"outliers", path("model"), "--calibration", path("text.txt"), "--set",
                    "calibration.samples=2", "--set", "calibration.length=32"});
        store::ExperimentStore store(path("store.bitprism").toStdString());
        const std::string run = id(document).toStdString();
        for (const fs::path &file : fs::directory_iterator(store.runFolder(run))) {
            if (file.filename().string().starts_with("atlas-0000-0")) {
                poison(file, "sample", std::numeric_limits<float>::quiet_NaN());
            }
        }
        const CliResult damaged = cli({"what-if", id(document)});
        QVERIFY2(damaged.isError(3, "run outliers again"), damaged.text().c_str());
        QVERIFY(damaged.errors.find("atlas-0000-0") != std::string::npos);
        store::RunRequest begun;
        begun.kind = "outliers";
        const QString killed
            = QString::fromStdString(store.createRun(begun, store.model(run), "").id);
        const CliResult result = cli({"what-if", killed});
        QVERIFY2(result.isError(3, "resume"), result.text().c_str());
        QVERIFY(cli({"calibration-sets", id(document), killed}).isError(3, "resume"));
        QVERIFY(cli({"compare", id(document), id(document)}).isError(3, "twice"));
    }

    void calibrationSetsAreComparedBetweenRuns()
    {
        const auto outliers = [&](const char *seed) {
            return id(
                good({"outliers", path("model"), "--calibration", path("text.txt"), "--seed", seed,
                      "--set", "calibration.samples=4", "--set", "calibration.length=32"}));
        };
        const QString first = outliers("1");
        const QString second = outliers("2");
        const json sets = good({"calibration-sets", first, second, "--metric", "kurtosis"});
        QCOMPARE(sets["metric"].get<std::string>(), std::string("kurtosis"));
        QCOMPARE(sets["pairs"].size(), std::size_t{1});
        const double tau = sets["pairs"][0]["tau"].get<double>();
        QVERIFY(tau >= -1 && tau <= 1);
        QCOMPARE(sets["mean_tau"].get<double>(), tau);
        QVERIFY(sets["pairs"][0]["stderr"].get<double>() >= 0);
        QCOMPARE(sets["layers"].size(), std::size_t{8}); // inputs: four in each of two blocks
        QCOMPARE(sets["layers"][0]["values"].size(), std::size_t{2});
        QCOMPARE(sets["runs"][1].get<std::string>(), second.toStdString());
        QVERIFY(cli({"calibration-sets", first, first}).isError(3, "twice"));
        QVERIFY(sets["notes"][0].get<std::string>().find("same data") != std::string::npos);
        QVERIFY(cli({"calibration-sets", first, second, "--bits", "3"}).isError(2, "--bits"));
        QVERIFY(
            cli({"calibration-sets", first, second, "--metric", "size"}).isError(3, "kurtosis"));
        QVERIFY(cli({"calibration-sets", first}).isError(2, "ID"));
    }

    void sensitivityLeadsToAnAllocationThatRuns()
    {
        const json document
            = good({"sensitivity", path("model"), "--calibration", path("text.txt"), "--bits",
                    "2,4", "--samples", "4", "--length", "32", "--set", "quantizer.group_size=16"});
        QVERIFY(document.contains("rank_correlation"));
        QCOMPARE(document["layers"].size(), std::size_t{14 * 2});
        for (const char *key :
             {"name", "bits", "weight_mse", "output_mse", "kl_divergence", "kl_stderr", "delta_nll",
              "delta_nll_stderr", "predicted_delta_nll"}) {
            QVERIFY2(document["layers"][0].contains(key), key);
            QVERIFY2(!document["layers"][0][key].is_null(), key);
        }
        const json allocation = good({"allocate", "--run", id(document), "--budget-bits", "4.5",
                                      "--output", path("recipe.json")});
        const json run
            = good({"run", path("model"), "--recipe", path("recipe.json"), "--calibration",
                    path("text.txt"), "--set", "calibration.samples=2"});
        QVERIFY(
            std::abs(run["average_bits"].get<double>() - allocation["average_bits"].get<double>())
            < 1e-9);
        QCOMPARE(run["bytes"].get<std::int64_t>(), allocation["bytes"].get<std::int64_t>());
    }

    void runGivesTheContractsKeysAndTheSameCodesAgain()
    {
        const QStringList line = runLine() + m_evaluate;
        const json first = good(line);
        for (const char *key : {"run", "average_bits", "bytes", "codes_sha256", "metrics", "layers",
                                "peak_rss_bytes", "seconds"}) {
            QVERIFY2(first.contains(key), key);
        }
        for (const char *key : {"task", "data", "value", "stderr", "baseline"}) {
            QVERIFY2(first["metrics"][0].contains(key), key);
        }
        QVERIFY(first["metrics"][0]["baseline"].is_number());
        for (const char *key : {"name", "bits", "ratio", "weight_mse", "output_mse", "seconds"}) {
            QVERIFY2(first["layers"][0].contains(key), key);
        }
        QCOMPARE(first["layers"].size(), std::size_t{14});
        const json second = good(line);
        QCOMPARE(second["codes_sha256"].get<std::string>(),
                 first["codes_sha256"].get<std::string>());
        QVERIFY(second["run"] != first["run"]);
        const json shown = good({"show", id(first)});
        QCOMPARE(shown["status"].get<std::string>(), std::string("finished"));
        QCOMPARE(shown["recipe"]["weights"]["id"].get<std::string>(), std::string("gptq"));
    }

    void aSettingChangesTheCodesAndTheSeedBeatsTheRecipe()
    {
        const json three = good(runLine() + QStringList{"--set", "weights.bits=3"});
        QCOMPARE(three["layers"][0]["bits"].get<double>(), 3.0);
        const json seeded = good(runLine() + QStringList{"--set", "seed=4", "--seed", "9"});
        QCOMPARE(good({"show", id(seeded)})["recipe"]["seed"].get<int>(), 9);
    }

    void thePrintedCommandRepeatsTheRun_data()
    {
        QTest::addColumn<QStringList>("line");
        const QStringList sampling{"--set", "calibration.samples=2", "--set",
                                   "calibration.length=32"};
        QTest::newRow("run") << QStringList{"run",
                                            "@model",
                                            "--calibration",
                                            "@text.txt",
                                            "--set",
                                            "weights.id=gptq",
                                            "--set",
                                            "overrides=[{\"match\":\"*q_proj\",\"bits\":3}]",
                                            "--evaluate",
                                            "perplexity:@text.txt",
                                            "--length",
                                            "32",
                                            "--stride",
                                            "16",
                                            "--no-baseline",
                                            "--seed",
                                            "7",
                                            "--threads",
                                            "1"}
                + sampling;
        QTest::newRow("sensitivity")
            << QStringList{"sensitivity",
                           "@model",
                           "--calibration",
                           "@text.txt",
                           "--bits",
                           "2,4",
                           "--quantizer",
                           "rtn",
                           "--set",
                           "quantizer.group_size=16",
                           "--activation-bits",
                           "8",
                           "--no-predicted",
                           "--set",
                           "transforms=[{\"id\":\"smoothquant\",\"alpha\":0.75}]"}
                + sampling;
        QTest::newRow("prediction alone")
            << QStringList{"sensitivity", "@model", "--calibration", "@text.txt",
                           "--bits",      "4",      "--no-measured"}
                + sampling;
        QTest::newRow("outliers") << QStringList{"outliers", "@model", "--calibration", "@text.txt"}
                + sampling;
        QTest::newRow("evaluation") << QStringList{"evaluate",
                                                   "@model",
                                                   "--task",
                                                   "perplexity",
                                                   "--data",
                                                   "@text.txt",
                                                   "--length",
                                                   "32",
                                                   "--samples",
                                                   "4",
                                                   "--documents=- nothing",
                                                   "--reference",
                                                   "@other"};
    }

    void thePrintedCommandRepeatsTheRun()
    {
        QFETCH(QStringList, line);
        for (QString &word : line) {
            word.replace("@", m_folder.path() + "/");
        }
        const std::string first = id(good(line)).toStdString();
        const store::ExperimentStore stored(path("store.bitprism").toStdString(),
                                            store::OpenMode::ReadOnly);
        const std::string command = commandLine(stored.run(first));
        const QStringList words = wordsOf(command);
        QCOMPARE(words.front(), QString("bitprism-cli"));
        const std::string second = id(good(words.mid(1))).toStdString();
        QVERIFY(first != second);
        QCOMPARE(comparable(stored.run(second)).dump(1), comparable(stored.run(first)).dump(1));
    }

    void aSeparatorThatDoesNotOccurIsSaid()
    {
        const QStringList line{"evaluate", path("model"),    "--task",   "perplexity",
                               "--data",   path("text.txt"), "--length", "32"};
        const CliResult whole = cli(line + QStringList{"--documents", "<|none|>"});
        QVERIFY2(whole.status == 0, whole.text().c_str());
        QCOMPARE(std::count(whole.errors.begin(), whole.errors.end(), '\n'), 1);
        QVERIFY2(whole.errors.find("\"<|none|>\" does not stand in") != std::string::npos,
                 whole.text().c_str());
        QVERIFY(cli(line + QStringList{"--documents", "e"}).errors.empty());
    }

    void aMissingReferenceIsWrongUsage()
    {
        const CliResult result = cli({"evaluate", path("model"), "--task", "kl-divergence",
                                      "--data", path("text.txt"), "--length", "32"});
        QVERIFY2(result.isError(2, "kl-divergence"), result.text().c_str());
    }

    /// Both need the codes, which a backup does not hold.
    void aBackupHasNothingToExportOrResume()
    {
        const QString run = id(good(runLine()));
        const QString copy = path("copy.bitprism");
        good({"store", "backup", copy});
        const CliResult result = m_cli.run({"export", run, "--format", "safetensors", "--output",
                                            path("nothing"), "--store", copy});
        QVERIFY2(result.isError(3, "no part of a backup"), result.text().c_str());
        QVERIFY2(result.errors.find("copy.bitprism.d") != std::string::npos, result.text().c_str());
        {
            store::ExperimentStore opened(copy.toStdString());
            opened.setStatus(run.toStdString(), store::RunStatus::Cancelled);
        }
        const CliResult resumed = m_cli.run({"resume", run, "--store", copy});
        QVERIFY2(resumed.isError(3, "no part of a backup"), resumed.text().c_str());
        QVERIFY(!fs::exists(root() / "copy.bitprism.d"));
    }

    void aBaselineIsShownApart()
    {
        const json shown = good({"show", id(good(runLine() + m_evaluate))});
        QVERIFY(!shown["results"].contains("evaluations"));
        QCOMPARE(shown["results"]["baselines"].size(), std::size_t{1});
    }

    void overflowIsSaidInASentence()
    {
        fs::copy(root() / "model", root() / "overflowing");
        poison(root() / "overflowing" / "model.safetensors",
               "model.layers.0.input_layernorm.weight", std::numeric_limits<float>::max());
        const CliResult outliers = cli({"outliers", path("overflowing"), "--calibration",
                                        path("text.txt"), "--set", "calibration.length=32"});
        QVERIFY2(outliers.isError(3, "not finite"), outliers.text().c_str());
        const CliResult evaluated
            = m_cli.run({"evaluate", path("overflowing"), "--task", "perplexity", "--data",
                         path("text.txt"), "--length", "32", "--store", path("store.bitprism")});
        QCOMPARE(evaluated.status, 0);
        QVERIFY2(evaluated.output.find("not a finite number") != std::string::npos,
                 evaluated.text().c_str());
    }

    void aDryRunEstimatesAndKeepsNothing()
    {
        const std::size_t before = good({"list"})["runs"].size();
        const json document = good(runLine() + QStringList{"--dry-run"});
        for (const char *key : {"seconds", "memory_bytes", "bytes", "average_bits"}) {
            QVERIFY2(document["estimate"].contains(key), key);
        }
        QCOMPARE(good({"list"})["runs"].size(), before);
        const json run = good(runLine());
        QCOMPARE(document["estimate"]["bytes"], run["bytes"]);
    }

    /// What a run does not do is not counted: without data, rtn draws no samples.
    void aDryRunCountsOnlyWhatARunDoes()
    {
        const auto estimate = [&](const char *method, int samples, const QStringList &more) {
            return good(QStringList{"run", path("model"), "--dry-run", "--set",
                                    QString("weights.id=") + method, "--set",
                                    "weights.group_size=16", "--set", "calibration.length=32",
                                    "--set", "calibration.samples=" + QString::number(samples)}
                        + more)["estimate"];
        };
        const json few = estimate("rtn", 2, {});
        const json many = estimate("rtn", 100000, {});
        QCOMPARE(few["seconds"].get<double>(), many["seconds"].get<double>());
        QCOMPARE(few["memory_bytes"], many["memory_bytes"]);
        QVERIFY(estimate("gptq", 100000, {})["seconds"].get<double>()
                > many["seconds"].get<double>());
        const json onData = estimate("rtn", 4, {"--calibration", path("text.txt")});
        QVERIFY(onData["memory_bytes"].get<qint64>() > few["memory_bytes"].get<qint64>());
    }

    void aRecipeThatCannotRunIsRefusedByItsFile_data()
    {
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<QString>("words");
        const QString layer = "model.layers.0.self_attn.q_proj";
        const auto manual = [&](const QString &name, const QString &choice) {
            return R"({"weights": {"id": "rtn", "group_size": 16}, "allocation": {"id": "manual", )"
                   "\"layers\": {\""
                + name + "\": " + choice + "}}}";
        };
        QTest::newRow("a ratio") << manual(layer, R"({"bits": 4, "ratio": 0.5})")
                                 << "layer " + layer + ": rtn keeps no high-impact weights";
        QTest::newRow("an unknown key")
            << manual(layer, R"({"bits": 4, "high_bits": 8})") << "unknown key \"high_bits\"";
        QTest::newRow("an unknown layer")
            << manual("model.layers.77", R"({"bits": 4})") << "has no layer \"model.layers.77\"";
        QTest::newRow("a solver") << R"({"allocation": {"id": "high-impact-ratio"}})"
                                  << "decides by a sensitivity run";
    }

    void aRecipeThatCannotRunIsRefusedByItsFile()
    {
        QFETCH(QString, recipe);
        QFETCH(QString, words);
        io::writeFileAtomically(root() / "faulty.json", recipe.toStdString());
        const CliResult listed = cli({"list"});
        for (const QStringList &more : {QStringList{}, QStringList{"--dry-run"}}) {
            const CliResult refused
                = cli(QStringList{"run", path("model"), "--recipe", path("faulty.json")} + more);
            QVERIFY2(refused.isError(3, words.toStdString()), refused.text().c_str());
            QVERIFY2(refused.isError(3, path("faulty.json").toStdString()), refused.text().c_str());
        }
        QCOMPARE(cli({"list"}).output, listed.output);
    }

    void damagedCodesAreNotExported_data()
    {
        QTest::addColumn<bool>("keepsHashOfFile");
        QTest::newRow("by the file") << true;
        QTest::newRow("of a run from before the file's hash was kept") << false;
    }

    void damagedCodesAreNotExported()
    {
        QFETCH(bool, keepsHashOfFile);
        const QString run = id(good(runLine()));
        fs::path codes;
        {
            const store::ExperimentStore opened(path("store.bitprism").toStdString(),
                                                store::OpenMode::ReadOnly);
            codes = opened.runFolder(run.toStdString()) / "codes-0001.safetensors";
        }
        if (!keepsHashOfFile) {
            const store::Database database(path("store.bitprism").toStdString(),
                                           store::OpenMode::ReadWrite);
            database.execute("UPDATE journal SET entry = json_remove(entry, '$.codes_sha256')");
        }
        std::string bytes = io::readWholeFile(codes, anySize);
        for (std::size_t at : {bytes.size() - 3, bytes.size() - 2, bytes.size() - 1}) {
            bytes[at] = static_cast<char>(bytes[at] ^ 0x11);
        }
        io::writeFileAtomically(codes, bytes);
        const QString output = path(keepsHashOfFile ? "spoiled" : "spoiled-too");
        const CliResult exported
            = cli({"export", run, "--format", "safetensors", "--output", output});
        QVERIFY2(exported.isError(3, "is damaged"), exported.text().c_str());
        QVERIFY2(exported.isError(3, run.toStdString()), exported.text().c_str());
        QVERIFY(!QFile::exists(output));
        const CliResult checked = cli({"store", "check"});
        QCOMPARE(checked.output.find(codes.string()) != std::string::npos, keepsHashOfFile);
        QVERIFY(!keepsHashOfFile || checked.status == 3);
        QCOMPARE(cli({"delete", run}).status, 0);
    }

    /// A parameter of a format goes with the run, and the bytes are told before it.
    void aRunExportsAsItsDryRunSays()
    {
        const QStringList line
            = runLine() + QStringList{"--set",    "weights.bits=3",
                                      "--set",    "exporter.other_widths=true",
                                      "--export", "compressed-tensors:" + path("three")};
        const json planned = good(line + QStringList{"--dry-run"})["estimate"]["exports"];
        QCOMPARE(planned.size(), std::size_t(1));
        QVERIFY(!QFile::exists(path("three")));
        good(line);
        qint64 bytes = 0;
        for (const QFileInfo &file : QDir(path("three")).entryInfoList(QDir::Files)) {
            bytes += file.size();
        }
        QCOMPARE(planned[0]["bytes"].get<qint64>(), bytes);
        // Where an export cannot go is said before the run, and by its dry run.
        for (const char *kind : {"--dry-run", "--no-baseline"}) {
            const CliResult taken = cli(line + QStringList{kind});
            QVERIFY2(taken.isError(3, "exists already"), taken.text().c_str());
            const CliResult lost = cli(
                runLine() + QStringList{kind, "--export", "safetensors:" + path("nowhere/x")});
            QVERIFY2(lost.isError(3, "create it first"), lost.text().c_str());
        }
        const CliResult unknown = cli(line + QStringList{"--set", "exporter.nothing=1"});
        QVERIFY2(unknown.isError(3, "exporter.nothing"), unknown.text().c_str());
    }

    /// On equal terms: the same loss, the bits its format stores, layers beside the run's.
    void anExportIsComparedWithItsRun()
    {
        const json run = good(runLine()
                              + QStringList{"--set", "weights.symmetric=true", "--evaluate",
                                            "perplexity:" + path("text.txt"), "--export",
                                            "awq:" + path("packed")});
        const json stored = good({"inspect", path("packed")});
        good({"evaluate", path("packed"), "--task", "perplexity", "--data", path("text.txt")});
        const QString evaluation
            = QString::fromStdString(good({"list"})["runs"][0]["id"].get<std::string>());
        const json document = good({"compare", id(run), evaluation});
        const json &imported = document["runs"][1];
        QCOMPARE(document["runs"][0]["average_bits"].get<double>(), 5.0); // 4, F16 scale of 16
        QCOMPARE(imported["average_bits"].get<double>(), 5.25); // and a zero point of 4 bits
        QCOMPARE(imported["bytes"], stored["bytes"]);
        QCOMPARE(imported["stored_type"].get<std::string>(), std::string("INT4"));
        QVERIFY(imported["recipe_changes"].empty());
        QVERIFY(!document["pareto"].empty());
        QCOMPARE(document["layers"].size(), run["layers"].size());
        for (const json &layer : document["layers"]) {
            QCOMPARE(layer["runs"][1]["bits"].get<double>(), 4.0);
        }
        constexpr double sameLoss = 1e-6; // nats; sums of floats alone differ
        const json &metric = document["metrics"][0]["runs"][1];
        QVERIFY(metric["paired"].get<bool>());
        QVERIFY(std::abs(metric["difference"].get<double>()) < sameLoss);
        const CliResult shown
            = m_cli.run({"compare", id(run), evaluation, "--store", path("store.bitprism")});
        QVERIFY2(shown.output.find("none: INT4 as stored") != std::string::npos,
                 shown.text().c_str());
    }

    void anExportOpensAgain()
    {
        const json run = good(runLine());
        const json document
            = good({"export", id(run), "--format", "safetensors", "--output", path("exported")});
        QVERIFY(document["bytes"].get<std::int64_t>() > 0);
        QVERIFY(good({"inspect", path("exported")})["runnable"].get<bool>());
        const CliResult again
            = cli({"export", id(run), "--format", "safetensors", "--output", path("exported")});
        QVERIFY2(again.isError(3, "exists already"), again.text().c_str());
    }

    void quietAndPipesLeaveStandardErrorEmpty()
    {
        const CliResult result = cli(runLine() + QStringList{"--quiet"});
        QVERIFY2(result.status == 0 && result.errors.empty(), result.text().c_str());
        const CliResult piped = cli(runLine());
        QVERIFY2(piped.errors.find('\r') == std::string::npos, piped.text().c_str());
    }

    void badInputIsStatusThreeAndOneLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("words");
        const QStringList measured{"run",       "@model",     "--calibration",
                                   "@text.txt", "--evaluate", "perplexity:@text.txt",
                                   "--set"};
        QTest::newRow("parameter of no task")
            << measured + QStringList{"task.pass=5"} << "no task named by --evaluate";
        QTest::newRow("parameter of another task")
            << measured + QStringList{"task.wer.pass=5"} << "no task named by --evaluate";
        QTest::newRow("parameter that the named task lacks")
            << measured + QStringList{"task.perplexity.pass=5"} << "pass";
        QTest::newRow("unknown task")
            << QStringList{"evaluate", "@model", "--task", "nothing", "--data", "@text.txt"}
            << "nothing";
        QTest::newRow("missing data")
            << QStringList{"evaluate", "@model", "--task", "perplexity", "--data", "@none.txt"}
            << "none.txt";
        QTest::newRow("empty calibration text")
            << QStringList{"outliers", "@model", "--calibration", "@empty.txt"} << "empty.txt";
        QTest::newRow("unknown quantizer") << QStringList{"run",       "@model", "--calibration",
                                                          "@text.txt", "--set",  "weights.id=magic"}
                                           << "magic";
        QTest::newRow("value out of range") << QStringList{"run",       "@model", "--calibration",
                                                           "@text.txt", "--set",  "weights.bits=99"}
                                            << "bits";
        QTest::newRow("unknown key") << QStringList{"run",       "@model", "--calibration",
                                                    "@text.txt", "--set",  "weights.colour=red"}
                                     << "colour";
        QTest::newRow("missing recipe")
            << QStringList{"run", "@model", "--calibration", "@text.txt", "--recipe", "@none.json"}
            << "none.json";
        QTest::newRow("recipe with unknown key")
            << QStringList{"run",       "@model",   "--calibration",
                           "@text.txt", "--recipe", "@model/config.json"}
            << "config.json";
        QTest::newRow("unknown export")
            << QStringList{"run", "@model", "--calibration", "@text.txt", "--export", "zip:@x"}
            << "zip";
        QTest::newRow("NaN in a weight")
            << QStringList{"run", "@poisoned", "--calibration", "@text.txt"} << "q_proj.weight";
        QTest::newRow("NaN while measuring")
            << QStringList{"evaluate", "@poisoned", "--task",   "perplexity",
                           "--data",   "@text.txt", "--length", "32"}
            << "q_proj.weight";
        QTest::newRow("NaN where a run would not look")
            << QStringList{"run", "@headless", "--calibration", "@text.txt"} << "norm.weight";
        QTest::newRow("value out of range in a recipe")
            << QStringList{"run",      "@model",    "--calibration", "@text.txt",
                           "--recipe", "@bad.json", "--set",         "seed=1"}
            << "bad.json: weights: \"bits\" is 99";
        QTest::newRow("a recipe is named by its whole path")
            << QStringList{"run",       "@model",   "--calibration",
                           "@text.txt", "--recipe", "@model/../bad.json"}
            << "bitprism-cli: @bad.json: weights";
        QTest::newRow("a key in the wrong place")
            << QStringList{"run",       "@model",   "--calibration",
                           "@text.txt", "--recipe", "@misplaced.json"}
            << "\"high_bits\" is a parameter of weights high-impact-mixed";
        QTest::newRow("a link to nowhere")
            << QStringList{"outliers", "@model", "--calibration", "@link"} << "is a link to gone";
    }

    void badInputIsStatusThreeAndOneLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, words);
        fs::remove_all(root() / "poisoned");
        fs::copy(root() / "model", root() / "poisoned");
        poison(root() / "poisoned" / "model.safetensors", "model.layers.0.self_attn.q_proj.weight",
               std::numeric_limits<float>::quiet_NaN());
        fs::remove_all(root() / "headless");
        fs::copy(root() / "model", root() / "headless");
        poison(root() / "headless" / "model.safetensors", "model.norm.weight",
               std::numeric_limits<float>::quiet_NaN());
        io::writeFileAtomically(root() / "bad.json",
                                R"({"version": 1, "weights": {"id": "rtn", "bits": 99}})");
        io::writeFileAtomically(
            root() / "misplaced.json",
            R"({"version": 1, "allocation": {"id": "high-impact-ratio", "high_bits": 4}})");
        if (!fs::is_symlink(root() / "link")) {
            fs::create_symlink("gone", root() / "link");
        }
        words.replace("@", m_folder.path() + "/");
        for (QString &argument : arguments) {
            argument.replace("@", m_folder.path() + "/");
        }
        const CliResult result = cli(arguments);
        QVERIFY2(result.isError(3, words.toStdString()), result.text().c_str());
    }

    void aStoreThatCannotBeWrittenIsStatusOne()
    {
        // A folder that is a file stands for a disk that takes nothing: root may write anywhere.
        const CliResult result = m_cli.run(runLine() + QStringList{"--store", "/proc/x.bitprism"});
        QVERIFY2(result.isError(1, "/proc/x.bitprism"), result.text().c_str());
    }

    void controlCCancelsAndResumeGivesTheSameCodes()
    {
        test::ToyLlama toy;
        toy.vocabulary = 258;
        toy.hasTokenizer = true;
        toy.hidden = 128;
        toy.intermediate = 256;
        toy.blocks = 8;
        toy.heads = 4;
        toy.keyValueHeads = 4;
        toy.headSize = 32;
        toy.context = 128;
        test::writeToyLlama(root() / "long", toy);
        const QStringList line{"run",           path("long"),
                               "--calibration", path("text.txt"),
                               "--set",         "weights.id=gptq",
                               "--set",         "calibration.samples=8",
                               "--set",         "calibration.length=128",
                               "--name",        "interrupted"};
        QProcess process;
        m_cli.start(process, line + storeFlags());
        QVERIFY(process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(
            blocksDone("interrupted") > 0 || process.state() == QProcess::NotRunning, 60'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const CliResult result = test::CliRunner::finish(process);
        if (result.status == 0) {
            QSKIP("the machine finished the run before it could be interrupted");
        }
        QVERIFY2(result.isError(130, "resume"), result.text().c_str());
        const json run = good({"list"})["runs"][0];
        QCOMPARE(run["status"].get<std::string>(), std::string("cancelled"));
        const json resumed = good({"resume", QString::fromStdString(run["id"])});
        const json fresh = good(line);
        QCOMPARE(resumed["codes_sha256"].get<std::string>(),
                 fresh["codes_sha256"].get<std::string>());
    }

private:
    fs::path root() const { return fs::path(m_folder.path().toStdString()); }
    QString path(const QString &name) const { return m_folder.path() + "/" + name; }
    QStringList storeFlags() const { return {"--json", "--store", path("store.bitprism")}; }
    CliResult cli(const QStringList &arguments) const
    {
        return m_cli.run(arguments + storeFlags());
    }
    static QString id(const json &document)
    {
        return QString::fromStdString(document["run"].get<std::string>());
    }

    /// The document of a command that must succeed; null, after a failure is noted, otherwise.
    json good(const QStringList &arguments) const
    {
        const CliResult result = cli(arguments);
        if (result.status != 0) {
            QTest::qFail(result.text().c_str(), __FILE__, __LINE__);
            throw std::runtime_error(result.text());
        }
        return result.json();
    }

    QStringList runLine() const
    {
        return {"run",   path("model"),           "--calibration", path("text.txt"),
                "--set", "weights.id=gptq",       "--set",         "weights.group_size=16",
                "--set", "calibration.samples=4", "--set",         "calibration.length=32"};
    }

    /// Of the run of this name; 0 while there is none, or no store yet.
    int blocksDone(const std::string &name) const
    {
        const CliResult listed = cli({"list"});
        const json runs = listed.status == 0 ? listed.json()["runs"] : json::array();
        for (const json &run : runs) {
            if (run["name"] == name) {
                return run["blocks_done"];
            }
        }
        return 0;
    }

    QTemporaryDir m_folder;
    QStringList m_evaluate;
    test::CliRunner m_cli{m_folder.path().toStdString()};
};

BITPRISM_TEST(TstCliJobs);
#include "tst_cli_jobs.moc"
