// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"
#include "core/store/migrations.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

using namespace bitprism;
using namespace bitprism::store;

namespace {

constexpr const char *secondStep = "ALTER TABLE models ADD COLUMN licence TEXT NOT NULL DEFAULT ''";

std::vector<Migration> withStep(const char *sql)
{
    std::vector<Migration> steps(migrations().begin(), migrations().end());
    steps.push_back({steps.back().version + 1, "0002_test", sql});
    return steps;
}

QByteArray contentOf(const std::filesystem::path &file)
{
    QFile input(QString::fromStdString(file.string()));
    return input.open(QIODevice::ReadOnly) ? input.readAll() : QByteArray("cannot be read");
}

void write(const std::filesystem::path &file, const QByteArray &bytes)
{
    QFile output(QString::fromStdString(file.string()));
    QVERIFY(output.open(QIODevice::WriteOnly));
    QCOMPARE(output.write(bytes), bytes.size());
}

/// Root may write anywhere, so permissions are tried as somebody else.
class WithoutPrivileges
{
public:
    WithoutPrivileges()
        : m_user(::geteuid())
    {
        if (m_user == 0 && ::seteuid(65534) != 0) {
            qWarning("cannot change the user");
        }
    }
    ~WithoutPrivileges()
    {
        if (m_user == 0 && ::seteuid(0) != 0) {
            qWarning("cannot change the user back");
        }
    }

private:
    uid_t m_user;
};

} // namespace

class TstStoreFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = std::filesystem::path(m_folder->path().toStdString()) / "project.bitprism";
    }

    void aFreshStoreIsMarkedAndEmpty()
    {
        const ExperimentStore store(m_file);
        QCOMPARE(store.countRuns(), 0);
        const Database database(m_file, OpenMode::ReadOnly);
        QCOMPARE(database.integer("PRAGMA application_id"), applicationId);
        QCOMPARE(database.integer("PRAGMA user_version"), migrations().back().version);
        QCOMPARE(database.integer("PRAGMA foreign_keys"), 1);
        QCOMPARE(database.integer("PRAGMA synchronous"), 2);
        Statement mode(database, "PRAGMA journal_mode");
        QVERIFY(mode.step());
        QCOMPARE(mode.text(0), std::string("wal"));
    }

    void whatOneOpensTheOtherReads()
    {
        std::string id;
        {
            ExperimentStore store(m_file);
            id = test::addToyRun(store, "kept", 3, "{}");
        }
        QCOMPARE(ExperimentStore(m_file).run(id).name, std::string("kept"));
        QCOMPARE(ExperimentStore(m_file, OpenMode::ReadOnly).run(id).blocksDone, 2);
    }

    /// A window keeps its connection for hours, so that no close is the last one.
    void theFileAloneHoldsWhatWasWrittenWhileAnotherReads()
    {
        {
            const ExperimentStore made(m_file);
        }
        const ExperimentStore window(m_file, OpenMode::ReadOnly);
        QCOMPARE(window.countRuns(), 0);
        std::string id;
        {
            ExperimentStore store(m_file);
            id = test::addToyRun(store, "mailed", 3, "{}");
        }
        QCOMPARE(window.countRuns(), 1);
        std::error_code absent;
        const auto logBytes = std::filesystem::file_size(m_file.string() + "-wal", absent);
        QVERIFY(absent || logBytes == 0);
        const std::filesystem::path copy
            = std::filesystem::path(m_folder->path().toStdString()) / "copy.bitprism";
        write(copy, contentOf(m_file));
        const ExperimentStore mailed(copy, OpenMode::ReadOnly);
        QVERIFY(mailed.run(id).status == RunStatus::Finished);
        QVERIFY(!mailed.results(id).empty());
    }

    void migrationsAreNumberedFromOne()
    {
        int version = 0;
        for (const Migration &step : migrations()) {
            QCOMPARE(step.version, ++version);
        }
        QVERIFY(version >= 1);
    }

    void unusableFilesAreRefusedUntouched_data()
    {
        QTest::addColumn<QString>("made");
        QTest::addColumn<QString>("word");
        QTest::newRow("newer") << "newer"
                               << "newer Bitprism";
        QTest::newRow("foreign database") << "foreign"
                                          << "not a Bitprism store";
        QTest::newRow("text") << "text"
                              << "not a Bitprism store";
        QTest::newRow("long text") << "long text"
                                   << "not a Bitprism store";
        QTest::newRow("cut off") << "cut"
                                 << "damaged";
        QTest::newRow("schema of an unknown format") << "format"
                                                     << "damaged";
        QTest::newRow("tables missing") << "bare"
                                        << "damaged";
    }

    void unusableFilesAreRefusedUntouched()
    {
        QFETCH(QString, made);
        QFETCH(QString, word);
        make(made);
        const QByteArray before = contentOf(m_file);
        const QStringList entries = QDir(m_folder->path()).entryList(QDir::Files);
        for (const OpenMode mode : {OpenMode::ReadWrite, OpenMode::ReadOnly}) {
            try {
                const ExperimentStore store(m_file, mode);
                QFAIL("accepted");
            } catch (const Error &error) {
                QCOMPARE(error.code(), ErrorCode::BadInput);
                QVERIFY2(QString(error.what()).contains(word), error.what());
                QVERIFY2(QString(error.what()).contains("project.bitprism"), error.what());
            }
            QVERIFY(contentOf(m_file) == before);
            QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), entries);
        }
    }

    void aDamagedPageIsReportedAndNamed()
    {
        {
            ExperimentStore store(m_file);
            for (int i = 0; i < 20; ++i) {
                test::addToyRun(store, "run " + std::to_string(i), 4, "{}");
            }
            store.vacuum();
        }
        QByteArray bytes = contentOf(m_file);
        const qsizetype page = 4096;
        QVERIFY(bytes.size() > 12 * page);
        for (qsizetype at = 12 * page; at < bytes.size(); ++at) {
            bytes[at] = static_cast<char>(0xA5);
        }
        write(m_file, bytes);
        try {
            ExperimentStore store(m_file);
            QVERIFY(!store.check().ok);
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains("damaged"), error.what());
        }
    }

    void placesWithoutAStoreAreNamed_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<bool>("writes");
        QTest::newRow("no folder") << "missing/project.bitprism" << true;
        QTest::newRow("a folder") << "." << true;
        QTest::newRow("nothing to read") << "absent.bitprism" << false;
    }

    void placesWithoutAStoreAreNamed()
    {
        QFETCH(QString, path);
        QFETCH(bool, writes);
        const auto file
            = std::filesystem::path(m_folder->path().toStdString()) / path.toStdString();
        try {
            const ExperimentStore store(file, writes ? OpenMode::ReadWrite : OpenMode::ReadOnly);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
        }
        QVERIFY(QDir(m_folder->path()).entryList(QDir::Files).isEmpty());
    }

    void anEmptyFileIsNoStoreUntilItIsWritten()
    {
        write(m_file, QByteArray());
        QVERIFY_EXCEPTION_THROWN(ExperimentStore(m_file, OpenMode::ReadOnly), Error);
        QCOMPARE(ExperimentStore(m_file).countRuns(), 0);
    }

    void aReadOnlyFolderIsAnIoError()
    {
        QVERIFY(::chmod(m_folder->path().toStdString().c_str(), 0555) == 0);
        const WithoutPrivileges user;
        try {
            const ExperimentStore store(m_file);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::Io);
            QVERIFY2(QString(error.what()).contains("project.bitprism"), error.what());
        }
    }

    void aStoreInAReadOnlyFolderCanBeRead()
    {
        std::string id;
        {
            ExperimentStore store(m_file);
            id = test::addToyRun(store, "kept", 3, "{}");
        }
        QVERIFY(::chmod(m_folder->path().toStdString().c_str(), 0555) == 0);
        const WithoutPrivileges user;
        const ExperimentStore store(m_file, OpenMode::ReadOnly);
        QCOMPARE(store.run(id).name, std::string("kept"));
        QCOMPARE(store.run(id).status, RunStatus::Finished);
    }

    void aFullDiskIsAnIoErrorAndKeepsWhatWasCommitted()
    {
        ExperimentStore store(m_file);
        const std::string id = test::addToyRun(store, "kept", 3, "{}");
        const Database database(m_file, OpenMode::ReadWrite);
        database.execute("PRAGMA max_page_count = 1"); // SQLite's own way to a full disk
        try {
            Statement(database,
                      "INSERT INTO blobs (run_id, name, bytes) VALUES (?, 'x', "
                      "zeroblob(1000000))")
                .bind(id)
                .run();
            QFAIL("stored");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::Io);
            QVERIFY2(QString(error.what()).contains("full"), error.what());
        }
        QVERIFY(!store.blob(id, "x"));
        QCOMPARE(store.run(id).blocksDone, 2);
    }

    void anOlderStoreIsCopiedThenMigrated()
    {
        {
            ExperimentStore store(m_file);
            test::addToyRun(store, "kept", 3, "{}");
        }
        const Database database(m_file, OpenMode::ReadWrite);
        migrate(database, withStep(secondStep));
        const int version = migrations().back().version;
        QCOMPARE(database.integer("PRAGMA user_version"), version + 1);
        QCOMPARE(database.integer("SELECT count(*) FROM models WHERE licence = ''"), 1);
        const std::filesystem::path copy = m_file.string() + ".backup-v" + std::to_string(version);
        const ExperimentStore before(copy);
        QCOMPARE(before.listRuns().front().name, std::string("kept"));
    }

    void headlinesOfOlderRowsAreTakenFromTheirMeasurements_data()
    {
        QTest::addColumn<bool>("readsOnly");
        QTest::newRow("to write") << false;
        QTest::newRow("to read") << true;
    }

    void headlinesOfOlderRowsAreTakenFromTheirMeasurements()
    {
        QFETCH(bool, readsOnly);
        {
            const Database database(m_file, OpenMode::ReadWrite);
            migrate(database, migrations().first(1));
            database.execute(
                "INSERT INTO models VALUES (1, 'h', 'toy', 'llama', 1, 2, '{}', '');"
                "INSERT INTO recipes VALUES (1, '{}'); INSERT INTO environments VALUES (1, '{}');"
                "INSERT INTO runs (number, id, name, kind, model_id, model_path, recipe_id, "
                "environment_id, request, status, created) VALUES (1, 'old', 'old run', 'run', 1, "
                "'/m', 1, 1, '{}', 'finished', '2026-01-01');"
                "INSERT INTO metrics VALUES ('old', 'perplexity', '/d', 8.5, 0.25, 'perplexity', "
                "'{\"nll\": 2.25, \"length\": 64, \"kl_divergence\": 0.5, \"kl_stderr\": 0.125}', "
                "'{\"value\": 8.0, \"nll\": 2.0}', '2026-01-01');"
                "INSERT INTO metrics VALUES ('old', 'accuracy', '/d', 0.5, 0.25, 'accuracy', "
                "'{\"task\": \"accuracy\", \"value\": 0.5}', NULL, '2026-01-02')");
        }
        const ExperimentStore store(m_file, readsOnly ? OpenMode::ReadOnly : OpenMode::ReadWrite);
        const RunRecord run = store.listRuns().front();
        QCOMPARE(run.name, std::string("old run"));
        QCOMPARE(run.metrics.size(), std::size_t{2});
        QVERIFY(run.metrics.back().higherIsBetter);
        QVERIFY(store.metrics("old").back().measured.higherIsBetter);
        const HeadlineMetric &metric = run.metrics.front();
        QVERIFY(metric.key.empty() && !metric.higherIsBetter);
        QCOMPARE(metric.length, std::int64_t{64});
        QCOMPARE(metric.value, std::optional(8.5));
        QCOMPARE(metric.standardError, std::optional(0.25));
        QCOMPARE(metric.baseline, std::optional(8.0));
        QCOMPARE(metric.deltaNll, std::optional(0.25));
        QVERIFY(!metric.deltaNllStandardError);
        QCOMPARE(metric.klDivergence, std::optional(0.5));
        QCOMPARE(metric.klStandardError, std::optional(0.125));
        QVERIFY(std::filesystem::exists(m_file.string() + ".backup-v1"));
    }

    void differencesThatAreNoLossesAreDropped()
    {
        {
            const Database database(m_file, OpenMode::ReadWrite);
            migrate(database, migrations().first(1));
            database.execute(
                "INSERT INTO models VALUES (1, 'h', 'toy', 'llama', 1, 2, '{}', '');"
                "INSERT INTO recipes VALUES (1, '{}'); INSERT INTO environments VALUES (1, '{}');"
                "INSERT INTO runs (number, id, name, kind, model_id, model_path, recipe_id, "
                "environment_id, request, status, created) VALUES (1, 'old', 'old run', 'run', 1, "
                "'/m', 1, 1, '{}', 'finished', '2026-01-01')");
            migrate(database, migrations().first(4));
            for (const auto &[task, measured] :
                 {std::pair{"wer", "{\"value\": 12.5}"}, {"perplexity", "{\"nll\": 2.25}"}}) {
                Statement(database,
                          "INSERT INTO metrics (run_id, task, data, key, parameters, length, "
                          "stride, higher_is_better, value, unit, measured, created, delta_nll, "
                          "delta_nll_standard_error) VALUES ('old', ?, '/d', '', '', 0, 0, 0, 1, "
                          "'', ?, '2026-01-01', 2.5, 0.5)")
                    .bind(std::string_view(task), std::string_view(measured))
                    .run();
            }
        }
        const ExperimentStore store(m_file);
        const RunRecord run = store.listRuns().front();
        QCOMPARE(run.metrics.size(), std::size_t{2});
        for (const HeadlineMetric &metric : run.metrics) {
            QCOMPARE(metric.deltaNll.has_value(), metric.task == "perplexity");
            QCOMPARE(metric.deltaNllStandardError.has_value(), metric.task == "perplexity");
        }
    }

    /// Bits, size and measurement of evaluations from before, and the name each run's model had.
    void olderEvaluationsBecomeComparable()
    {
        {
            const Database database(m_file, OpenMode::ReadWrite);
            migrate(database, migrations().first(5));
            database.execute(
                "INSERT INTO models VALUES (1, 'h', 'copy', 'llama', 9, 700, '{\"layers\": ["
                "{\"kind\": \"embedding\", \"bits\": 16.0, \"rows\": 9, \"cols\": 9, "
                "\"block\": -1, \"quantizable\": true},"
                "{\"kind\": \"mlp_up\", \"bits\": 4.5, \"rows\": 2, \"cols\": 8, "
                "\"block\": 0, \"quantizable\": true},"
                "{\"kind\": \"mlp_down\", \"bits\": 8.5, \"rows\": 6, \"cols\": 8, "
                "\"block\": 0, \"quantizable\": true}]}', '');"
                "INSERT INTO recipes VALUES (1, '{}'); INSERT INTO environments VALUES (1, '{}');"
                "INSERT INTO runs (number, id, name, kind, model_id, model_path, recipe_id, "
                "environment_id, request, status, created) VALUES (1, 'old', 'old', 'evaluate', 1, "
                "'/m/first', 1, 1, '{}', 'finished', '2026-01-01'), (2, 'run', 'run', 'run', 1, "
                "'/hub/snapshots/abc', 1, 1, '{}', 'failed', '2026-01-02');"
                "INSERT INTO results VALUES ('old', 'evaluation', '', '{\"task\": \"perplexity\", "
                "\"data\": \"/d\", \"value\": 8.5, \"nll\": 2.1, \"length\": 64, \"key\": "
                "\"k\"}', '2026-01-01')");
        }
        const ExperimentStore store(m_file);
        const RunRecord old = store.run("old");
        QCOMPARE(old.averageBits, std::optional(0.25 * 4.5 + 0.75 * 8.5));
        QCOMPARE(old.bytes, std::optional<std::int64_t>(700));
        QCOMPARE(old.model, std::string("first"));
        QCOMPARE(old.metrics.at(0).value, std::optional(8.5));
        QCOMPARE(store.metrics("old").at(0).measured.key, std::string("k"));
        const RunRecord run = store.run("run");
        QVERIFY(!run.averageBits && !run.bytes);
        QCOMPARE(run.model, std::string("copy")); // a revision is no name
    }

    void aFailingMigrationChangesNothing()
    {
        {
            ExperimentStore store(m_file);
            test::addToyRun(store, "kept", 3, "{}");
        }
        {
            const Database database(m_file, OpenMode::ReadWrite);
            const auto steps = withStep("DROP TABLE blobs; CREATE TABLE runs (id TEXT)");
            QVERIFY_EXCEPTION_THROWN(migrate(database, steps), Error);
            QCOMPARE(database.integer("PRAGMA user_version"), migrations().back().version);
        }
        const ExperimentStore store(m_file);
        QCOMPARE(store.listRuns().front().name, std::string("kept"));
        QVERIFY(store.check().ok);
    }

    void backupIsOneFileThatOpens()
    {
        ExperimentStore store(m_file);
        const std::string id = test::addToyRun(store, "kept", 3, "{}");
        const std::filesystem::path copy = m_file.parent_path() / "copy.bitprism";
        store.backup(copy);
        test::addToyRun(store, "later", 3, "{}");
        QVERIFY(!std::filesystem::exists(copy.string() + "-wal"));
        const ExperimentStore opened(copy, OpenMode::ReadOnly);
        QCOMPARE(opened.countRuns(), 1);
        QVERIFY(opened.resultOf<RunSummary>(id) != nullptr);
        store.backup(copy); // replaces a store
        QCOMPARE(ExperimentStore(copy, OpenMode::ReadOnly).countRuns(), 2);
    }

    void backupRefusesToOverwriteOtherThings()
    {
        const ExperimentStore store(m_file);
        const std::filesystem::path letter = m_file.parent_path() / "letter.txt";
        write(letter, "Dear reader");
        for (const std::filesystem::path &target :
             {letter, m_file, m_file.parent_path(), m_file.parent_path() / "no" / "where"}) {
            QVERIFY_EXCEPTION_THROWN(store.backup(target), Error);
        }
        QCOMPARE(contentOf(letter), QByteArray("Dear reader"));
        QCOMPARE(store.countRuns(), 0);
    }

    void checkFindsFoldersThatBelongToNoRun()
    {
        ExperimentStore store(m_file);
        const std::string id = test::addToyRun(store, "kept", 3, "{}");
        QVERIFY(store.check().ok);
        std::filesystem::create_directories(store.runFolder("stray"));
        const CheckReport report = store.check();
        QVERIFY(!report.ok);
        QCOMPARE(report.problems.size(), std::size_t{1});
        QVERIFY(report.problems.front().find("stray") != std::string::npos);
    }

    void checkFindsBrokenReferences()
    {
        ExperimentStore store(m_file);
        test::addToyRun(store, "kept", 3, "{}");
        {
            const Database database(m_file, OpenMode::ReadWrite);
            database.execute("PRAGMA foreign_keys = OFF; DELETE FROM models");
        }
        const CheckReport report = store.check();
        QVERIFY(!report.ok);
        QVERIFY(report.problems.front().find("runs") != std::string::npos);
    }

    void vacuumShrinksAndKeeps()
    {
        ExperimentStore store(m_file);
        const std::string kept = test::addToyRun(store, "kept", 3, "{}");
        const std::string large = test::addToyRun(store, "large", 3, "{}");
        const std::string bytes(2000000, 'x');
        store.putBlob(large, "map", std::as_bytes(std::span(bytes)));
        store.vacuum();
        const auto before = std::filesystem::file_size(m_file);
        store.deleteRun(large);
        store.vacuum();
        QVERIFY(std::filesystem::file_size(m_file) + bytes.size() < before + 100000);
        QCOMPARE(store.run(kept).name, std::string("kept"));
    }

    void plansUseTheIndexOfTheNewest()
    {
        const ExperimentStore store(m_file);
        const Database database(m_file, OpenMode::ReadOnly);
        Statement plan(database,
                       "EXPLAIN QUERY PLAN SELECT id FROM runs ORDER BY created DESC, "
                       "number DESC LIMIT 100");
        std::string steps;
        while (plan.step()) {
            steps += plan.text(3);
        }
        QVERIFY2(steps.find("runs_by_created") != std::string::npos, steps.c_str());
        QVERIFY2(steps.find("TEMP B-TREE") == std::string::npos, steps.c_str());
    }

private:
    void make(const QString &what)
    {
        if (what == "newer") {
            {
                const ExperimentStore store(m_file);
            }
            const Database database(m_file, OpenMode::ReadWrite);
            database.execute("PRAGMA user_version = 99");
        } else if (what == "foreign") {
            const Database database(m_file, OpenMode::ReadWrite);
            database.execute("CREATE TABLE letters (id INTEGER)");
        } else if (what == "bare") {
            const Database database(m_file, OpenMode::ReadWrite);
            database.execute("CREATE TABLE runs (id INTEGER); PRAGMA application_id = "
                             + std::to_string(applicationId) + "; PRAGMA user_version = 1");
        } else if (what == "cut") {
            {
                const ExperimentStore store(m_file);
            }
            write(m_file, contentOf(m_file).left(10000));
        } else if (what == "format") {
            {
                const ExperimentStore store(m_file);
            }
            QByteArray bytes = contentOf(m_file);
            bytes[47] = 0x7F; // the schema format, of which SQLite knows 1 to 4
            write(m_file, bytes);
        } else {
            write(m_file, what == "text" ? QByteArray("hello") : QByteArray(5000, 'h'));
        }
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_file;
};

BITPRISM_TEST(TstStoreFiles);
#include "tst_store_files.moc"
