// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/io/safetensors.h"
#include "tests/cli/cli_process.h"
#include "tests/support/sanitizers.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"

#include <QtCore/QStandardPaths>
#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

#include <limits>

using namespace bitprism;
using nlohmann::json;
using test::CliResult;
namespace fs = std::filesystem;

/// convert, and inspect of what it made; completion and the manual page.
class TstCliConvert : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        test::ToyLlama toy;
        toy.hidden = 64;
        toy.intermediate = 96;
        toy.headSize = 16;
        toy.vocabulary = 258;
        toy.hasTokenizer = true;
        test::writeToyLlama(root() / "model", toy);
    }

    void convertsWithoutTheEngine()
    {
        const CliResult result = run({"convert", path("model"), "--format", "gguf", "--type",
                                      "q4_0", "--output", path("out.gguf"), "--json"});
        QVERIFY2(result.status == 0, result.text().c_str());
        const json document = result.json();
        QCOMPARE(document["output"].get<std::string>(), (root() / "out.gguf").string());
        QCOMPARE(document["bytes"].get<std::uintmax_t>(), fs::file_size(root() / "out.gguf"));
        QVERIFY(document["seconds"] >= 0.0);
        // Far below what reading LibTorch's libraries alone takes.
        constexpr std::int64_t withoutEngine = 120'000'000;
        QVERIFY(test::isSanitized
                || document["peak_rss_bytes"].get<std::int64_t>() < withoutEngine);
        const CliResult shown = run({"inspect", path("out.gguf"), "--json"});
        QVERIFY2(shown.status == 0, shown.text().c_str());
        const json model = shown.json();
        QCOMPARE(model["family"].get<std::string>(), std::string("llama"));
        QVERIFY(model["runnable"] == true);
        for (const json &layer : model["layers"]) {
            if (layer["kind"] == "mlp_up") {
                QCOMPARE(layer["dtype"].get<std::string>(), std::string("Q4_0"));
                QCOMPARE(layer["bits"].get<double>(), 4.5);
            }
        }
        const CliResult ids = run({"tokenize", path("out.gguf"), "--text", "abc", "--json"});
        QVERIFY2(ids.status == 0, ids.text().c_str());
        QVERIFY(ids.json()["ids"]
                == run({"tokenize", path("model"), "--text", "abc", "--json"}).json()["ids"]);
        const CliResult back = run({"convert", path("out.gguf"), "--format", "safetensors",
                                    "--type", "f16", "--output", path("back")});
        QVERIFY2(back.status == 0, back.text().c_str());
        QVERIFY(run({"inspect", path("back")}).status == 0);
    }

    /// Codes stand for weights of the model's own type; FP32 where config.json names none.
    void decodesCodesToTheTypeOfTheModel_data()
    {
        QTest::addColumn<QString>("named");
        QTest::addColumn<QString>("type");
        QTest::newRow("bf16") << "bfloat16"
                              << "BF16";
        QTest::newRow("f16") << "float16"
                             << "F16";
        QTest::newRow("none") << ""
                              << "F32";
    }

    void decodesCodesToTheTypeOfTheModel()
    {
        QFETCH(QString, named);
        QFETCH(QString, type);
        test::ToyLlama toy;
        toy.hasTokenizer = true;
        const fs::path source = root() / ("named" + named.toStdString());
        test::writeToyLlama(source, toy);
        json config = json::parse(io::readWholeFile(source / "config.json", 1 << 20));
        config.erase("torch_dtype");
        if (!named.isEmpty()) {
            config["torch_dtype"] = named.toStdString();
        }
        io::writeFileAtomically(source / "config.json", config.dump());
        const QString coded = path("coded" + named + ".gguf");
        const QString decoded = path("decoded" + named);
        QVERIFY(run({"convert", QString::fromStdString(source.string()), "--format", "gguf",
                     "--type", "q8_0", "--output", coded})
                    .status
                == 0);
        const CliResult written
            = run({"convert", coded, "--format", "safetensors", "--output", decoded});
        QVERIFY2(written.status == 0, written.text().c_str());
        const json layers = run({"inspect", decoded, "--json"}).json()["layers"];
        QVERIFY(!layers.empty());
        for (const json &layer : layers) {
            if (layer["kind"] == "mlp_up") {
                QCOMPARE(layer["dtype"].get<std::string>(), type.toStdString());
            }
        }
    }

    void saysTheBytesBeforeItWrites()
    {
        for (const char *format : {"gguf", "safetensors"}) {
            const QStringList line{"convert",  path("model"), "--format", format,
                                   "--output", path("sized"), "--json"};
            const CliResult before = run(line + QStringList{"--dry-run"});
            QVERIFY2(before.status == 0, before.text().c_str());
            QVERIFY(!fs::exists(root() / "sized"));
            const CliResult written = run(line);
            QVERIFY2(written.status == 0, written.text().c_str());
            QCOMPARE(before.json()["bytes"].get<std::int64_t>(),
                     written.json()["bytes"].get<std::int64_t>());
            fs::remove_all(root() / "sized");
        }
    }

    void leavesFilesThatAreThere()
    {
        io::writeFileAtomically(root() / "notes.txt", "mine");
        const QStringList line{"convert", path("model"), "--format",
                               "gguf",    "--output",    path("notes.txt")};
        for (const QStringList &more : {QStringList{}, QStringList{"--dry-run"}}) {
            const CliResult refused = run(line + more);
            QVERIFY2(refused.isError(3, "exists already"), refused.text().c_str());
            QVERIFY(refused.errors.find("--overwrite") != std::string::npos);
        }
        QCOMPARE(io::readWholeFile(root() / "notes.txt", 100), std::string("mine"));
        const CliResult replaced = run(line + QStringList{"--overwrite"});
        QVERIFY2(replaced.status == 0, replaced.text().c_str());
        QVERIFY(run({"inspect", path("notes.txt")}).status == 0);
        const QStringList folder{"convert",  path("model"), "--format",   "safetensors",
                                 "--output", path("model"), "--overwrite"};
        QVERIFY(run(folder).isError(3, "exists already"));
    }

    void textsOfADryRunSayBytes()
    {
        const QStringList line{"convert", path("model"), "--format", "gguf",
                               "--type",  "q8_0",        "--output", path("out.gguf")};
        const CliResult planned = run(line + QStringList{"--dry-run"});
        QVERIFY2(planned.status == 0, planned.text().c_str());
        const CliResult written = run(line);
        QVERIFY2(written.status == 0, written.text().c_str());
        const std::string bytes = std::to_string(fs::file_size(root() / "out.gguf")) + " bytes";
        QVERIFY2(planned.output.find(bytes + " would be written") != std::string::npos,
                 planned.output.c_str());
        QVERIFY(written.output.find(bytes) != std::string::npos);
        QVERIFY(written.output.find("would") == std::string::npos);
    }

    /// Without a search by default, as llama.cpp; the note says what the other way would bring.
    void saysHowScalesWereFound()
    {
        const auto converted = [&](const char *type, const QStringList &more) {
            const CliResult result
                = run(QStringList{"convert", path("model"), "--format", "gguf", "--type", type,
                                  "--output", path("f.gguf"), "--overwrite", "--json"}
                      + more);
            return result.status == 0 ? std::pair(result.json()["notes"].size(),
                                                  io::readWholeFile(root() / "f.gguf", 1 << 24))
                                      : std::pair(std::size_t{99}, result.text());
        };
        for (const char *type : {"q8_0", "q4_0", "q4_1", "q5_0", "q5_1"}) {
            const auto usual = converted(type, {});
            const auto direct = converted(type, {"--search", "direct"});
            const auto best = converted(type, {"--search", "best"});
            QCOMPARE(usual.first, std::size_t{1});
            QCOMPARE(best.first, std::size_t{0});
            QVERIFY(usual.second == direct.second);
            QVERIFY(usual.second != best.second);
        }
        QCOMPARE(converted("f16", {}).first, std::size_t{0}); // has no scales
    }

    void namesTheTensorThatIsNotFinite()
    {
        test::ToyLlama toy;
        toy.hasTokenizer = true;
        test::writeToyLlama(root() / "nan", toy);
        const fs::path file = root() / "nan" / "model.safetensors";
        const std::string tensor = "model.layers.1.mlp.up_proj.weight";
        const io::SafetensorsFile source(file);
        std::string bytes = io::readWholeFile(file, std::uint64_t{1} << 30);
        const float bad = std::numeric_limits<float>::quiet_NaN();
        bytes.replace(8 + source.header().size() + source.find(tensor)->begin, sizeof bad,
                      reinterpret_cast<const char *>(&bad), sizeof bad);
        io::writeFileAtomically(file, bytes);
        const CliResult result = run({"convert", path("nan"), "--format", "gguf", "--type", "q8_0",
                                      "--output", path("nan.gguf")});
        QVERIFY2(result.isError(3, tensor), result.text().c_str());
        QVERIFY(result.errors.find("model.safetensors") != std::string::npos);
        QVERIFY(!fs::exists(root() / "nan.gguf"));
    }

    void refusesBadRequests_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("words");
        QTest::newRow("format") << QStringList{"--format", "zip"} << 3 << "zip";
        QTest::newRow("type") << QStringList{"--format", "gguf", "--type", "q9"} << 3 << "q9";
        QTest::newRow("no codes") << QStringList{"--format", "awq"} << 3 << "no integer codes";
        QTest::newRow("type of codes")
            << QStringList{"--format", "awq", "--type", "q4_0"} << 2 << "--type";
        QTest::newRow("imatrix") << QStringList{"--format", "gguf", "--imatrix", "nothing"} << 3
                                 << "nothing";
        QTest::newRow("key") << QStringList{"--format", "gguf", "--set", "exporter.tipe=x"} << 3
                             << "tipe";
    }

    void refusesBadRequests()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        QFETCH(QString, words);
        const CliResult result
            = run(QStringList{"convert", path("model"), "--output", path("out")} + arguments);
        QVERIFY2(result.isError(status, words.toStdString()), result.text().c_str());
        QVERIFY(!fs::exists(root() / "out"));
    }

    void helpNamesEveryType()
    {
        if (!test::CliRunner::hasEngine()) {
            QSKIP("this build has no engine");
        }
        const std::string help = run({"convert", "--help"}).output;
        int types = 0;
        for (const char *format : {"gguf", "safetensors"}) {
            const json component = run({"methods", format, "--json"}).json()["components"][0];
            for (const json &choice : component["parameters"][0]["choices"]) {
                QVERIFY2(choice == "source" || help.find(choice.get<std::string>()) != help.npos,
                         choice.dump().c_str());
                ++types;
            }
        }
        QVERIFY(types > 15);
    }

    /// What completes is what --help lists.
    void completionKnowsEveryCommandAndFlag()
    {
        const CliResult bash = run({"completion", "bash"});
        QVERIFY(bash.status == 0);
        const CliResult zsh = run({"completion", "zsh"});
        const CliResult man = run({"completion", "man"});
        const QString help = QString::fromStdString(run({"--help"}).output);
        int commands = 0;
        for (const QString &line :
             help.section("Commands:\n", 1).section("\n\n", 0, 0).split('\n')) {
            const std::string name = line.simplified().section(' ', 0, 0).toStdString();
            QVERIFY2(bash.output.find(" " + name + ")") != std::string::npos, name.c_str());
            QVERIFY2(zsh.output.find(" " + name + ")") != std::string::npos, name.c_str());
            // A bare hyphen would be a dash to roff.
            const std::string roff = QString::fromStdString(name).replace("-", "\\-").toStdString();
            QVERIFY2(man.output.find(".SS " + roff) != std::string::npos, name.c_str());
            ++commands;
        }
        QVERIFY(commands >= 20);
        QVERIFY(bash.output.find("--imatrix") != std::string::npos);
        QVERIFY(man.output.find("\\-\\-imatrix") != std::string::npos);
        QVERIFY(run({"completion", "fish"}).isError(2, "fish"));
    }

    void bashTakesTheCompletion()
    {
        const QString bash = QStandardPaths::findExecutable("bash");
        if (bash.isEmpty()) {
            QSKIP("no bash");
        }
        QProcess process;
        process.start(bash,
                      {"--norc", "-c",
                       "eval \"$(\"$1\" completion bash)\"\ncompopt() { :; }\n"
                       "COMP_WORDS=(bitprism-cli conv); COMP_CWORD=1; _bitprism_cli\n"
                       "echo \"${COMPREPLY[@]}\"\n"
                       "COMP_WORDS=(bitprism-cli convert --im); COMP_CWORD=2; _bitprism_cli\n"
                       "echo \"${COMPREPLY[@]}\"\n"
                       "COMP_WORDS=(bitprism-cli report x --format h); COMP_CWORD=4\n"
                       "_bitprism_cli; echo \"${COMPREPLY[@]}\"\n"
                       "COMP_WORDS=(bitprism-cli export --format g); COMP_CWORD=3\n"
                       "_bitprism_cli; echo \"${COMPREPLY[@]}\"\n"
                       "COMP_WORDS=(bitprism-cli run m --device \"\"); COMP_CWORD=4\n"
                       "_bitprism_cli; echo \"${COMPREPLY[@]}\"\n"
                       "COMP_WORDS=(bitprism-cli completion z); COMP_CWORD=2\n"
                       "_bitprism_cli; echo \"${COMPREPLY[@]}\"\n",
                       "bash", test::CliRunner::program()});
        QVERIFY(process.waitForFinished(30'000));
        const QByteArray errors = process.readAllStandardError();
        QVERIFY2(errors.isEmpty(), errors.constData());
        QCOMPARE(process.readAllStandardOutput(),
                 QByteArray("convert\n--imatrix\nhtml\ngptq gguf\ncpu cuda\nzsh\n"));
    }

private:
    fs::path root() const { return m_folder->path().toStdString(); }
    QString path(const QString &name) const
    {
        return QString::fromStdString((root() / name.toStdString()).string());
    }
    CliResult run(const QStringList &arguments) const
    {
        return test::CliRunner(root() / "data").run(arguments);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstCliConvert);
#include "tst_cli_convert.moc"
