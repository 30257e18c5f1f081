// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <array>
#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace bitprism;
using test::Complaint;
using test::complaintOf;
namespace fs = std::filesystem;

namespace {

/// Names in a folder, hidden ones included: temporary files must not survive.
QStringList namesIn(const QString &folder)
{
    return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
}

} // namespace

class TstAtomicFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void appearsOnlyOnCommit()
    {
        const fs::path path = inFolder("a.txt");
        io::AtomicFile file(path);
        file.write(std::string_view("hello"));
        QVERIFY(!fs::exists(path));
        file.commit();
        QCOMPARE(io::readWholeFile(path, 100), std::string("hello"));
        QCOMPARE(namesIn(m_folder->path()), QStringList{"a.txt"});
    }

    void leavesTheOldFileWhenAbandoned()
    {
        const fs::path path = inFolder("a.txt");
        io::writeFileAtomically(path, "old");
        {
            io::AtomicFile file(path);
            file.write(std::string_view("new"));
        }
        QCOMPARE(io::readWholeFile(path, 100), std::string("old"));
        QCOMPARE(namesIn(m_folder->path()), QStringList{"a.txt"});
    }

    void writesMoreThanItsBuffer()
    {
        const std::string text(3'000'001, 'x');
        io::writeFileAtomically(inFolder("big"), text);
        QVERIFY(io::readWholeFile(inFolder("big"), text.size()) == text);
    }

    void refusesBadPlaces_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("words");
        QTest::newRow("missing folder") << "no/such/file"
                                        << "does not exist";
        QTest::newRow("a folder") << "."
                                  << "names no file";
        QTest::newRow("an existing folder") << "sub"
                                            << "is a folder";
    }

    void refusesBadPlaces()
    {
        QFETCH(QString, path);
        QFETCH(QString, words);
        fs::create_directory(inFolder("sub"));
        const std::string full = m_folder->path().toStdString() + "/" + path.toStdString();
        const fs::path place = path == "." ? fs::path(full) / "" : fs::path(full);
        const Complaint complaint = complaintOf([&] { io::AtomicFile file(place); });
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
    }

    void aPipeIsNotReplacedAndALinkKept()
    {
        const fs::path folder = m_folder->path().toStdString();
        const fs::path pipe = folder / "pipe";
        QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
        QVERIFY_THROWS_EXCEPTION(Error, io::writeFileAtomically(pipe, "text"));
        QVERIFY(fs::is_fifo(pipe));
        QVERIFY_THROWS_EXCEPTION(Error, io::writeFileAtomically("", "text"));
        io::writeFileAtomically(folder / "real", "old");
        fs::create_symlink("real", folder / "link");
        io::writeFileAtomically(folder / "link", "new");
        QVERIFY(fs::is_symlink(folder / "link"));
        QCOMPARE(io::readWholeFile(folder / "real", 10), std::string("new"));
    }

    void aFullDiskIsAnIoErrorThatNamesTheFile()
    {
        // The limit on file size stands for a full disk: write() fails half-way in both cases.
        signal(SIGXFSZ, SIG_IGN);
        rlimit saved = {};
        getrlimit(RLIMIT_FSIZE, &saved);
        rlimit small = saved;
        small.rlim_cur = 100'000;
        setrlimit(RLIMIT_FSIZE, &small);
        const Complaint complaint = complaintOf(
            [&] { io::writeFileAtomically(inFolder("f"), std::string(200'000, 'x')); });
        setrlimit(RLIMIT_FSIZE, &saved);
        QVERIFY(complaint.code == ErrorCode::Io);
        QVERIFY2(complaint.text.find("/f: cannot write") != std::string::npos,
                 complaint.text.c_str());
        QCOMPARE(namesIn(m_folder->path()), QStringList{});
    }

    void aReadOnlyFolderIsAnIoError()
    {
        if (::geteuid() == 0) {
            QSKIP("root may write anywhere");
        }
        ::chmod(m_folder->path().toUtf8().constData(), 0500);
        const Complaint complaint = complaintOf([&] { io::AtomicFile file(inFolder("f")); });
        ::chmod(m_folder->path().toUtf8().constData(), 0700);
        QVERIFY(complaint.code == ErrorCode::Io);
    }

    void folderAppearsComplete()
    {
        const fs::path path = inFolder("out");
        io::AtomicFolder folder(path);
        fs::create_directory(folder.workPath() / "sub");
        io::writeFileAtomically(folder.workPath() / "sub" / "x", "1");
        QVERIFY(!fs::exists(path));
        folder.commit();
        QCOMPARE(io::readWholeFile(path / "sub" / "x", 10), std::string("1"));
        QCOMPARE(namesIn(m_folder->path()), QStringList{"out"});
    }

    void abandonedFolderLeavesNothing()
    {
        {
            io::AtomicFolder folder(inFolder("out"));
            io::writeFileAtomically(folder.workPath() / "x", "1");
        }
        QCOMPARE(namesIn(m_folder->path()), QStringList{});
    }

    void replacesAnEmptyFolderOnly()
    {
        fs::create_directory(inFolder("empty"));
        io::AtomicFolder folder(inFolder("empty"));
        io::writeFileAtomically(folder.workPath() / "x", "1");
        folder.commit();
        QVERIFY(fs::exists(inFolder("empty") / "x"));
        const Complaint complaint = complaintOf([&] { io::AtomicFolder again(inFolder("empty")); });
        QVERIFY2(complaint.isBadInputNaming("exists already"), complaint.text.c_str());
    }

    void readingNamesWhatIsWrong_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("words");
        QTest::newRow("missing") << "missing"
                                 << "no such file";
        QTest::newRow("folder") << ""
                                << "not a regular file";
        QTest::newRow("pipe") << "pipe"
                              << "not a regular file";
    }

    void readingNamesWhatIsWrong()
    {
        QFETCH(QString, name);
        QFETCH(QString, words);
        ::mkfifo(inFolder("pipe").c_str(), 0600);
        const Complaint complaint
            = complaintOf([&] { io::File file(inFolder(name.toStdString())); });
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
    }

    void aFileThatShrinksIsAnErrorNotASignal()
    {
        io::writeFileAtomically(inFolder("f"), "0123456789");
        const io::File file(inFolder("f"));
        fs::resize_file(inFolder("f"), 4);
        std::array<std::byte, 10> bytes;
        const Complaint complaint = complaintOf([&] { file.readAt(0, bytes); });
        QVERIFY2(complaint.isBadInputNaming("ends at byte 4"), complaint.text.c_str());
    }

private:
    fs::path inFolder(const std::string &name) const
    {
        return fs::path(m_folder->path().toStdString()) / name;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstAtomicFile);
#include "tst_atomic_file.moc"
