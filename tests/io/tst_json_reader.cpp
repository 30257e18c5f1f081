// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/json_reader.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using test::Complaint;
using test::complaintOf;

class TstJsonReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatJsonAllows_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nested") << QByteArray(R"({"a":[1,-2,{"b":null}],"c":true,"d":1.5e3})");
        QTest::newRow("empty object in array") << QByteArray(R"([{},[],{"x":[]}])");
        QTest::newRow("objects that follow each other") << QByteArray(R"([{"a":1},{"a":2}])");
        QTest::newRow("same key at two levels") << QByteArray(R"({"a":{"a":{"a":1}}})");
        QTest::newRow("unicode") << QByteArray(R"({"\u00e9":"\ud83d\ude00é"})");
        QTest::newRow("scalar") << QByteArray("12");
    }

    void readsWhatJsonAllows()
    {
        QFETCH(QByteArray, text);
        QVERIFY(io::parseJson(text.toStdString(), "f") == Json::parse(text.toStdString()));
    }

    void refusesAndNamesThePlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("duplicate key")
            << QByteArray(R"({"x":{"a":1,"a":2}})") << QByteArray("\"a\" stands twice");
        QTest::newRow("invalid UTF-8")
            << QByteArray("{\n \"a\": \"\xff\"}") << QByteArray("line 2, column 8");
        QTest::newRow("syntax") << QByteArray("{\n\"a\" 1}") << QByteArray("line 2, column 5");
        QTest::newRow("truncated") << QByteArray(R"({"a": [1,)") << QByteArray("not valid JSON");
        QTest::newRow("trailing text") << QByteArray("{} x") << QByteArray("not valid JSON");
        QTest::newRow("empty") << QByteArray("") << QByteArray("not valid JSON");
        QTest::newRow("huge number") << QByteArray("1e999") << QByteArray("not valid JSON");
        QTest::newRow("65 levels")
            << QByteArray(65, '[') + QByteArray(65, ']') << QByteArray("64 levels");
        QTest::newRow("a million levels") << QByteArray(1000000, '[') << QByteArray("64 levels");
    }

    void refusesAndNamesThePlace()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, words);
        const Complaint complaint
            = complaintOf([&] { io::parseJson(text.toStdString(), "model/config.json"); });
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
        QVERIFY2(complaint.isBadInputNaming("model/config.json"), complaint.text.c_str());
    }

    void sixtyFourLevelsAreAllowed()
    {
        const std::string text = std::string(64, '[') + std::string(64, ']');
        QVERIFY(io::parseJson(text, "f").is_array());
    }

    void checksTheSizeBeforeReading()
    {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("big.json").toStdString();
        io::writeFileAtomically(path, "[1,2,3]");
        QVERIFY(io::readJsonFile(path).size() == 3);
        const Complaint complaint = complaintOf([&] { io::readJsonFile(path, {.maxBytes = 6}); });
        QVERIFY2(complaint.isBadInputNaming("7 bytes exceed the limit of 6"),
                 complaint.text.c_str());
    }
};

BITPRISM_TEST(TstJsonReader);
#include "tst_json_reader.moc"
