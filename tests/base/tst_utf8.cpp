// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.h"
#include "tests/support/test_main.h"

using namespace bitprism;

class TstUtf8 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyScalarValueRoundTrips()
    {
        for (char32_t c = 0; c <= 0x10FFFF; ++c) {
            if (c >= 0xD800 && c <= 0xDFFF) {
                continue;
            }
            std::string text;
            appendUtf8(text, c);
            std::size_t position = 0;
            if (nextCodePoint(text, position) != c || position != text.size()
                || invalidUtf8Position(text)) {
                QFAIL(qPrintable(QString("U+%1").arg(uint(c), 0, 16)));
            }
        }
    }

    void findsMalformedBytes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("position");
        QTest::newRow("lone continuation") << QByteArray("ab\x80") << 2;
        QTest::newRow("overlong slash") << QByteArray("\xC0\xAF") << 0;
        QTest::newRow("overlong three") << QByteArray("a\xE0\x80\x80") << 1;
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << 0;
        QTest::newRow("above the last") << QByteArray("\xF4\x90\x80\x80") << 0;
        QTest::newRow("cut short") << QByteArray("abc\xE4\xB8") << 3;
        QTest::newRow("never a lead") << QByteArray("\xFF") << 0;
    }

    void findsMalformedBytes()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, position);
        const std::string_view view(text.constData(), static_cast<std::size_t>(text.size()));
        const auto found = invalidUtf8Position(view);
        QVERIFY(found.has_value());
        QCOMPARE(*found, static_cast<std::size_t>(position));
        QVERIFY(!invalidUtf8Position(sanitizedUtf8(view)));
    }
};

BITPRISM_TEST(TstUtf8);
#include "tst_utf8.moc"
