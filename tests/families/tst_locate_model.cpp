// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/locate_model.h"
#include "core/io/atomic_file.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"

using namespace bitprism;
using test::Complaint;
using test::complaintOf;
namespace fs = std::filesystem;

class TstLocateModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        for (const char *name : {"HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"}) {
            qunsetenv(name);
        }
    }

    void cleanup() { init(); }

    void anExistingPathIsItself()
    {
        fs::create_directory(root() / "model");
        QCOMPARE(locateModel((root() / "model").string()), root() / "model");
        QCOMPARE(locateModel((root() / "model/").string()), root() / "model");
        const fs::path before = fs::current_path();
        fs::current_path(root());
        const fs::path found = locateModel("model");
        fs::current_path(before);
        QCOMPARE(fs::canonical(found), fs::canonical(root() / "model"));
    }

    void findsTheCachesSnapshot_data()
    {
        QTest::addColumn<QByteArray>("variable");
        QTest::addColumn<QString>("below");
        QTest::newRow("hub cache") << QByteArray("HF_HUB_CACHE") << "";
        QTest::newRow("home") << QByteArray("HF_HOME") << "hub";
        QTest::newRow("cache home") << QByteArray("XDG_CACHE_HOME") << "huggingface/hub";
    }

    void findsTheCachesSnapshot()
    {
        QFETCH(QByteArray, variable);
        QFETCH(QString, below);
        const fs::path repository = root() / below.toStdString() / "models--org--name";
        test::writeToyLlama(repository / "snapshots" / "abc");
        test::writeToyLlama(repository / "snapshots" / "old");
        fs::create_directories(repository / "refs");
        io::writeFileAtomically(repository / "refs" / "main", "abc\n");
        qputenv(variable.constData(), m_folder->path().toUtf8());
        QCOMPARE(locateModel("org/name"), repository / "snapshots" / "abc");
    }

    void aCacheWithoutReferenceUsesItsSnapshot()
    {
        test::writeToyLlama(root() / "models--org--name" / "snapshots" / "abc");
        qputenv("HF_HUB_CACHE", m_folder->path().toUtf8());
        QCOMPARE(locateModel("org/name"), root() / "models--org--name" / "snapshots" / "abc");
    }

    void aReferenceCannotLeadOutside()
    {
        test::writeToyLlama(root() / "elsewhere");
        const fs::path repository = root() / "models--org--name";
        fs::create_directories(repository / "snapshots");
        fs::create_directories(repository / "refs");
        io::writeFileAtomically(repository / "refs" / "main", "../../elsewhere");
        qputenv("HF_HUB_CACHE", m_folder->path().toUtf8());
        QVERIFY(complaintOf([] { locateModel("org/name"); }).isBadInputNaming("org/name"));
    }

    void unknownNamesAreBadInput_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("word") << "no-such-model";
        QTest::newRow("repository") << "org/none";
        QTest::newRow("path") << "/no/such/folder";
        QTest::newRow("parent") << "../../../none/x";
    }

    void unknownNamesAreBadInput()
    {
        QFETCH(QString, name);
        qputenv("HF_HUB_CACHE", m_folder->path().toUtf8());
        const Complaint complaint = complaintOf([&] { locateModel(name.toStdString()); });
        QVERIFY2(complaint.isBadInputNaming(name.toStdString()), complaint.text.c_str());
        // What can only be a path is no sample's name.
        const bool isPath = name.startsWith('/') || name.startsWith('.');
        QCOMPARE(complaint.text.find("sample") == std::string::npos, isPath);
        QVERIFY(complaintOf([] { locateModel(""); }).isBadInputNaming("empty"));
    }

    void linksToNowhereAreNamed()
    {
        const fs::path repository = root() / "models--org--broken";
        fs::create_directories(repository / "snapshots" / "abc");
        fs::create_symlink("../../blobs/gone", repository / "snapshots" / "abc" / "config.json");
        fs::create_symlink("moved-away", root() / "link");
        qputenv("HF_HUB_CACHE", m_folder->path().toUtf8());
        const Complaint cached = complaintOf([] { locateModel("org/broken"); });
        QVERIFY2(cached.isBadInputNaming("is a link to ../../blobs/gone"), cached.text.c_str());
        const Complaint link = complaintOf([&] { locateModel((root() / "link").string()); });
        QVERIFY2(link.isBadInputNaming("is a link to moved-away"), link.text.c_str());
    }

    void everySampleHasItsData()
    {
        for (const SampleModel &sample : sampleModels()) {
            QCOMPARE(locateModel(sample.name), sample.path);
            QVERIFY(fs::exists(sample.path / "config.json"));
            QVERIFY2(fs::exists(sample.calibration), sample.calibration.c_str());
            QVERIFY2(fs::exists(sample.evaluation), sample.evaluation.c_str());
            QVERIFY(!sample.tasks.empty());
        }
    }

private:
    fs::path root() const { return fs::path(m_folder->path().toStdString()); }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstLocateModel);
#include "tst_locate_model.moc"
