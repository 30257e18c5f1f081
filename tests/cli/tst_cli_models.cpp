// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "tests/cli/cli_process.h"
#include "tests/support/sanitizers.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"

#include <nlohmann/json.hpp>

#include <sys/resource.h>

using namespace bitprism;
using nlohmann::json;
using test::anySize;
using test::CliResult;
namespace fs = std::filesystem;

namespace {

void replaceHeader(const fs::path &file, const std::string &from, const std::string &to)
{
    std::string text = io::readWholeFile(file, anySize);
    text.replace(text.find(from), from.size(), to);
    io::writeFileAtomically(file, text);
}

void setConfig(const fs::path &folder, const json &changes)
{
    json config = json::parse(io::readWholeFile(folder / "config.json", anySize));
    config.merge_patch(changes);
    io::writeFileAtomically(folder / "config.json", config.dump());
}

/// Damages a good toy checkpoint in the way that `kind` names.
void damage(const fs::path &folder, const QString &kind)
{
    const fs::path weights = folder / "model.safetensors";
    if (kind == "truncated") {
        fs::resize_file(weights, fs::file_size(weights) - 100);
    } else if (kind == "oversized header") {
        replaceHeader(weights, std::string(io::readWholeFile(weights, anySize), 0, 8),
                      std::string("\xff\xff\xff\xff\xff\x00\x00\x00", 8));
    } else if (kind == "overlap") {
        replaceHeader(weights, "\"data_offsets\":[8192,8320]", "\"data_offsets\":[8064,8192]");
    } else if (kind == "duplicate key") {
        replaceHeader(weights, "model.layers.1.mlp.up_proj.weight",
                      "model.layers.0.mlp.up_proj.weight");
    } else if (kind == "wrong dtype") {
        replaceHeader(weights, "\"F32\"", "\"F77\"");
    } else if (kind == "absurd config") {
        setConfig(folder, {{"hidden_size", 4'000'000'000}});
    } else if (kind == "invalid UTF-8") {
        io::writeFileAtomically(folder / "config.json", "{\"model_type\": \"\xff\"}");
    } else if (kind == "pickle") {
        fs::rename(weights, folder / "pytorch_model.bin");
    } else if (kind == "shard outside") {
        fs::rename(weights, folder / "other.safetensors");
        io::writeFileAtomically(folder / "model.safetensors.index.json",
                                R"({"weight_map": {"a": "../x.safetensors"}})");
    } else if (kind == "missing shard") {
        fs::rename(weights, folder / "other.safetensors");
        io::writeFileAtomically(folder / "model.safetensors.index.json",
                                R"({"weight_map": {"a": "gone.safetensors"}})");
    }
}

} // namespace

class TstCliModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void inspectGivesTheContractsKeys()
    {
        test::writeToyLlama(model(), {.vocabulary = 258, .hasTokenizer = true});
        const CliResult result = cli().run({"inspect", path(), "--json"});
        QVERIFY2(result.status == 0, result.text().c_str());
        const json document = result.json();
        for (const char *key : {"family", "parameters", "blocks", "dtype", "bytes", "tokenizer",
                                "runnable", "layers"}) {
            QVERIFY2(document.contains(key), key);
        }
        for (const char *key : {"name", "block", "rows", "cols", "dtype", "kind", "bits"}) {
            QVERIFY2(document["layers"][1].contains(key), key);
        }
        QCOMPARE(document["family"].get<std::string>(), std::string("llama"));
        QVERIFY(document["runnable"].get<bool>());
        QVERIFY(document["tokenizer"].get<std::string>().find("258 tokens") != std::string::npos);
        QVERIFY(cli().run({"inspect", path()}).output.find("mlp.down_proj") != std::string::npos);
    }

    void inspectOfAHugeModelReadsOnlyHeaders()
    {
        test::writeSparse7B(model());
        const CliResult result = cli().run({"inspect", path(), "--json"});
        QVERIFY2(result.status == 0, result.text().c_str());
        QCOMPARE(result.json()["parameters"].get<std::int64_t>(), std::int64_t{6'738'415'616});
        rusage usage = {};
        getrusage(RUSAGE_CHILDREN, &usage); // the largest of this test program's children
        constexpr long limitKilobytes = 100'000;
        QVERIFY2(test::isSanitized || usage.ru_maxrss < limitKilobytes,
                 std::to_string(usage.ru_maxrss).c_str());
    }

    void aTokenizerThatCannotBeReadLeavesTheModelOpen()
    {
        test::writeToyLlama(model());
        io::writeFileAtomically(model() / "tokenizer.json", "{\"model\": 1}");
        const CliResult result = cli().run({"inspect", path(), "--json"});
        QVERIFY2(result.status == 0, result.text().c_str());
        QCOMPARE(result.json()["tokenizer"].get<std::string>(), std::string());
        QVERIFY(result.json().contains("tokenizer_problem"));
        QVERIFY(cli().run({"tokenize", path(), "--text", "a"}).isError(3, "tokenizer.json"));
    }

    void badModelsAreStatusThree_data()
    {
        QTest::addColumn<QString>("words");
        const auto add
            = [](const char *kind, const char *words) { QTest::newRow(kind) << QString(words); };
        add("truncated", "model.safetensors");
        add("oversized header", "header of");
        add("overlap", "overlaps");
        add("duplicate key", "stands twice");
        add("wrong dtype", "F77");
        add("absurd config", "hidden_size");
        add("invalid UTF-8", "config.json: invalid UTF-8");
        add("pickle", "convert it to safetensors");
        add("shard outside", "plain file name");
        add("missing shard", "gone.safetensors");
    }

    void badModelsAreStatusThree()
    {
        QFETCH(QString, words);
        test::writeToyLlama(model());
        damage(model(), QTest::currentDataTag());
        const CliResult result = cli().run({"inspect", path()});
        QVERIFY2(result.isError(3, words.toStdString()), result.text().c_str());
    }

    void tokenizeGoesThereAndBack()
    {
        test::writeToyLlama(model(), {.vocabulary = 258, .hasTokenizer = true});
        const json forward = cli().run({"tokenize", path(), "--text", "aé", "--json"}).json();
        QCOMPARE(forward["ids"].dump(), std::string("[0,99,197,171]"));
        QCOMPARE(forward["pieces"].size(), std::size_t{4});
        QCOMPARE(forward["pieces"][0].get<std::string>(), std::string("<s>"));
        const json back
            = cli().run({"tokenize", path(), "--decode", "0,99,197,171", "--json"}).json();
        QCOMPARE(back["text"].get<std::string>(), std::string("aé"));
        QCOMPARE(cli().run({"tokenize", path(), "--decode", "99"}).output, std::string("a\n"));
    }

    void badTokenizeInputHasItsStatus_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::newRow("letters") << QStringList{"--decode", "1,x"} << 2;
        QTest::newRow("negative") << QStringList{"--decode", "-5"} << 2;
        QTest::newRow("outside") << QStringList{"--decode", "258"} << 3;
    }

    void badTokenizeInputHasItsStatus()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        test::writeToyLlama(model(), {.vocabulary = 258, .hasTokenizer = true});
        const CliResult result = cli().run(QStringList{"tokenize", path()} + arguments);
        QVERIFY2(result.isError(status), result.text().c_str());
    }

    void samplesCanBeCopiedAndUsed()
    {
        const json here = cli().run({"samples", "--json"}).json();
        if (here["samples"].empty()) {
            QSKIP("no sample model in this build");
        }
        const QString target = m_folder->path() + "/copies";
        const CliResult result = cli().run({"samples", "--copy", target, "--json"});
        QVERIFY2(result.status == 0, result.text().c_str());
        const json samples = result.json()["samples"];
        for (const json &sample : samples) {
            for (const char *key : {"name", "family", "path", "parameters", "data", "tasks"}) {
                QVERIFY2(sample.contains(key), key);
            }
            const std::string folder = sample["path"];
            QVERIFY(folder.starts_with(target.toStdString()));
            QVERIFY(fs::exists(fs::path(folder) / "model.safetensors"));
            QVERIFY(fs::exists(sample["data"]["calibration"].get<std::string>()));
            QVERIFY(fs::exists(sample["data"]["evaluation"].get<std::string>()));
        }
        const CliResult again = cli().run({"samples", "--copy", target});
        QVERIFY2(again.isError(3, "exists already"), again.text().c_str());
    }

private:
    fs::path model() const { return fs::path(m_folder->path().toStdString()) / "model"; }
    QString path() const { return QString::fromStdString(model().string()); }
    test::CliRunner cli() const { return test::CliRunner(m_folder->path().toStdString()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstCliModels);
#include "tst_cli_models.moc"
