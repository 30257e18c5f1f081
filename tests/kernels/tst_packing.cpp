// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/kernels/packing.h"
#include "tests/support/test_main.h"

using namespace bitprism;

namespace {

template <typename Code> std::vector<Code> randomCodes(std::size_t count, int bits)
{
    Random random(3, "codes");
    std::vector<Code> codes(count);
    for (Code &code : codes) {
        code = static_cast<Code>(random.below(std::uint64_t(1) << bits));
    }
    return codes;
}

template <typename Code> void checkRoundTrip(std::size_t count, int bits)
{
    const std::vector<Code> codes = randomCodes<Code>(count, bits);
    const std::vector<std::byte> packed = packCodes(codes, bits);
    QCOMPARE(packed.size(), (count * static_cast<std::size_t>(bits) + 7) / 8);
    std::vector<Code> back(count);
    unpackCodes(packed, bits, back);
    QCOMPARE(back, codes);
}

} // namespace

class TstPacking : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesPacking_data()
    {
        QTest::addColumn<int>("bits");
        for (int bits = 1; bits <= 16; ++bits) {
            QTest::addRow("%d bits", bits) << bits;
        }
    }

    void survivesPacking()
    {
        QFETCH(int, bits);
        for (const std::size_t count : {0UL, 1UL, 7UL, 8UL, 9UL, 1000UL}) {
            checkRoundTrip<std::uint16_t>(count, bits);
            if (bits <= 8) {
                checkRoundTrip<std::uint8_t>(count, bits);
            }
        }
    }

    void fillsTheLowestBitsFirst() // the layout that stands in files
    {
        const std::vector<std::uint8_t> threeBits{1, 2, 7, 0, 5};
        const std::vector<std::byte> expected{std::byte{0b11'010'001}, std::byte{0b0'101'000'1}};
        QCOMPARE(packCodes(threeBits, 3), expected);
        const std::vector<std::uint16_t> nineBits{0x1ff, 0x001};
        const std::vector<std::byte> wide{std::byte{0xff}, std::byte{0x03}, std::byte{0}};
        QCOMPARE(packCodes(nineBits, 9), wide);
    }

    void refusesCodesThatDoNotFit()
    {
        const std::vector<std::uint8_t> codes{0, 8};
        QVERIFY_EXCEPTION_THROWN(packCodes(codes, 3), Error);
    }

    void refusesDamagedStreams_data()
    {
        QTest::addColumn<std::vector<std::byte>>("packed");
        QTest::newRow("too short") << std::vector<std::byte>{std::byte{0}};
        QTest::newRow("too long") << std::vector<std::byte>(3, std::byte{0});
        QTest::newRow("filling not zero") << std::vector<std::byte>{std::byte{0}, std::byte{0x80}};
    }

    void refusesDamagedStreams()
    {
        QFETCH(std::vector<std::byte>, packed);
        std::vector<std::uint8_t> codes(5);
        try {
            unpackCodes(packed, 3, codes);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
        }
    }

    void countsBytesWithoutOverflow()
    {
        QCOMPARE(packedBytes(std::size_t(1) << 60, 8), std::size_t(1) << 60);
    }
};

BITPRISM_TEST(TstPacking);
#include "tst_packing.moc"
