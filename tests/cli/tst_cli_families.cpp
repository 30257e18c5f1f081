// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/support/toy_families.h"
#include "tests/support/toy_media_families.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using nlohmann::json;
using test::CliResult;
namespace fs = std::filesystem;

namespace {

const std::set<std::string> maskedHead{
    "cls.predictions.transform.dense.weight", "cls.predictions.transform.dense.bias",
    "cls.predictions.transform.LayerNorm.weight", "cls.predictions.transform.LayerNorm.bias",
    "cls.predictions.bias"};

/// Lines of letters that every toy tokenizer knows.
std::string lines()
{
    std::string text;
    for (int i = 0; i < 40; ++i) {
        for (int word = 0; word < 6; ++word) {
            text += std::string(1, static_cast<char>('a' + (i * 7 + word * 3) % 26))
                + static_cast<char>('a' + (i + word) % 26) + " ";
        }
        text += "\n";
    }
    return text;
}

void writeFamily(const fs::path &folder, const std::string &family)
{
    test::ToyFamily toy;
    toy.hasTokenizer = true;
    toy.modelType = family;
    if (family == "llama" || family == "qwen3") {
        test::writeToyLlama(folder, {.modelType = family, .vocabulary = 258, .hasTokenizer = true});
    } else if (family == "clip") {
        test::writeToyClip(folder);
    } else if (family == "clip-resnet") {
        test::writeToyClipResNet(folder);
    } else if (family == "whisper") {
        test::writeToyWhisper(folder);
    } else if (family == "whisper-encoder") {
        test::writeToyWhisper(folder, {"model.decoder.embed_tokens.weight"});
    } else if (family == "moonshine") {
        test::writeToyMoonshine(folder);
    } else {
        if (family == "bert-classes") {
            toy.modelType = "bert";
            toy.classifies = true;
        } else if (family == "bert-bare") {
            toy.modelType = "bert";
            toy.without = maskedHead;
        }
        test::writeToyFamily(folder, toy);
    }
}

} // namespace

/// inspect, evaluate, outliers, sensitivity and run on a toy of every family, as a user calls them.
class TstCliFamilies : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    fs::path at(const std::string &name) const
    {
        return fs::path(m_folder.path().toStdString()) / name;
    }
    QString path(const std::string &name) const
    {
        return QString::fromStdString(at(name).string());
    }
    CliResult cli(const QStringList &arguments) const
    {
        return test::CliRunner(at("home"))
            .run(arguments + QStringList{"--json", "--store", path("runs.bitprism"), "--quiet"});
    }

