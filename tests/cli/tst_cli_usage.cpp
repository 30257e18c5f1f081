// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using test::CliResult;

class TstCliUsage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wrongUsageIsStatusTwoAndOneLine_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("words");
        const auto add = [](const char *line, const char *words) {
            QTest::newRow(line) << QString(line).split(' ', Qt::SkipEmptyParts) << words;
        };
        add("", "command is missing");
        add("--json", "command is missing");
        add("frobnicate", "\"frobnicate\"");
        add("--frobnicate list", "--frobnicate");
        add("inspect", "MODEL");
        add("inspect a b", "\"b\"");
        add("inspect a --frobnicate", "--frobnicate");
        add("list --json=yes", "--json takes no value");
        add("list --store", "--store needs a value");
        add("list --threads 0", "--threads");
        add("list --threads many", "\"many\"");
        add("list --seed -1", "--seed");
        add("list --device tpu", "tpu");
        add("list --device cuda:x", "cuda:N");
        add("list --limit 0", "--limit");
        add("list --kind foo", "sensitivity");
        add("compare one", "2 times or more");
        add("outliers m --calibration=", "--calibration needs a value");
        add("report r --format html --output=", "--output needs a value");
        add("tokenize m", "--text or --decode");
        add("tokenize m --text a --decode 1", "--text or --decode");
        add("generate m", "--prompt S is missing");
        add("generate m --prompt", "--prompt needs a value");
        add("evaluate m --data f", "--task T is missing");
        add("evaluate m --task perplexity --data --json", "--data needs a value");
        add("outliers m", "--calibration F is missing");
        if (test::CliRunner::hasEngine()) {
            add("run tiny-llama --set weights.id=gptq", "needs calibration data");
        }
        add("evaluate . --task perplexity --data f --length 0", "between 2 and");
        add("evaluate . --task perplexity --data f --length 1", "between 2 and");
        add("evaluate . --task perplexity --data f --documents=", "--documents needs a value");
        if (test::CliRunner::hasEngine()) {
            add("sensitivity tiny-llama --calibration /proc/self/exe --bits 9", "between 1 and 8");
            add("sensitivity tiny-llama --calibration /proc/self/exe --length 1", "between 2 and");
        }
        add("completion fish", "\"fish\"");
        add("convert m --format awq --output o --search best", "--search");
        add("show", "ID");
        add("delete", "ID");
        add("store", "ACTION");
        add("store shred", "\"shred\"");
        add("store backup", "FILE");
        add("store check x", "only backup takes a file");
        add("export r --output x", "--format");
        add("bench", "--list");
    }

    void wrongUsageIsStatusTwoAndOneLine()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, words);
        const CliResult result = m_cli.run(arguments);
        QVERIFY2(result.isError(2, words.toStdString()), result.text().c_str());
        const CliResult quiet = m_cli.run(arguments + QStringList{"--quiet"});
        QVERIFY2(quiet.isError(2), quiet.text().c_str());
    }

    void helpNamesEveryCommandAndEachHasAPage()
    {
        const CliResult help = m_cli.run({"--help"});
        QCOMPARE(help.status, 0);
        QVERIFY(help.errors.empty());
        const QStringList commands{"inspect",  "methods",  "samples",     "tokenize", "generate",
                                   "evaluate", "outliers", "sensitivity", "allocate", "run",
                                   "resume",   "list",     "show",        "delete",   "compare",
                                   "report",   "export",   "store",       "bench"};
        for (const QString &command : commands) {
            QVERIFY2(help.output.find("\n  " + command.toStdString() + " ") != std::string::npos,
                     qPrintable(command));
            const CliResult page = m_cli.run({command, "--help"});
            QCOMPARE(page.status, 0);
            QVERIFY(page.output.starts_with("Usage: bitprism-cli " + command.toStdString()));
            QVERIFY(page.output.find("--store FILE") != std::string::npos);
        }
        QVERIFY(m_cli.run({"run", "--help", "--json"}).json().contains("help"));
    }

    void benchTellsWhatItMeasured()
    {
        if (!test::CliRunner::hasEngine()) {
            QSKIP("this build has no engine");
        }
        const CliResult list = m_cli.run({"--json", "bench", "--list"});
        QCOMPARE(list.status, 0);
        QVERIFY(list.json()["benches"].size() >= 8);
        const QStringList small{"bench", "packing", "--set", "bench.codes=1000"};
        const CliResult measured = m_cli.run(QStringList{"--json"} + small);
        QVERIFY2(measured.status == 0, measured.text().c_str());
        const nlohmann::json document = measured.json();
        QCOMPARE(document["name"].get<std::string>(), std::string("packing"));
        QCOMPARE(document["work"].get<double>(), 1000.0);
        QCOMPARE(document["unit"].get<std::string>(), std::string("codes"));
        QVERIFY(document["seconds"].get<double>() > 0);
        QVERIFY(document["fraction_of_peak"].get<double>() > 0);
        QVERIFY(m_cli.run(small).output.find("Fraction of peak:") != std::string::npos);
        const CliResult unknown = m_cli.run({"bench", "warp"});
        QVERIFY2(unknown.isError(3, "\"warp\""), unknown.text().c_str());
        const CliResult range = m_cli.run({"bench", "packing", "--set", "bench.bits=9"});
        QVERIFY2(range.isError(3, "bits"), range.text().c_str());
    }

    void versionIsTold()
    {
        QVERIFY(m_cli.run({"--version"}).output.starts_with("bitprism-cli "));
        QVERIFY(m_cli.run({"--version", "--json"}).json()["version"].is_string());
    }

    void globalOptionsStandBeforeOrAfterTheCommand()
    {
        for (const QStringList &line :
             {QStringList{"--json", "list"}, {"list", "--json"}, {"--quiet", "list", "--json"}}) {
            const CliResult result = m_cli.run(line);
            QCOMPARE(result.status, 0);
            QVERIFY(result.json()["runs"].empty());
            QVERIFY(result.errors.empty());
        }
    }

    void outputThatCannotBeWrittenIsStatusOne()
    {
        QProcess process;
        process.setStandardOutputFile("/dev/full");
        m_cli.start(process, {"list"});
        const CliResult result = test::CliRunner::finish(process);
        QVERIFY2(result.isError(1, "standard output: cannot write"), result.text().c_str());
    }

    void afterTwoDashesNothingIsAFlag()
    {
        const CliResult result = m_cli.run({"inspect", "--", "--json"});
        QVERIFY2(result.isError(3, "--json: no such folder"), result.text().c_str());
    }

    /// Qt would replace the byte, so that a shell has to make it.
    void argumentsThatAreNotUtf8AreASentence()
    {
        QProcess process;
        process.start("/bin/sh",
                      {"-c",
                       "exec \"$0\" evaluate . --task perplexity --data "
                       "\"$(printf 'a\\377')\"",
                       test::CliRunner::program()});
        const CliResult result = test::CliRunner::finish(process);
        QVERIFY2(result.isError(3, "UTF-8"), result.text().c_str());
    }

    void quickCommandsLoadNoLibTorch_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("help") << QStringList{"--help"};
        QTest::newRow("list") << QStringList{"list"};
        QTest::newRow("samples") << QStringList{"samples"};
        QTest::newRow("inspect") << QStringList{"inspect", "/nowhere"};
        QTest::newRow("missing data")
            << QStringList{"evaluate", ".", "--task", "perplexity", "--data", "/nowhere"};
    }

    void quickCommandsLoadNoLibTorch()
    {
        QFETCH(QStringList, arguments);
        const CliResult result = m_cli.run(arguments, {{"LD_DEBUG", "libs"}});
        QVERIFY(result.errors.find("libbitprism-base") != std::string::npos);
        QVERIFY(result.errors.find("torch") == std::string::npos);
    }

private:
    QTemporaryDir m_folder;
    test::CliRunner m_cli{m_folder.path().toStdString()};
};

BITPRISM_TEST(TstCliUsage);
#include "tst_cli_usage.moc"
