// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/float16.h"
#include "core/io/dtype.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace bitprism;
using io::Dtype;

namespace {

/// Decoding written from the definition: sign, exponent, mantissa, bias.
double decoded(unsigned code, int exponentBits, int mantissaBits)
{
    const unsigned mantissa = code & ((1U << mantissaBits) - 1);
    const int exponent = static_cast<int>((code >> mantissaBits) & ((1U << exponentBits) - 1));
    const int bias = (1 << (exponentBits - 1)) - 1;
    const double fraction = std::ldexp(mantissa, -mantissaBits);
    const double magnitude = exponent == 0 ? std::ldexp(fraction, 1 - bias)
                                           : std::ldexp(1 + fraction, exponent - bias);
    return (code >> (exponentBits + mantissaBits)) != 0 ? -magnitude : magnitude;
}

template <typename Stored> float widened(Dtype dtype, Stored stored)
{
    float value = 0;
    io::widen(dtype, std::as_bytes(std::span(&stored, 1)), std::span(&value, 1));
    return value;
}

} // namespace

class TstDtype : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyHalfDecodesByDefinitionAndSurvives()
    {
        for (unsigned code = 0; code < 65536; ++code) {
            const auto half = static_cast<std::uint16_t>(code);
            const float value = halfToFloat(half);
            if ((code & 0x7c00U) == 0x7c00U) {
                QVERIFY((code & 0x3ffU) == 0 ? std::isinf(value) : std::isnan(value));
                QVERIFY(std::signbit(value) == ((code & 0x8000U) != 0));
            } else {
                QVERIFY(value == decoded(code, 5, 10));
            }
            QVERIFY(std::isnan(value) ? std::isnan(halfToFloat(floatToHalf(value)))
                                      : floatToHalf(value) == half);
        }
    }

    void everyBfloat16Survives()
    {
        for (unsigned code = 0; code < 65536; ++code) {
            const auto bits = static_cast<std::uint16_t>(code);
            const float value = bfloat16ToFloat(bits);
            QVERIFY(std::isnan(value) ? std::isnan(bfloat16ToFloat(floatToBfloat16(value)))
                                      : floatToBfloat16(value) == bits);
        }
    }

    void halvesRoundToNearestEven()
    {
        // Between each pair of neighbours: the midpoint goes to the even one, its neighbours in
        // float to the nearer one.
        for (unsigned code = 0; code < 0x7c00; ++code) {
            const float low = halfToFloat(static_cast<std::uint16_t>(code));
            const float high
                = code + 1 == 0x7c00 ? 65536.0F : halfToFloat(static_cast<std::uint16_t>(code + 1));
            const float middle = (low + high) / 2;
            const unsigned even = code % 2 == 0 ? code : code + 1;
            QCOMPARE(unsigned{floatToHalf(middle)}, even);
            QCOMPARE(unsigned{floatToHalf(std::nextafter(middle, 0.0F))}, code);
            QCOMPARE(unsigned{floatToHalf(std::nextafter(middle, 1e9F))}, code + 1);
            QCOMPARE(unsigned{floatToHalf(-middle)}, even | 0x8000U);
        }
        QCOMPARE(unsigned{floatToHalf(1e30F)}, 0x7c00U);
        QCOMPARE(unsigned{floatToHalf(0x1p-26F)}, 0U);
    }

    void bfloat16RoundsToNearestEven()
    {
        QCOMPARE(unsigned{floatToBfloat16(1.0F + 0x1p-8F)}, 0x3f80U);
        QCOMPARE(unsigned{floatToBfloat16(1.0F + 0x1p-8F + 0x1p-20F)}, 0x3f81U);
        QCOMPARE(unsigned{floatToBfloat16(1.0F + 3 * 0x1p-8F)}, 0x3f82U);
        QCOMPARE(unsigned{floatToBfloat16(std::numeric_limits<float>::max())}, 0x7f80U);
    }

    void eightBitFloatsDecodeByDefinition()
    {
        for (unsigned code = 0; code < 256; ++code) {
            const auto byte = static_cast<std::uint8_t>(code);
            const float e4m3 = widened(Dtype::F8E4M3, byte);
            if ((code & 0x7fU) == 0x7fU) {
                QVERIFY(std::isnan(e4m3));
            } else {
                QVERIFY(e4m3 == decoded(code, 4, 3));
            }
            if ((code & 0x7cU) != 0x7cU) {
                QVERIFY(widened(Dtype::F8E5M2, byte) == decoded(code, 5, 2));
            }
        }
        QCOMPARE(widened(Dtype::F8E4M3, std::uint8_t{0x7e}), 448.0F);
        QCOMPARE(widened(Dtype::F8E8M0, std::uint8_t{130}), 8.0F);
    }

    void integersAndDoublesWiden()
    {
        QCOMPARE(widened(Dtype::I8, std::int8_t{-7}), -7.0F);
        QCOMPARE(widened(Dtype::U8, std::uint8_t{200}), 200.0F);
        QCOMPARE(widened(Dtype::I16, std::int16_t{-300}), -300.0F);
        QCOMPARE(widened(Dtype::U16, std::uint16_t{65535}), 65535.0F);
        QCOMPARE(widened(Dtype::I32, std::int32_t{-70000}), -70000.0F);
        QCOMPARE(widened(Dtype::U32, std::uint32_t{4000000000U}), 4e9F);
        QCOMPARE(widened(Dtype::I64, std::int64_t{-5}), -5.0F);
        QCOMPARE(widened(Dtype::U64, std::uint64_t{5}), 5.0F);
        QCOMPARE(widened(Dtype::F64, 0.1), 0.1F);
        QCOMPARE(widened(Dtype::Bool, std::uint8_t{1}), 1.0F);
    }

    void bytesNeedNoAlignment()
    {
        const std::array<float, 3> values{1.5F, -2, 0.25F};
        for (const Dtype dtype : {Dtype::F32, Dtype::F16, Dtype::BF16}) {
            const std::size_t bytes = values.size() * io::dtypeBytes(dtype);
            std::vector<std::byte> stored(bytes + 1);
            io::narrow(dtype, values, std::span(stored).subspan(1));
            std::array<float, 3> back{};
            io::widen(dtype, std::span<const std::byte>(stored).subspan(1), back);
            QVERIFY(back == values);
        }
    }

    void namesAreTheFormats()
    {
        for (const char *name : {"BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64",
                                 "F16", "BF16", "F32", "F64", "F8_E4M3", "F8_E5M2", "F8_E8M0"}) {
            const std::optional<Dtype> dtype = io::dtypeFromName(name);
            QVERIFY(dtype.has_value());
            QVERIFY(io::dtypeName(*dtype) == name);
        }
        QVERIFY(!io::dtypeFromName("f32"));
    }
};

BITPRISM_TEST(TstDtype);
#include "tst_dtype.moc"
