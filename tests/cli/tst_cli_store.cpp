// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/store/experiment_store.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"

#include <QDir>
#include <nlohmann/json.hpp>

using namespace bitprism;
using nlohmann::json;
using test::anySize;
using test::CliResult;
namespace fs = std::filesystem;

namespace {

ModelInfo toyModel()
{
    ModelInfo info;
    info.name = "toy";
    info.path = "/models/toy";
    return info;
}

RunSummary summaryOf(const std::string &id, double bits)
{
    RunSummary summary;
    summary.run = id;
    summary.averageBits = bits;
    summary.bytes = 1000;
    summary.complete = true;
    return summary;
}

} // namespace

class TstCliStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void listsNewestFirst()
    {
        const QStringList ids = writeRuns(3);
        const json runs = cli().run({"list", "--store", file(), "--json"}).json()["runs"];
        QCOMPARE(runs.size(), std::size_t{3});
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(runs[i]["id"].get<std::string>(), ids[2 - static_cast<int>(i)].toStdString());
            for (const char *key :
                 {"name", "model", "status", "blocks_done", "blocks", "created"}) {
                QVERIFY2(runs[i].contains(key), key);
            }
            QCOMPARE(runs[i]["status"].get<std::string>(), std::string("finished"));
        }
        QCOMPARE(
            cli().run({"list", "--store", file(), "--limit", "2", "--json"}).json()["runs"].size(),
            std::size_t{2});
        QVERIFY(cli().run({"list", "--store", file()}).output.find("finished")
                != std::string::npos);
    }

    void showsOneRunByPrefix()
    {
        const QString id = writeRuns(1).front();
        const CliResult result
            = cli().run({"show", id.left(id.size() - 1), "--store", file(), "--json"});
        QVERIFY2(result.status == 0, result.text().c_str());
        const json document = result.json();
        for (const char *key : {"id", "status", "recipe", "environment", "results"}) {
            QVERIFY2(document.contains(key), key);
        }
        QCOMPARE(document["results"]["run"]["average_bits"].get<double>(), 4.0);
        QVERIFY(document["recipe"].is_object());
    }

    void deletesOneRun()
    {
        const QStringList ids = writeRuns(2);
        QCOMPARE(cli().run({"delete", ids[0], "--store", file()}).status, 0);
        const json runs = cli().run({"list", "--store", file(), "--json"}).json()["runs"];
        QCOMPARE(runs.size(), std::size_t{1});
        QCOMPARE(runs[0]["id"].get<std::string>(), ids[1].toStdString());
    }

    void unknownRunsAreBadInput_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("show") << QStringList{"show", "nothing"};
        QTest::newRow("delete") << QStringList{"delete", "nothing"};
        QTest::newRow("resume") << QStringList{"resume", "nothing"};
        QTest::newRow("export") << QStringList{"export",      "nothing",  "--format",
                                               "safetensors", "--output", "/tmp/none"};
    }

    void unknownRunsAreBadInput()
    {
        QFETCH(QStringList, arguments);
        writeRuns(1);
        const CliResult result = cli().run(arguments + QStringList{"--store", file()});
        QVERIFY2(result.isError(3, "nothing"), result.text().c_str());
    }

    /// What is wrong is the document; that something is, also stands on standard error.
    void checkNamesWhatIsWrong()
    {
        writeRuns(1);
        QVERIFY(QDir().mkpath(file() + ".d/stray"));
        const CliResult checked = cli().run({"store", "check", "--store", file(), "--json"});
        QCOMPARE(checked.status, 3);
        QVERIFY(!checked.json()["ok"].get<bool>() && !checked.json()["problems"].empty());
        QVERIFY2(checked.errors.find("not in order") != std::string::npos, checked.text().c_str());
    }

    void checkVacuumAndBackup()
    {
        writeRuns(2);
        const json checked = cli().run({"store", "check", "--store", file(), "--json"}).json();
        QVERIFY2(checked["ok"].get<bool>(), checked.dump().c_str());
        QVERIFY(checked["problems"].empty());
        const QString copy = m_folder->path() + "/copy.bitprism";
        QCOMPARE(cli().run({"store", "backup", copy, "--store", file()}).status, 0);
        QCOMPARE(cli().run({"store", "vacuum", "--store", file()}).status, 0);
        QCOMPARE(cli().run({"list", "--store", copy, "--json"}).json()["runs"].size(),
                 std::size_t{2});
    }

    void aStoreThatIsNoneIsRefusedAndUntouched_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("text") << QByteArray("this is no store, just a long enough text file\n");
        QTest::newRow("empty pages") << QByteArray(8192, 'x');
        QTest::newRow("header only") << QByteArray("SQLite format 3\0garbage garbage", 31);
    }

    void aStoreThatIsNoneIsRefusedAndUntouched()
    {
        QFETCH(QByteArray, content);
        io::writeFileAtomically(file().toStdString(), content.toStdString());
        for (const QStringList &arguments :
             {QStringList{"list"}, {"store", "check"}, {"store", "vacuum"}, {"delete", "x"}}) {
            const CliResult result = cli().run(arguments + QStringList{"--store", file()});
            QVERIFY2(result.isError(3, file().toStdString()), result.text().c_str());
        }
        QVERIFY(io::readWholeFile(file().toStdString(), anySize) == content.toStdString());
    }

    void aDamagedStoreIsStatusThree()
    {
        writeRuns(3);
        std::string bytes = io::readWholeFile(file().toStdString(), anySize);
        // Behind the header page: rows and indices.
        for (std::size_t i = 4096 + 100; i < bytes.size(); i += 7) {
            bytes[i] = static_cast<char>(~bytes[i]);
        }
        io::writeFileAtomically(file().toStdString(), bytes);
        const CliResult result = cli().run({"list", "--store", file()});
        QVERIFY2(result.isError(3), result.text().c_str());
    }

    void theUsersOwnStoreIsEmptyUntilSomethingRuns()
    {
        const CliResult result = cli().run({"list", "--json"});
        QCOMPARE(result.status, 0);
        QVERIFY(result.json()["runs"].empty());
        QVERIFY(!fs::exists(fs::path(m_folder->path().toStdString()) / "bitprism"));
        const CliResult other = cli().run({"list", "--store", "/nowhere/x.bitprism"});
        QVERIFY2(other.isError(3, "/nowhere/x.bitprism"), other.text().c_str());
    }

private:
    QString file() const { return m_folder->path() + "/store.bitprism"; }
    test::CliRunner cli() const { return test::CliRunner(m_folder->path().toStdString()); }

    /// Finished runs, oldest first.
    QStringList writeRuns(int count) const
    {
        QStringList ids;
        store::ExperimentStore opened(file().toStdString());
        for (int i = 0; i < count; ++i) {
            store::RunRequest request;
            request.kind = "run";
            request.name = "run " + std::to_string(i);
            const store::NewRun made = opened.createRun(request, toyModel(), "hash");
            opened.putResult(made.id, summaryOf(made.id, 4));
            opened.setStatus(made.id, store::RunStatus::Finished);
            ids.append(QString::fromStdString(made.id));
        }
        return ids;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstCliStore);
#include "tst_cli_store.moc"
