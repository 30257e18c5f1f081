// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace bitprism::io {

/// Element types of safetensors files.
enum class Dtype
{
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    BF16,
    F32,
    F64,
    F8E4M3,
    F8E5M2,
    F8E8M0,
};

/// By the format's name ("BF16"); nothing for an unknown one.
std::optional<Dtype> dtypeFromName(std::string_view name);
std::string_view dtypeName(Dtype dtype);
std::size_t dtypeBytes(Dtype dtype);
bool isFloating(Dtype dtype);
/// E4M3 and E5M2: weights of these types come with scales in tensors of their own.
bool isEightBitFloat(Dtype dtype);

/// Decodes little-endian elements to float: exact for F32, F16, BF16 and the 8-bit types, rounded
/// for F64 and wide integers. `bytes` holds values.size() elements, in any alignment.
void widen(Dtype dtype, std::span<const std::byte> bytes, std::span<float> values);

/// Encodes to F32, F16 or BF16, rounded to nearest, ties to even; other types break the promise.
void narrow(Dtype dtype, std::span<const float> values, std::span<std::byte> bytes);

} // namespace bitprism::io
