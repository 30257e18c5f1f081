// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/stored_array.h"

#include "core/base/error.h"
#include "core/base/float16.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace bitprism {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie here");

namespace {

/// Elements of a shape, or -1 where it is negative or too large to be held.
std::int64_t elementCount(const std::vector<std::int64_t> &shape)
{
    constexpr std::int64_t limit = std::int64_t(1) << 48;
    std::int64_t count = 1;
    for (const std::int64_t size : shape) {
        if (size < 0 || (size > 0 && count > limit / size)) {
            return -1;
        }
        count *= size;
    }
    return count;
}

template <typename T> void append(std::vector<std::byte> &bytes, T value)
{
    const std::size_t end = bytes.size();
    bytes.resize(end + sizeof value);
    std::memcpy(bytes.data() + end, &value, sizeof value);
}

template <typename T> T elementAt(const StoredArray &array, std::size_t index)
{
    T value;
    std::memcpy(&value, array.bytes.data() + index * sizeof value, sizeof value);
    return value;
}

} // namespace

StoredArray storedScalar(std::int64_t value)
{
    BITPRISM_ASSERT(std::in_range<std::int32_t>(value), "stored scalars have 32 bits");
    StoredArray array{"I32", {1}, {}};
    append(array.bytes, static_cast<std::int32_t>(value));
    return array;
}

StoredArray storedText(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span(text));
    return storedBytes({bytes.begin(), bytes.end()});
}

StoredArray storedBytes(std::vector<std::byte> bytes)
{
    StoredArray array{"U8", {std::ssize(bytes)}, {}};
    array.bytes = std::move(bytes);
    return array;
}

StoredArray storedFloats(std::span<const float> values, std::vector<std::int64_t> shape,
                         std::string_view dtype)
{
    BITPRISM_ASSERT(elementCount(shape) == std::ssize(values), "the shape covers the values");
    StoredArray array{std::string(dtype), std::move(shape), {}};
    array.bytes.reserve(values.size() * static_cast<std::size_t>(elementBytes(dtype)));
    bool isExact = true;
    for (const float value : values) {
        if (dtype == "F16") {
            append(array.bytes, floatToHalf(value));
            isExact = isExact && roundToHalf(value) == value;
        } else if (dtype == "BF16") {
            append(array.bytes, floatToBfloat16(value));
            isExact = isExact && bfloat16ToFloat(floatToBfloat16(value)) == value;
        } else {
            append(array.bytes, value);
        }
    }
    BITPRISM_ASSERT(isExact, "what is stored is what was computed with");
    return array;
}

std::int64_t elementBytes(std::string_view dtype)
{
    if (dtype == "U8") {
        return 1;
    }
    if (dtype == "F16" || dtype == "BF16") {
        return 2;
    }
    return dtype == "I32" || dtype == "F32" ? 4 : 0;
}

StoredArrayReader::StoredArrayReader(const StoredArrays &arrays, std::string_view where)
    : m_arrays(arrays)
    , m_where(where)
{
    for (const auto &[name, array] : arrays) {
        const std::int64_t width = elementBytes(array.dtype);
        const std::int64_t count = elementCount(array.shape);
        if (width == 0 || count < 0 || std::ssize(array.bytes) != count * width) {
            damaged(name);
        }
    }
}

bool StoredArrayReader::has(std::string_view name) const
{
    return m_arrays.contains(std::string(name));
}

const StoredArray &StoredArrayReader::array(std::string_view name) const
{
    const auto found = m_arrays.find(std::string(name));
    if (found == m_arrays.end()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 lacks the array \"%2\"; its codes are incomplete."),
                    m_where, name);
    }
    return found->second;
}

std::int64_t StoredArrayReader::scalar(std::string_view name, std::int64_t min,
                                       std::int64_t max) const
{
    const StoredArray &stored = array(name);
    if (stored.dtype != "I32" || stored.bytes.size() != sizeof(std::int32_t)) {
        damaged(name);
    }
    const auto value = elementAt<std::int32_t>(stored, 0);
    if (value < min || value > max) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: \"%2\" is %3 instead of %4 to %5; it is damaged."),
                    m_where, name, value, min, max);
    }
    return value;
}

std::span<const std::byte> StoredArrayReader::bytes(std::string_view name) const
{
    const StoredArray &stored = array(name);
    if (stored.dtype != "U8") {
        damaged(name);
    }
    return stored.bytes;
}

std::string StoredArrayReader::text(std::string_view name, std::size_t maxLength) const
{
    const std::span<const std::byte> stored = bytes(name);
    if (stored.size() > maxLength) {
        damaged(name);
    }
    std::string text(stored.size(), '\0');
    std::transform(stored.begin(), stored.end(), text.begin(),
                   [](std::byte byte) { return static_cast<char>(byte); });
    return text;
}

std::vector<float> StoredArrayReader::floats(std::string_view name) const
{
    const StoredArray &stored = array(name);
    const std::int64_t width = elementBytes(stored.dtype);
    if (stored.dtype == "U8" || stored.dtype == "I32") {
        damaged(name);
    }
    std::vector<float> values(stored.bytes.size() / static_cast<std::size_t>(width));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (stored.dtype == "F16") {
            values[i] = halfToFloat(elementAt<std::uint16_t>(stored, i));
        } else if (stored.dtype == "BF16") {
            values[i] = bfloat16ToFloat(elementAt<std::uint16_t>(stored, i));
        } else {
            values[i] = elementAt<float>(stored, i);
        }
    }
    return values;
}

void StoredArrayReader::refuseOthers(std::initializer_list<std::string_view> known) const
{
    for (const auto &[name, array] : m_arrays) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 holds an unknown array \"%2\"; it was written by another "
                                    "version."),
                        m_where, name);
        }
    }
}

void StoredArrayReader::damaged(std::string_view name) const
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: the array \"%2\" is damaged; run the recipe again."),
                m_where, name);
}

} // namespace bitprism
