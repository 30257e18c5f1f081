// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/dataset.h"
#include "core/calib/dataset_readers.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <fstream>

using namespace bitprism;
using test::Complaint;
using test::complaintOf;

class TstDataset : public QObject
{
    Q_OBJECT

private:
    std::filesystem::path write(const std::string &name, const std::string &text)
    {
        const std::filesystem::path file = m_folder.path().toStdString() + "/" + name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }
    QTemporaryDir m_folder;

private Q_SLOTS:
    void textFilesAreOneText()
    {
        const Dataset data = Dataset::open(write("a.txt", "one\n two \n\nthree"));
        QVERIFY(!data.hasRecords());
        QCOMPARE(data.lines(), (std::vector<std::string_view>{"one", "two", "three"}));
    }

    void foldersGiveTheirTextsByName()
    {
        write("texts/b.txt", "second\ntext");
        write("texts/a.txt", "first");
        write("texts/c.md", "not this");
        const Dataset data = Dataset::open(m_folder.path().toStdString() + "/texts");
        QCOMPARE(data.lines(), (std::vector<std::string_view>{"first", "second\ntext"}));
        QCOMPARE(data.text(), std::string("first\nsecond\ntext"));
        QCOMPARE(data.records()[1].file.filename().string(), std::string("b.txt"));
    }

    void jsonLinesKeepTextAndLabel()
    {
        const Dataset data = Dataset::open(
            write("d.jsonl",
                  "{\"text\": \"a\\nb\", \"label\": 1}\n\n{\"sentence\": \"c\", \"id\": 7}\n"));
        QCOMPARE(data.records().size(), std::size_t{2});
        QCOMPARE(data.records()[0].label, std::string("1"));
        QCOMPARE(data.documents("|"), (std::vector<std::string_view>{"a\nb", "c"}));
    }

    void oneRecordingIsADataSetOfOne()
    {
        const Dataset data = Dataset::open(write("one.wav", "RIFF\xff"));
        QCOMPARE(data.records().size(), std::size_t{1});
        QCOMPARE(data.records()[0].file.filename().string(), std::string("one.wav"));
        const Complaint complaint = complaintOf([&] { data.documents("|"); });
        QVERIFY2(complaint.isBadInputNaming("holds no text"), complaint.text.c_str());
    }

    void tablesKnowQuotesAndResolveFiles()
    {
        const Dataset csv = Dataset::open(
            write("t/d.csv", "id,Text,label\r\n1,\"a, \"\"b\"\"\nc\",yes\r\n2,plain,no\r\n"));
        QCOMPARE(csv.records().size(), std::size_t{2});
        QCOMPARE(csv.records()[0].text, std::string("a, \"b\"\nc"));
        QCOMPARE(csv.records()[1].label, std::string("no"));
        const auto file = write("t/d.tsv", "path\ttranscript\nclips/1.wav\tsay \"so\"\n");
        const Dataset tsv = Dataset::open(file);
        QCOMPARE(tsv.records()[0].file, file.parent_path() / "clips/1.wav");
        QCOMPARE(tsv.records()[0].text, std::string("say \"so\""));
    }

    void refusesWhatIsNoData_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        QTest::newRow("broken line") << "x.jsonl"
                                     << "{\"text\": \"a\"}\n{\"text\n"
                                     << "x.jsonl:2";
        QTest::newRow("no object") << "y.jsonl"
                                   << "[1]\n"
                                   << "y.jsonl:1";
        QTest::newRow("no text") << "z.jsonl"
                                 << "{\"a\": 1}\n"
                                 << "z.jsonl:1";
        QTest::newRow("no column") << "a.csv"
                                   << "x,y\n1,2\n"
                                   << "a.csv";
        QTest::newRow("no rows") << "b.csv"
                                 << "text,label\n"
                                 << "b.csv";
        QTest::newRow("empty folder") << "none/readme.md"
                                      << "x"
                                      << "none";
    }

    void refusesWhatIsNoData()
    {
        QFETCH(QString, file);
        QFETCH(QString, text);
        QFETCH(QString, words);
        std::filesystem::path path = write(file.toStdString(), text.toStdString());
        if (path.extension() == ".md") {
            path = path.parent_path();
        }
        const Complaint complaint = complaintOf([&] { Dataset::open(path); });
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
    }
};

BITPRISM_TEST(TstDataset);
#include "tst_dataset.moc"
