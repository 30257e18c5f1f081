// SPDX-License-Identifier: GPL-3.0-or-later
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

/// Overwrites the first page of the table `name`, which runs without rows there do not need.
void damageTable(const fs::path &file, const std::string &name)
{
    std::int64_t page = 0;
    std::int64_t bytes = 0;
    {
        const Database database(file, OpenMode::ReadOnly);
        page = database.integer("SELECT rootpage FROM sqlite_master WHERE name = '" + name + "'");
        bytes = database.integer("PRAGMA page_size");
    }
    QFile output(QString::fromStdString(file.string()));
    QVERIFY(output.open(QIODevice::ReadWrite));
    QVERIFY(page > 1 && output.seek((page - 1) * bytes));
    QCOMPARE(output.write(QByteArray(static_cast<int>(bytes), '\xA5')), bytes);
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
        for (const char *change : {"delete", "create", "rename", "lock", "vacuum"}) {
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
            } else {
                store.vacuum();
            }
        });
        QVERIFY2(complaint.isBadInputNaming("project.bitprism is damaged"), complaint.text.c_str());
        QCOMPARE(complaint.text.find('\n'), std::string::npos);
        QVERIFY(bytesOf(m_file) == before);
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
