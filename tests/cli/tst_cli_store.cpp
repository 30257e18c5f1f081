// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/store/database.h"
#include "core/store/experiment_store.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <QDir>
#include <nlohmann/json.hpp>

#include <algorithm>

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

    /// All of it by default; without the long lists what is left fits a page.
    void showsARunInBrief()
    {
        QString id;
        {
            store::ExperimentStore opened(file().toStdString());
            id = QString::fromStdString(test::addToyRun(opened, "measured", 4, "{}"));
            opened.putResult(id.toStdString(), test::toyOutliers());
            RunSummary summary = test::toyRunSummary(id.toStdString(), 4);
            summary.metrics[0].measured.windowDivergence.assign(8, 0.5);
            opened.putResult(id.toStdString(), summary);
        }
        const json whole = cli().run({"show", id, "--store", file(), "--json"}).json();
        const json brief = cli().run({"show", id, "--brief", "--store", file(), "--json"}).json();
        const json &metric = whole["results"]["run"]["metrics"][0];
        QVERIFY(metric.contains("window_nll") && metric.contains("window_kl"));
        QVERIFY(whole["results"]["outliers"]["layers"][0].contains("channel_max_abs"));
        const json &kept = brief["results"]["run"]["metrics"][0];
        QVERIFY(!kept.contains("window_nll") && !kept.contains("window_tokens"));
        QVERIFY(!kept.contains("window_kl"));
        QCOMPARE(kept["value"].get<double>(), metric["value"].get<double>());
        const json &layer = brief["results"]["outliers"]["layers"][0];
        QVERIFY(layer.contains("max_abs") && !layer.contains("channel_max_abs"));
        QVERIFY(brief["recipe"] == whole["recipe"]);
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
        // An error is never quiet, and one line that names the store.
        const CliResult quiet = cli().run({"store", "check", "--store", file(), "--quiet"});
        QCOMPARE(quiet.status, 3);
        QVERIFY2(quiet.errors.find(file().toStdString() + " is not in order") != std::string::npos,
                 quiet.text().c_str());
        QCOMPARE(std::count(quiet.errors.begin(), quiet.errors.end(), '\n'), 1);
    }

    void showGoesOnWithoutADamagedResult()
    {
        const QString id = writeRuns(1).front();
        {
            store::ExperimentStore opened(file().toStdString());
            opened.putResult(id.toStdString(), test::toyOutliers());
            const store::Database database(file().toStdString(), store::OpenMode::ReadWrite);
            database.execute("UPDATE results SET body = '{' WHERE kind = 'outliers'");
        }
        const json shown = cli().run({"show", id, "--store", file(), "--json"}).json();
        QVERIFY(shown["results"].contains("run") && !shown["results"].contains("outliers"));
        QCOMPARE(shown["notes"].size(), std::size_t{1});
        const CliResult text = cli().run({"show", id, "--store", file()});
        QVERIFY2(text.status == 0
                     && text.output.find("the result outliers is damaged") != std::string::npos,
                 text.text().c_str());
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

    /// A backup is the file alone: in order, and plain about what it does not hold.
    void aBackupSaysThatCodesStayed()
    {
        const QString copy = m_folder->path() + "/copy.bitprism";
        QString id;
        {
            store::ExperimentStore opened(file().toStdString());
            id = QString::fromStdString(test::addToyRun(opened, "done", 4, "{}"));
        }
        const CliResult made = cli().run({"store", "backup", copy, "--store", file()});
        QVERIFY2(made.output.find("Codes stay in the folder") != std::string::npos,
                 made.text().c_str());
        const CliResult checked = cli().run({"store", "check", "--store", copy, "--json"});
        QVERIFY2(checked.status == 0, checked.text().c_str());
        QVERIFY(checked.json()["ok"].get<bool>());
        QVERIFY(checked.json()["notes"].dump().find(id.toStdString()) != std::string::npos);
        QVERIFY(cli().run({"store", "check", "--store", file(), "--json"}).json()["notes"].empty());
    }

    void aDamagedStoreLosesNothingByADelete()
    {
        const QStringList ids = writeRuns(3);
        std::int64_t page = 0;
        {
            const store::Database database(file().toStdString(), store::OpenMode::ReadOnly);
            page = database.integer("SELECT rootpage FROM sqlite_master WHERE name = 'blobs'");
        }
        std::string bytes = io::readWholeFile(file().toStdString(), anySize);
        std::fill_n(bytes.begin() + 4096 * (page - 1), 4096, '\xA5'); // no run needs that page
        io::writeFileAtomically(file().toStdString(), bytes);
        for (const QString &id : ids) {
            const CliResult result = cli().run({"delete", id, "--store", file()});
            QVERIFY2(result.isError(3, "damaged"), result.text().c_str());
        }
        QVERIFY(io::readWholeFile(file().toStdString(), anySize) == bytes);
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
