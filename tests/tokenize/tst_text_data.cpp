// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/tokenize/text_data.h"
#include "tests/support/test_main.h"

#include <fstream>

using namespace bitprism;
using namespace bitprism::tokenize;

namespace {

std::string readBack(const QByteArray &content)
{
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("text.txt").toStdString();
    std::ofstream(path, std::ios::binary) << content.toStdString();
    return readTextFile(path);
}

} // namespace

class TstTextData : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheWholeFile()
    {
        QCOMPARE(readBack(" a\r\nä\n"), std::string(" a\r\nä\n"));
        QCOMPARE(readBack("\xEF\xBB\xBFx"), std::string("x"));
    }

    void refusesWhatIsNoText_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("word");
        QTest::newRow("empty") << QByteArray() << "holds no text";
        QTest::newRow("blank") << QByteArray(" \n\t\xE3\x80\x80") << "holds no text";
        QTest::newRow("mark only") << QByteArray("\xEF\xBB\xBF") << "holds no text";
        QTest::newRow("Latin-1") << QByteArray("caf\xE9") << "byte 3";
    }

    void refusesWhatIsNoText()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, word);
        try {
            readBack(content);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains(word), error.what());
            QVERIFY2(QString(error.what()).contains("text.txt"), error.what());
        }
    }

    void refusesWhatIsNoFile()
    {
        QVERIFY_EXCEPTION_THROWN(readTextFile("/"), Error);
        QVERIFY_EXCEPTION_THROWN(readTextFile("/no/such/file"), Error);
    }

    void splitsAtTheSeparator()
    {
        const std::vector<std::string_view> documents
            = splitDocuments("  one \n<|end|>\n<|end|> two\nthree\u00a0<|end|>", "<|end|>");
        QCOMPARE(documents, (std::vector<std::string_view>{"one", "two\nthree"}));
        QCOMPARE(splitDocuments("one", "|"), std::vector<std::string_view>{"one"});
    }

    void refusesNothingToSplit()
    {
        QVERIFY_EXCEPTION_THROWN(splitDocuments("a", ""), Error);
        QVERIFY_EXCEPTION_THROWN(splitDocuments("| |", "|"), Error);
    }
};

BITPRISM_TEST(TstTextData);
#include "tst_text_data.moc"
