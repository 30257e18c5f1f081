// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"
#include "tests/support/test_main.h"

#include <filesystem>
#include <functional>
#include <limits>

using namespace bitprism;
using namespace bitprism::store;

namespace {

ErrorCode codeOf(const std::function<void()> &action)
{
    try {
        action();
    } catch (const Error &error) {
        return error.code();
    }
    return ErrorCode::Cancelled; // nothing was thrown
}

} // namespace

class TstDatabase : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = std::filesystem::path(m_folder->path().toStdString()) / "a?b#c%d \u00e9.db";
        m_database = std::make_unique<Database>(m_file, OpenMode::ReadWrite);
        m_database->execute("CREATE TABLE t (i INTEGER, r REAL, s TEXT, b BLOB)");
    }

    void cleanup()
    {
        m_database.reset();
        m_folder.reset();
    }

    void namesWithSignsOfUrisAreFiles() { QVERIFY(std::filesystem::exists(m_file)); }

    void valuesComeBackAsBound()
    {
        const std::string text("a\0b\xc3\xa9", 5);
        const std::string bytes("\0\xff\x01", 3);
        constexpr std::int64_t large = std::numeric_limits<std::int64_t>::min();
        Statement(*m_database, "INSERT INTO t VALUES (?, ?, ?, ?)")
            .bind(large, 0.1, text, std::as_bytes(std::span(bytes)))
            .run();
        Statement query(*m_database, "SELECT i, r, s, b FROM t");
        QVERIFY(query.step());
        QCOMPARE(query.integer(0), large);
        QCOMPARE(query.real(1), 0.1);
        QVERIFY(query.text(2) == text);
        QVERIFY(query.bytes(3) == bytes);
        QVERIFY(!query.step());
    }

    void absentValuesAreNull()
    {
        Statement(*m_database, "INSERT INTO t VALUES (?, ?, ?, ?)")
            .bind(std::optional<std::int64_t>(), std::numeric_limits<double>::quiet_NaN(),
                  std::string_view(), std::span<const std::byte>())
            .run();
        Statement query(*m_database, "SELECT i, r, s, b FROM t");
        QVERIFY(query.step());
        QVERIFY(query.isNull(0));
        QVERIFY(query.isNull(1));
        QVERIFY(!query.optionalReal(1));
        QVERIFY(!query.isNull(2)); // an empty text is a text
        QVERIFY(!query.isNull(3));
        QVERIFY(query.text(2).empty());
    }

    void statementsServeAgainAfterReset()
    {
        Statement insert(*m_database, "INSERT INTO t (i, s) VALUES (?, ?)");
        for (int i = 0; i < 3; ++i) {
            insert.bind(i, "x").run();
            insert.reset();
        }
        QCOMPARE(m_database->integer("SELECT sum(i) FROM t"), 3);
    }

    void aTransactionIsWholeOrNothing()
    {
        {
            const Transaction abandoned(*m_database);
            m_database->execute("INSERT INTO t (i) VALUES (1)");
        }
        QCOMPARE(m_database->integer("SELECT count(*) FROM t"), 0);
        Transaction kept(*m_database);
        m_database->execute("INSERT INTO t (i) VALUES (1)");
        kept.commit();
        QCOMPARE(m_database->integer("SELECT count(*) FROM t"), 1);
    }

    void anotherWriterIsIo()
    {
        const Database other(m_file, OpenMode::ReadWrite);
        other.execute("PRAGMA busy_timeout = 0");
        const Transaction held(*m_database);
        QCOMPARE(codeOf([&] { const Transaction second(other); }), ErrorCode::Io);
    }

    void readOnlyConnectionsCannotWrite()
    {
        const Database reader(m_file, OpenMode::ReadOnly);
        QCOMPARE(codeOf([&] { reader.execute("INSERT INTO t (i) VALUES (1)"); }), ErrorCode::Io);
    }

    void ourOwnMistakesAreInternal()
    {
        QCOMPARE(codeOf([&] { m_database->execute("SELECT FROM WHERE"); }), ErrorCode::Internal);
        QCOMPARE(codeOf([&] { m_database->execute("SELECT '"); }), ErrorCode::Internal);
        QCOMPARE(codeOf([&] { m_database->execute("BEGIN; BEGIN"); }), ErrorCode::Internal);
        m_database->execute("ROLLBACK");
    }

    void aMissingTableOrColumnIsDamage()
    {
        QCOMPARE(codeOf([&] { Statement(*m_database, "SELECT * FROM nowhere"); }),
                 ErrorCode::BadInput);
        QCOMPARE(codeOf([&] { Statement(*m_database, "SELECT missing FROM t"); }),
                 ErrorCode::BadInput);
    }

    void nothingInAMailedSchemaRuns()
    {
        m_database->execute("CREATE TABLE victim (i INTEGER); INSERT INTO victim VALUES (1);"
                            "CREATE TRIGGER evil AFTER INSERT ON t BEGIN DELETE FROM victim; END");
        const Database opened(m_file, OpenMode::ReadWrite);
        opened.execute("INSERT INTO t (i) VALUES (1)");
        QCOMPARE(opened.integer("SELECT count(*) FROM victim"), 1);
    }

    void lookingLeavesNoTrace()
    {
        m_database->execute("PRAGMA journal_mode = wal; PRAGMA user_version = 7");
        m_database.reset();
        const QStringList before = QDir(m_folder->path()).entryList(QDir::Files);
        const Database::Header header = Database::peek(m_file);
        QVERIFY(header.isDatabase && !header.isDamaged);
        QCOMPARE(header.userVersion, 7);
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), before);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_file;
    std::unique_ptr<Database> m_database;
};

BITPRISM_TEST(TstDatabase);
#include "tst_database.moc"
