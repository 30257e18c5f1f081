// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/packed_words.h"
#include "tests/support/test_main.h"

#include <numeric>

using namespace bitprism;

class TstPackedWords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Published words for codes 0, 1, 2, ... (export-formats.md 11).
    void matchesTheTestVectors()
    {
        const std::vector<std::uint8_t> eight = ascending(8, 8);
        std::vector<std::uint32_t> words(1);
        packDense({eight.data(), 8, 1}, 4, {words.data(), 1, 1});
        QCOMPARE(words[0], 0x76543210U);
        packAwq(eight, words);
        QCOMPARE(words[0], 0x75316420U);
        const std::vector<std::uint8_t> many = ascending(32, 8);
        words.assign(3, 0);
        packDense({many.data(), 32, 1}, 3, {words.data(), 3, 1});
        QCOMPARE(words[0], 0x88FAC688U);
        QCOMPARE(words[1], 0xC688FAC6U);
        QCOMPARE(words[2], 0xFAC688FAU);
    }

    void unpacksWhatItPacks_data()
    {
        QTest::addColumn<int>("bits");
        for (int bits = 1; bits <= 8; ++bits) {
            QTest::addRow("%d bits", bits) << bits;
        }
    }

    void unpacksWhatItPacks()
    {
        QFETCH(int, bits);
        constexpr std::size_t stride = 3; // strided on both sides
        for (const std::size_t count : {1U, 31U, 32U, 33U, 100U}) {
            std::vector<std::uint8_t> codes(count * stride);
            for (std::size_t i = 0; i < codes.size(); ++i) {
                codes[i] = static_cast<std::uint8_t>((i * 37 + 11) % (1U << bits));
            }
            std::vector<std::uint32_t> words(denseWords(count, bits) * stride);
            packDense({codes.data(), count, stride}, bits,
                      {words.data(), denseWords(count, bits), stride});
            std::vector<std::uint8_t> found(count);
            unpackDense({words.data(), denseWords(count, bits), stride}, bits,
                        {found.data(), count, 1});
            for (std::size_t i = 0; i < count; ++i) {
                QCOMPARE(found[i], codes[i * stride]);
            }
        }
    }

    /// The older packing agrees with the dense one where bits divides 32, and has its own widths
    /// elsewhere: 4096 columns of 3, 5, 6 and 7 bits.
    void olderPackingHasItsWidths()
    {
        QCOMPARE(looseWords(4096, 3), std::size_t(410));
        QCOMPARE(denseWords(4096, 3), std::size_t(384));
        QCOMPARE(looseWords(4096, 5), std::size_t(683));
        QCOMPARE(denseWords(4096, 5), std::size_t(640));
        QCOMPARE(looseWords(4096, 6), std::size_t(820));
        QCOMPARE(looseWords(4096, 7), std::size_t(1024));
        QCOMPARE(denseWords(4096, 7), std::size_t(896));
        QCOMPARE(looseWords(100, 3), denseWords(100, 3));
        const std::vector<std::uint32_t> words{0x3FFFFFFFU, 0x5U}; // ten codes of 7, then 5, 0
        std::vector<std::uint8_t> codes(12);
        unpackLoose({words.data(), 2, 1}, 3, {codes.data(), 12, 1});
        QVERIFY(codes == (std::vector<std::uint8_t>{7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 5, 0}));
    }

    /// Planes of 32 codes of 7 bits: four words of their low nibbles, two of the next two bits, one
    /// of the last.
    void planesReadLowBitsFirst()
    {
        std::vector<std::uint8_t> codes(64);
        for (std::size_t k = 0; k < 64; ++k) {
            codes[k] = static_cast<std::uint8_t>((k * 37 + 11) % 128);
        }
        std::vector<std::uint32_t> words(14);
        for (std::size_t k = 0; k < 64; ++k) {
            const std::size_t base = k / 32 * 7;
            const std::size_t i = k % 32;
            words[base + i / 8] |= (codes[k] & 15U) << (4 * (i % 8));
            words[base + 4 + i / 16] |= (codes[k] >> 4 & 3U) << (2 * (i % 16));
            words[base + 6] |= static_cast<std::uint32_t>(codes[k] >> 6) << i;
        }
        std::vector<std::uint8_t> found(64);
        unpackPlanar({words.data(), 14, 1}, 7, {found.data(), 64, 1});
        QVERIFY(found == codes);
        for (const int bits : {2, 4, 8}) { // one plane: as dense
            for (std::uint8_t &code : codes) {
                code = static_cast<std::uint8_t>(code & ((1U << bits) - 1));
            }
            words.assign(denseWords(64, bits), 0);
            packDense({codes.data(), 64, 1}, bits, {words.data(), words.size(), 1});
            unpackPlanar({words.data(), words.size(), 1}, bits, {found.data(), 64, 1});
            QVERIFY(found == codes);
        }
    }

    void awqReadsItsOwnOrder()
    {
        const std::vector<std::uint8_t> codes = ascending(64, 16);
        std::vector<std::uint32_t> words(8);
        packAwq(codes, words);
        std::vector<std::uint8_t> found(64);
        unpackAwq(words, found);
        QVERIFY(found == codes);
    }

private:
    static std::vector<std::uint8_t> ascending(std::size_t count, unsigned modulo)
    {
        std::vector<std::uint8_t> codes(count);
        for (std::size_t i = 0; i < count; ++i) {
            codes[i] = static_cast<std::uint8_t>(i % modulo);
        }
        return codes;
    }
};

BITPRISM_TEST(TstPackedWords);
#include "tst_packed_words.moc"
