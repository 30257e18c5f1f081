// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file_hash.h"
#include "core/store/database.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <QDir>

#include <csignal>
#include <filesystem>
#include <sys/resource.h>

using namespace bitprism;
using namespace bitprism::store;
using test::Complaint;
using test::complaintOf;
namespace fs = std::filesystem;

namespace {

QByteArray bytesOf(const fs::path &file)
{
    QFile input(QString::fromStdString(file.string()));
    return input.open(QIODevice::ReadOnly) ? input.readAll() : QByteArray("cannot be read");
}

/// Overwrites the page that `query` names.
void damagePage(const fs::path &file, const std::string &query)
{
    std::int64_t page = 0;
    std::int64_t bytes = 0;
    {
        const Database database(file, OpenMode::ReadOnly);
        page = database.integer(query);
        bytes = database.integer("PRAGMA page_size");
    }
    QFile output(QString::fromStdString(file.string()));
    QVERIFY(output.open(QIODevice::ReadWrite));
    QVERIFY(page > 1 && output.seek((page - 1) * bytes));
    QCOMPARE(output.write(QByteArray(static_cast<int>(bytes), '\xA5')), bytes);
}

/// The first page of the table `name`, which runs without rows there do not need.
void damageTable(const fs::path &file, const std::string &name)
{
    damagePage(file, "SELECT rootpage FROM sqlite_master WHERE name = '" + name + "'");
}

RunRequest requestOf(const std::string &name)
{
    RunRequest request;
    request.kind = "run";
    request.name = name;
    request.blocks = 2;
    return request;
}

/// As on a full disk: no file of this process can grow.
class NoRoom
{
public:
    NoRoom()
    {
        m_handler = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit none = m_before;
        none.rlim_cur = 0;
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    NoRoom(const NoRoom &) = delete;
    NoRoom &operator=(const NoRoom &) = delete;
    ~NoRoom()
    {
        ::setrlimit(RLIMIT_FSIZE, &m_before);
        std::signal(SIGXFSZ, m_handler);
    }

private:
    void (*m_handler)(int) = SIG_DFL;
    rlimit m_before{};
};

} // namespace

/// Stores that are damaged, alone without their folder, or on a full disk.
class TstStoreDamage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_file = root() / "project.bitprism";
    }

    void nothingIsWrittenToADamagedStore_data()
    {
        QTest::addColumn<QString>("change");
        for (const char *change :
             {"delete", "create", "rename", "lock", "result", "backup", "vacuum"}) {
            QTest::newRow(change) << QString(change);
        }
    }

    void nothingIsWrittenToADamagedStore()
    {
        QFETCH(QString, change);
        std::string id;
        {
            ExperimentStore store(m_file);
            id = test::addToyRun(store, "plain", 4, "{}");
            const std::string other = test::addToyRun(store, "with a map", 4, "{}");
            store.putBlob(other, "map", std::as_bytes(std::span("values", 6)));
            store.vacuum();
        }
        damageTable(m_file, "blobs");
        const QByteArray before = bytesOf(m_file);
        const Complaint complaint = complaintOf([&] {
            ExperimentStore store(m_file);
            if (change == "delete") {
                store.deleteRun(id);
            } else if (change == "create") {
                store.createRun(requestOf("new"), test::toyModelInfo(), "hash");
            } else if (change == "rename") {
                store.renameRun(id, "other");
            } else if (change == "lock") {
                store.lockRun(id);
            } else if (change == "result") {
                store.putResult(id, test::toyAllocation());
            } else if (change == "backup") {
                store.backup(root() / "copy.bitprism");
            } else {
                store.vacuum();
            }
        });
        QVERIFY2(complaint.isBadInputNaming("project.bitprism is damaged"), complaint.text.c_str());
        QCOMPARE(complaint.text.find('\n'), std::string::npos);
        QVERIFY(bytesOf(m_file) == before);
        QVERIFY(!fs::exists(root() / "copy.bitprism"));
        const ExperimentStore store(m_file, OpenMode::ReadOnly);
        QCOMPARE(store.run(id).name, std::string("plain"));
        QCOMPARE(QDir(folderName()).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 2);
    }

    /// A backup is in another journal mode than a store at work; changing it is a write too.
    void aDamagedBackupStaysAsItIs()
    {
        const fs::path copy = root() / "copy.bitprism";
        {
            ExperimentStore store(m_file);
            test::addToyRun(store, "plain", 4, "{}");
            store.backup(copy);
        }
        damageTable(copy, "blobs");
        const QByteArray before = bytesOf(copy);
        const Complaint complaint = complaintOf([&] { const ExperimentStore store(copy); });
        QVERIFY2(complaint.isBadInputNaming("copy.bitprism"), complaint.text.c_str());
        QVERIFY(bytesOf(copy) == before);
    }

    void aBackupIsInOrderAndSaysThatCodesStayed()
    {
        const fs::path copy = root() / "copy.bitprism";
        ExperimentStore store(m_file);
        const std::string finished = test::addToyRun(store, "done", 4, "{}");
        const std::string stopped = addStoppedRun(store);
        store.backup(copy);
        const CheckReport here = store.check();
        QVERIFY(here.ok && here.notes.empty());
        store.requireCodes(finished);

        const ExperimentStore alone(copy, OpenMode::ReadOnly);
        const CheckReport report = alone.check();
        QVERIFY(report.ok && report.problems.empty());
        QCOMPARE(report.notes.size(), std::size_t{3});
        QVERIFY(report.notes[0].find("copy.bitprism.d") != std::string::npos);
        QVERIFY(report.notes[1].find(finished + " (done) cannot be exported") != std::string::npos);
        QVERIFY(report.notes[2].find(stopped + " (half) cannot be resumed") != std::string::npos);
        for (const std::string &id : {finished, stopped}) {
            const Complaint complaint = complaintOf([&] { alone.requireCodes(id); });
            QVERIFY2(complaint.isBadInputNaming("no part of a backup"), complaint.text.c_str());
            QVERIFY2(complaint.isBadInputNaming("copy.bitprism.d"), complaint.text.c_str());
        }
    }

    void aDeletedRunOfABackupLeavesNoFolder()
    {
        const fs::path copy = root() / "copy.bitprism";
        std::string id;
        {
            ExperimentStore store(m_file);
            id = test::addToyRun(store, "done", 4, "{}");
            addStoppedRun(store);
            store.backup(copy);
        }
        ExperimentStore alone(copy);
        alone.deleteRun(id);
        QVERIFY(!fs::exists(copy.string() + ".d"));
        QVERIFY(alone.check().ok);
    }

    /// Where the folder of the store is there, one that lacks was lost.
    void aLostFolderOfAStoppedRunIsAProblem()
    {
        ExperimentStore store(m_file);
        test::addToyRun(store, "done", 4, "{}");
        const std::string stopped = addStoppedRun(store);
        fs::remove_all(store.runFolder(stopped));
        const CheckReport report = store.check();
        QVERIFY(!report.ok);
        QCOMPARE(report.problems.size(), std::size_t{1});
        QVERIFY(report.problems[0].find(stopped + " cannot be resumed") != std::string::npos);
    }

    /// Page by page there would be hundreds of lines.
    void aCheckOfDamagedPagesIsShort()
    {
        {
            ExperimentStore store(m_file);
            const std::string id = test::addToyRun(store, "with a map", 4, "{}");
            const std::string large(400000, 'x');
            store.putBlob(id, "map", std::as_bytes(std::span(large)));
            store.vacuum();
        }
        // Amid the long value: the pages behind it belong to nothing any more.
        damagePage(m_file, "SELECT page_count - 60 FROM pragma_page_count");
        const CheckReport report = ExperimentStore(m_file, OpenMode::ReadOnly).check();
        QVERIFY(!report.ok);
        QCOMPARE(report.problems.size(), std::size_t{11});
        QVERIFY2(report.problems.back().find("more") != std::string::npos,
                 report.problems.back().c_str());
        for (const std::string &problem : report.problems) {
            QCOMPARE(problem.find('\n'), std::string::npos);
        }
    }

    void codesAreComparedWithWhatWasWritten_data()
    {
        QTest::addColumn<QString>("damage");
        QTest::addColumn<QString>("words");
        QTest::newRow("changed") << "change"
                                 << "does not hold the codes";
        QTest::newRow("cut") << "cut"
                             << "does not hold the codes";
        QTest::newRow("removed") << "remove"
                                 << "missing";
    }

    void codesAreComparedWithWhatWasWritten()
    {
        QFETCH(QString, damage);
        QFETCH(QString, words);
        ExperimentStore store(m_file);
        const std::string id = test::addToyRun(store, "done", 4, "{}");
        const fs::path codes = store.runFolder(id) / "codes-0001.safetensors";
        io::writeFileAtomically(codes, "the codes of a block");
        store.commitBlock(id, 1, test::toyRunLayers(1),
                          std::string(R"({"codes": "codes-0001.safetensors", )")
                              + "\"codes_sha256\": \"" + io::fileSha256(codes) + "\"}");
        store.requireCodes(id);
        QVERIFY(store.check().ok);

        if (damage == "remove") {
            fs::remove(codes);
        } else {
            io::writeFileAtomically(codes, damage == "cut" ? "the codes" : "the codes of a clock");
        }
        const Complaint complaint = complaintOf([&] { store.requireCodes(id); });
        QVERIFY2(complaint.isBadInputNaming("codes-0001.safetensors"), complaint.text.c_str());
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
        QVERIFY2(complaint.isBadInputNaming("run its recipe again"), complaint.text.c_str());
        const CheckReport report = store.check();
        QCOMPARE(report.problems.size(), std::size_t{1});
        QVERIFY(report.problems[0].find("run " + id + " (done)") != std::string::npos);
        QVERIFY(report.problems[0].find(codes.string()) != std::string::npos);
    }

    void aDamagedResultIsNamedAndHidesNoOther_data()
    {
        QTest::addColumn<QString>("body");
        QTest::newRow("no JSON") << R"({"layers": [)";
        QTest::newRow("another form") << R"({"layers": 3})";
    }

    void aDamagedResultIsNamedAndHidesNoOther()
    {
        QFETCH(QString, body);
        ExperimentStore store(m_file);
        const std::string id = test::addToyRun(store, "done", 4, "{}");
        store.putResult(id, test::toySensitivity());
        const std::size_t whole = store.results(id).size();
        {
            const Database database(m_file, OpenMode::ReadWrite);
            Statement(database, "UPDATE results SET body = ? WHERE kind = ?")
                .bind(body.toStdString(), SensitivityTable::kind)
                .run();
        }
        const Complaint complaint = complaintOf([&] { store.resultOf<SensitivityTable>(id); });
        for (const std::string &word :
             {m_file.string(), id, std::string(SensitivityTable::kind), std::string("backup")}) {
            QVERIFY2(complaint.isBadInputNaming(word), complaint.text.c_str());
        }
        std::vector<std::string> damaged;
        QCOMPARE(store.results(id, &damaged).size(), whole - 1);
        QCOMPARE(damaged.size(), std::size_t{1});
        QVERIFY(store.resultOf<RunSummary>(id) != nullptr);
        const CheckReport report = store.check();
        QCOMPARE(report.problems.size(), std::size_t{1});
        QVERIFY2(report.problems[0].find("run " + id + ": the result sensitivity is damaged")
                     != std::string::npos,
                 report.problems[0].c_str());
    }

    /// Rows of a damaged store may refer to rows that are gone.
    void aBrokenReferenceIsDamage()
    {
        ExperimentStore store(m_file);
        const Complaint complaint = complaintOf([&] {
            store.putMetric("nobody", RunMetric{test::toyEvaluation(2), {}});
        });
        QVERIFY2(complaint.isBadInputNaming("is damaged"), complaint.text.c_str());
    }

    void aFullDiskLeavesNoEmptyStore()
    {
        Complaint complaint;
        {
            const NoRoom full;
            complaint = complaintOf([&] { const ExperimentStore store(m_file); });
        }
        QVERIFY2(complaint.code == ErrorCode::Io, complaint.text.c_str());
        QVERIFY(QDir(m_folder->path()).isEmpty());
        QFile(QString::fromStdString(m_file.string())).open(QIODevice::WriteOnly);
        {
            const NoRoom full;
            complaint = complaintOf([&] { const ExperimentStore store(m_file); });
        }
        QVERIFY2(complaint.code == ErrorCode::Io, complaint.text.c_str());
        QVERIFY(fs::exists(m_file)); // it was there before
    }

    void aFullDiskLeavesNoFolderOfARun()
    {
        ExperimentStore store(m_file);
        test::addToyRun(store, "before", 4, "{}");
        Complaint complaint;
        {
            const NoRoom full;
            complaint = complaintOf(
                [&] { store.createRun(requestOf("new"), test::toyModelInfo(), "hash"); });
        }
        QVERIFY2(complaint.code == ErrorCode::Io, complaint.text.c_str());
        QCOMPARE(QDir(folderName()).entryList(QDir::Dirs | QDir::NoDotAndDotDot).size(), 1);
        QVERIFY(store.check().ok);
    }

    void aLinkToNowhereIsNamed()
    {
        fs::create_symlink(root() / "gone" / "away.bitprism", m_file);
        for (const OpenMode mode : {OpenMode::ReadOnly, OpenMode::ReadWrite}) {
            const Complaint complaint
                = complaintOf([&] { const ExperimentStore store(m_file, mode); });
            QVERIFY2(complaint.isBadInputNaming("is a link to"), complaint.text.c_str());
            QVERIFY2(complaint.isBadInputNaming("away.bitprism"), complaint.text.c_str());
        }
        fs::create_directory(root() / "gone");
        QCOMPARE(ExperimentStore(m_file).countRuns(), 0); // made where the link points to
        QVERIFY(fs::exists(root() / "gone" / "away.bitprism"));
    }

    /// A run belongs to one process, whatever name the store is opened by.
    void allNamesOfAStoreShareFolderAndLocks()
    {
        fs::create_directory(root() / "real");
        fs::create_symlink("real", root() / "folder");
        fs::create_symlink("folder/project.bitprism", root() / "link.bitprism");
        m_file = root() / "real" / "project.bitprism";
        ExperimentStore first(root() / "link.bitprism"); // makes what the link points to
        QCOMPARE(first.file(), fs::canonical(m_file));
        const NewRun made
            = first.createRun(requestOf("half"), test::toyModelInfo(), std::string(64, '0'));
        first.setStatus(made.id, RunStatus::Running);
        for (const fs::path &name :
             {m_file, root() / "folder" / "project.bitprism", root() / "link.bitprism"}) {
            ExperimentStore other(name);
            QCOMPARE(other.runFolder(made.id), first.runFolder(made.id));
            QCOMPARE(other.run(made.id).status, RunStatus::Running);
            for (const bool deletes : {false, true}) {
                const Complaint complaint = complaintOf([&] {
                    deletes ? other.deleteRun(made.id) : static_cast<void>(other.lockRun(made.id));
                });
                QVERIFY2(complaint.isBadInputNaming("worked on by another"),
                         complaint.text.c_str());
            }
        }
        QVERIFY(!fs::exists(root() / "link.bitprism.d"));
        QVERIFY(fs::is_directory(m_file.string() + ".d"));
    }

private:
    fs::path root() const { return m_folder->path().toStdString(); }
    QString folderName() const { return QString::fromStdString(m_file.string() + ".d"); }

    /// One block of two is done.
    static std::string addStoppedRun(ExperimentStore &store)
    {
        const NewRun made
            = store.createRun(requestOf("half"), test::toyModelInfo(), std::string(64, '0'));
        store.commitBlock(made.id, 0, test::toyRunLayers(0));
        store.setStatus(made.id, RunStatus::Cancelled);
        return made.id;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_file;
};

BITPRISM_TEST(TstStoreDamage);
#include "tst_store_damage.moc"
