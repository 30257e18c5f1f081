// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/encoding.h"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace bitprism {

/// For encodings: arrays to and from what a run's folder holds. The reading functions take what
/// lies in a file; each throws BadInput that names `where` and the array.

StoredArray storedScalar(std::int64_t value); ///< I32, one element
StoredArray storedText(std::string_view text); ///< U8
StoredArray storedBytes(std::vector<std::byte> bytes); ///< U8
/// F32, or its 16-bit types, in which every value must be exact.
StoredArray storedFloats(std::span<const float> values, std::vector<std::int64_t> shape,
                         std::string_view dtype);

/// Bytes of one element of the dtypes above; 0 for an unknown one.
std::int64_t elementBytes(std::string_view dtype);

class StoredArrayReader
{
public:
    /// Checks every array's byte count against its dtype and shape.
    StoredArrayReader(const StoredArrays &arrays, std::string_view where);

    bool has(std::string_view name) const;
    std::int64_t scalar(std::string_view name, std::int64_t min, std::int64_t max) const;
    std::string text(std::string_view name, std::size_t maxLength) const;
    std::span<const std::byte> bytes(std::string_view name) const;
    const StoredArray &array(std::string_view name) const;
    std::vector<float> floats(std::string_view name) const;
    /// Throws for an array that is not among `known`.
    void refuseOthers(std::initializer_list<std::string_view> known) const;
    [[noreturn]] void damaged(std::string_view name) const;

private:
    const StoredArrays &m_arrays;
    std::string m_where;
};

} // namespace bitprism
