// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/dtype.h"

#include "core/base/error.h"
#include "core/base/float16.h"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

namespace bitprism::io {

namespace {

struct DtypeRow
{
    Dtype dtype;
    std::string_view name;
    std::size_t bytes;
};

constexpr std::array<DtypeRow, 16> rows{{
    {Dtype::Bool, "BOOL", 1},
    {Dtype::U8, "U8", 1},
    {Dtype::I8, "I8", 1},
    {Dtype::U16, "U16", 2},
    {Dtype::I16, "I16", 2},
    {Dtype::U32, "U32", 4},
    {Dtype::I32, "I32", 4},
    {Dtype::U64, "U64", 8},
    {Dtype::I64, "I64", 8},
    {Dtype::F16, "F16", 2},
    {Dtype::BF16, "BF16", 2},
    {Dtype::F32, "F32", 4},
    {Dtype::F64, "F64", 8},
    {Dtype::F8E4M3, "F8_E4M3", 1},
    {Dtype::F8E5M2, "F8_E5M2", 1},
    {Dtype::F8E8M0, "F8_E8M0", 1},
}};

const DtypeRow &row(Dtype dtype) { return rows[static_cast<std::size_t>(dtype)]; }

/// OCP 8-bit E4M3 (finite: no infinities, 0x7f and 0xff are NaN), bias 7.
float decodeE4M3(unsigned code)
{
    const unsigned exponent = (code >> 3) & 15U;
    const unsigned mantissa = code & 7U;
    float value = exponent == 0
        ? std::ldexp(static_cast<float>(mantissa), -9)
        : std::ldexp(static_cast<float>(8 + mantissa), static_cast<int>(exponent) - 10);
    if (exponent == 15 && mantissa == 7) {
        value = std::numeric_limits<float>::quiet_NaN();
    }
    return (code & 0x80U) != 0 ? -value : value;
}

/// OCP E8M0: a power of two, bias 127; 0xff is NaN.
float decodeE8M0(unsigned code)
{
    return code == 255 ? std::numeric_limits<float>::quiet_NaN()
                       : std::ldexp(1.0F, static_cast<int>(code) - 127);
}

/// E5M2 is the upper half of binary16.
float decodeE5M2(unsigned code) { return halfToFloat(static_cast<std::uint16_t>(code << 8)); }

template <float (*decode)(unsigned)> const std::array<float, 256> &table()
{
    static const std::array<float, 256> values = [] {
        std::array<float, 256> result{};
        for (unsigned code = 0; code < 256; ++code) {
            result[code] = decode(code);
        }
        return result;
    }();
    return values;
}

template <typename Stored, typename Convert>
void convert(std::span<const std::byte> bytes, std::span<float> values, Convert toFloat)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        values[i] = toFloat(stored);
    }
}

template <typename Stored> void cast(std::span<const std::byte> bytes, std::span<float> values)
{
    convert<Stored>(bytes, values, [](Stored stored) { return static_cast<float>(stored); });
}

template <float (*decode)(unsigned)>
void lookUp(std::span<const std::byte> bytes, std::span<float> values)
{
    const std::array<float, 256> &decoded = table<decode>();
    convert<std::uint8_t>(bytes, values, [&](std::uint8_t code) { return decoded[code]; });
}

} // namespace

std::optional<Dtype> dtypeFromName(std::string_view name)
{
    for (const DtypeRow &candidate : rows) {
        if (candidate.name == name) {
            return candidate.dtype;
        }
    }
    return std::nullopt;
}

std::string_view dtypeName(Dtype dtype) { return row(dtype).name; }

std::size_t dtypeBytes(Dtype dtype) { return row(dtype).bytes; }

bool isFloating(Dtype dtype)
{
    return dtype == Dtype::F16 || dtype == Dtype::BF16 || dtype == Dtype::F32 || dtype == Dtype::F64
        || isEightBitFloat(dtype);
}

bool isEightBitFloat(Dtype dtype) { return dtype == Dtype::F8E4M3 || dtype == Dtype::F8E5M2; }

void widen(Dtype dtype, std::span<const std::byte> bytes, std::span<float> values)
{
    BITPRISM_ASSERT(bytes.size() == values.size() * dtypeBytes(dtype), "sizes agree");
    switch (dtype) {
    case Dtype::F32:
        if (!values.empty()) {
            std::memcpy(values.data(), bytes.data(), bytes.size());
        }
        return;
    case Dtype::F16:
        return convert<std::uint16_t>(bytes, values,
                                      [](std::uint16_t h) { return halfToFloat(h); });
    case Dtype::BF16:
        return convert<std::uint16_t>(bytes, values,
                                      [](std::uint16_t b) { return bfloat16ToFloat(b); });
    case Dtype::F8E4M3:
        return lookUp<decodeE4M3>(bytes, values);
    case Dtype::F8E5M2:
        return lookUp<decodeE5M2>(bytes, values);
    case Dtype::F8E8M0:
        return lookUp<decodeE8M0>(bytes, values);
    case Dtype::F64:
        return cast<double>(bytes, values);
    case Dtype::Bool:
    case Dtype::U8:
        return cast<std::uint8_t>(bytes, values);
    case Dtype::I8:
        return cast<std::int8_t>(bytes, values);
    case Dtype::U16:
        return cast<std::uint16_t>(bytes, values);
    case Dtype::I16:
        return cast<std::int16_t>(bytes, values);
    case Dtype::U32:
        return cast<std::uint32_t>(bytes, values);
    case Dtype::I32:
        return cast<std::int32_t>(bytes, values);
    case Dtype::U64:
        return cast<std::uint64_t>(bytes, values);
    case Dtype::I64:
        return cast<std::int64_t>(bytes, values);
    }
}

void narrow(Dtype dtype, std::span<const float> values, std::span<std::byte> bytes)
{
    BITPRISM_ASSERT(bytes.size() == values.size() * dtypeBytes(dtype), "sizes agree");
    if (dtype == Dtype::F32) {
        if (!values.empty()) {
            std::memcpy(bytes.data(), values.data(), bytes.size());
        }
        return;
    }
    BITPRISM_ASSERT(dtype == Dtype::F16 || dtype == Dtype::BF16, "narrow knows F32, F16, BF16");
    const bool isHalf = dtype == Dtype::F16;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint16_t stored = isHalf ? floatToHalf(values[i]) : floatToBfloat16(values[i]);
        std::memcpy(bytes.data() + i * sizeof stored, &stored, sizeof stored);
    }
}

} // namespace bitprism::io
