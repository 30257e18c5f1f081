// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/kernels/encoding.h"
#include "core/kernels/stored_array.h"
#include "tests/kernels/test_matrix.h"

#include <nlohmann/json.hpp>

namespace bitprism::test {

/// The weights that the codes stand for.
inline Matrix<float> valuesOf(const QuantizedWeight &weight)
{
    Matrix<float> Q(weight.rows(), weight.cols());
    weight.dequantize(Q.values);
    return Q;
}

/// What `encoding` reads from arrays that were stored; errors call them "codes: layer".
inline QuantizedWeightPtr readBack(const char *encoding, const StoredArrays &arrays)
{
    return create<Encoding>(encoding, Json::object(), "test")->read(arrays, "codes: layer");
}

/// The arrays with the one called `key` a byte shorter, or absurd where it is a number.
inline StoredArrays withSpoilt(StoredArrays arrays, const std::string &key)
{
    StoredArray &array = arrays[key];
    if (array.dtype == "I32") {
        array = storedScalar(1000000);
    } else {
        array.bytes.pop_back();
        array.shape = {static_cast<std::int64_t>(array.bytes.size())};
        array.dtype = "U8";
    }
    return arrays;
}

} // namespace bitprism::test
