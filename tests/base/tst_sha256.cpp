// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sha256.h"
#include "tests/support/test_main.h"

using namespace bitprism;

class TstSha256 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsThePublishedVectors_data() // FIPS 180-4 examples
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("digest");
        QTest::newRow("empty")
            << QByteArray() << "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        QTest::newRow("abc") << QByteArray("abc")
                             << "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    }

    void equalsThePublishedVectors()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, digest);
        Sha256 hash;
        hash.update(std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
        QCOMPARE(QString::fromStdString(hash.hex()), digest);
    }

    void piecesEqualTheWhole()
    {
        Sha256 pieces;
        pieces.update("ab");
        pieces.update("c");
        Sha256 whole;
        whole.update("abc");
        QCOMPARE(pieces.hex(), whole.hex());
    }
};

BITPRISM_TEST(TstSha256);
#include "tst_sha256.moc"