private Q_SLOTS:
    void initTestCase()
    {
        io::writeFileAtomically(at("lines.txt"), lines());
        io::writeFileAtomically(at("classes.csv"),
                                "text,label\nab cd,no\nxy zz,yes\nmore words,maybe\n");
        fs::create_directories(at("tones"));
        std::string list = "file,text\n";
        for (int i = 0; i < 3; ++i) {
            const std::string name = "tone" + std::to_string(i) + ".wav";
            test::writeToyTone(at("tones") / name, 300 + 400 * i, 16000);
            list += "tones/" + name + ",w1 w2\n";
        }
        io::writeFileAtomically(at("speech.csv"), list);
        for (const char *name : {"cat", "dog"}) {
            fs::create_directories(at("images") / name);
            for (const char *file : {"rgb.png", "grey.png"}) {
                fs::copy_file(fs::path(test::sourceDir()) / "tests/data/media" / file,
                              at("images") / name / file);
            }
        }
    }

    void everyCommandWorks_data()
    {
        QTest::addColumn<QString>("data");
        QTest::addColumn<QString>("task");
        const auto add = [](const char *family, const char *data, const char *task) {
            QTest::newRow(family) << data << task;
        };
        add("llama", "lines.txt", "perplexity");
        add("qwen3", "lines.txt", "perplexity");
        add("gpt2", "lines.txt", "perplexity");
        add("opt", "lines.txt", "perplexity");
        add("bert", "lines.txt", "masked-nll");
        add("bert-classes", "classes.csv", "accuracy");
        add("bert-bare", "lines.txt", "output-error");
        add("roberta", "lines.txt", "masked-nll");
        add("albert", "lines.txt", "masked-nll");
        add("llada", "lines.txt", "masked-nll");
        add("clip", "images", "zero-shot-images");
        add("clip-resnet", "images", "zero-shot-images");
        add("whisper", "speech.csv", "wer");
        add("whisper-encoder", "speech.csv", "output-error");
        add("moonshine", "speech.csv", "wer");
    }

    void everyCommandWorks()
    {
        if (!test::CliRunner::hasEngine()) {
            QSKIP("this build has no engine");
        }
        QFETCH(QString, data);
        QFETCH(QString, task);
        const std::string family = QTest::currentDataTag();
        writeFamily(at(family), family);
        const QString model = path(family);
        const QString file = path(data.toStdString());
        const bool scores = task != "zero-shot-images" && task != "output-error";

        const CliResult inspected = cli({"inspect", model});
        QVERIFY2(inspected.status == 0, inspected.text().c_str());
        QVERIFY(inspected.json()["runnable"].get<bool>());

        QStringList evaluate{"evaluate", model, "--task", task, "--data", file, "--samples", "4"};
        if (task == "output-error") {
            evaluate << "--reference" << model;
        }
        if (task == "perplexity") {
            const CliResult deaf = cli({"evaluate", model, "--task", "wer", "--data", file});
            QVERIFY(deaf.isError(3, "does not listen to speech"));
        }
        const CliResult evaluated = cli(evaluate);
        QVERIFY2(evaluated.status == 0, evaluated.text().c_str());
        QVERIFY(evaluated.json()["value"].is_number());

        const CliResult outliers = cli({"outliers", model, "--calibration", file, "--set",
                                        "calibration.samples=3", "--set", "calibration.length=16"});
        QVERIFY2(outliers.status == 0, outliers.text().c_str());
        QVERIFY(!outliers.json()["layers"].empty());

        const CliResult probed
            = cli({"sensitivity", model, "--calibration", file, "--bits", "2", "--samples", "3",
                   "--length", "16", "--set", "quantizer.group_size=0"});
        QVERIFY2(probed.status == 0, probed.text().c_str());
        QVERIFY(!probed.json()["layers"].empty());
        const json cells = probed.json()["layers"];
        for (const json &cell : cells) {
            const char *key = scores ? "delta_nll" : "model_output_error";
            QVERIFY2(cell[key].is_number(), cell.dump().c_str());
        }

        const CliResult run = cli(
            {"run", model, "--calibration", file, "--set", "weights.id=rtn", "--set",
             "weights.bits=4", "--set", "weights.group_size=0", "--set", "calibration.samples=3",
             "--set", "calibration.length=16", "--evaluate", task + ":" + file, "--samples", "4"});
        QVERIFY2(run.status == 0, run.text().c_str());
        QVERIFY(run.json()["metrics"][0]["value"].is_number());
    }

    void aTokenizerOfAnotherModelIsRefused()
    {
        if (!test::CliRunner::hasEngine()) {
            QSKIP("this build has no engine");
        }
        test::writeToyLlama(at("bytes"), {.vocabulary = 258, .hasTokenizer = true});
        test::writeToyLlama(at("misfit"), {.vocabulary = 64});
        fs::copy_file(at("bytes") / "tokenizer.json", at("misfit") / "tokenizer.json");
        const CliResult result = cli(
            {"evaluate", path("misfit"), "--task", "perplexity", "--data", path("lines.txt")});
        QVERIFY2(result.isError(3, "its tokenizer has 258 tokens, but the model's vocabulary 64"),
                 result.text().c_str());
        test::writeToyLlama(at("wide"), {.vocabulary = 1024});
        fs::copy_file(at("bytes") / "tokenizer.json", at("wide") / "tokenizer.json");
        const CliResult wide
            = cli({"evaluate", path("wide"), "--task", "perplexity", "--data", path("lines.txt")});
        QVERIFY2(wide.isError(3,
                              "its tokenizer has only 258 tokens, but the model's vocabulary "
                              "1024"),
                 wide.text().c_str());
        // As many tokens, but not those that the model's own settings name.
        test::writeToyLlama(at("foreign"), {.vocabulary = 258, .hasTokenizer = true});
        io::writeFileAtomically(at("foreign") / "tokenizer_config.json",
                                R"({"eos_token": {"content": "<|theirs|>"}})");
        for (const char *model : {"misfit", "wide", "foreign"}) {
            const char *words = std::string_view(model) == "foreign" ? "<|theirs|>" : "258 tokens";
            QVERIFY(cli({"tokenize", path(model), "--text", "abc"}).isError(3, words));
            QVERIFY(cli({"tokenize", path(model), "--decode", "1,2"}).isError(3, words));
        }
        fs::create_directory(at("alone")); // a tokenizer without a model fits nothing else
        fs::copy_file(at("bytes") / "tokenizer.json", at("alone") / "tokenizer.json");
        QVERIFY(cli({"tokenize", path("alone"), "--text", "abc"}).status == 0);
        for (const char *model : {"misfit", "wide"}) { // what reads no text does not mind
            const json inspected = cli({"inspect", path(model)}).json();
            QVERIFY(inspected["runnable"].get<bool>());
            const std::string problem = inspected["tokenizer_problem"].get<std::string>();
            QVERIFY2(problem.find("258 tokens, but") != std::string::npos, problem.c_str());
            const CliResult plan = cli({"run", path(model), "--dry-run", "--set", "weights.id=rtn",
                                        "--set", "weights.group_size=0"});
            QVERIFY2(plan.status == 0, plan.text().c_str());
        }
    }

    void anUnknownFamilyServesItsWeights()
    {
        if (!test::CliRunner::hasEngine()) {
            QSKIP("this build has no engine");
        }
        test::writeToyLlama(at("novel"),
                            {.modelType = "llama",
                             .intermediate = 64,
                             .vocabulary = 258,
                             .hasTokenizer = true,
                             .extraConfig = R"({"model_type": "novel"})"});
        const QString model = path("novel");
        QVERIFY(!cli({"inspect", model}).json()["runnable"].get<bool>());
        const CliResult outliers = cli({"outliers", model});
        QVERIFY2(outliers.status == 0, outliers.text().c_str());
        QVERIFY(outliers.json()["of_weights"].get<bool>());
        const CliResult probed = cli({"sensitivity", model, "--bits", "4"});
        QVERIFY2(probed.status == 0, probed.text().c_str());
        const CliResult run = cli({"run", model, "--set", "weights.id=ggml-q4-0"});
        QVERIFY2(run.status == 0, run.text().c_str());
        QVERIFY(
            cli({"run", model, "--set", "weights.id=gptq"}).isError(3, "\"novel\" cannot be run"));
        QVERIFY(cli({"evaluate", model, "--task", "perplexity", "--data", path("lines.txt")})
                    .isError(3, "cannot be run"));
    }
};

BITPRISM_TEST(TstCliFamilies);
#include "tst_cli_families.moc"
