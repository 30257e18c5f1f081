// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/encoding.h"

#include "core/base/error.h"

namespace bitprism {

namespace {

/// Lengths go first, so that no two layers are one stream of bytes.
void hashNumber(Sha256 &hash, std::int64_t value)
{
    hash.update(std::as_bytes(std::span(&value, 1)));
}

void hashText(Sha256 &hash, std::string_view text)
{
    hashNumber(hash, std::ssize(text));
    hash.update(text);
}

} // namespace

void CodeOutline::failWithoutCodes()
{
    failAssertion("hasCodes", "an outline has no codes", __FILE__, __LINE__);
}

void hashWeight(Sha256 &hash, std::string_view layerName, const QuantizedWeight &weight)
{
    hashText(hash, layerName);
    hashText(hash, weight.encodingId());
    const StoredArrays arrays = weight.write();
    hashNumber(hash, std::ssize(arrays));
    for (const auto &[name, array] : arrays) {
        hashText(hash, name);
        hashText(hash, array.dtype);
        hashNumber(hash, std::ssize(array.shape));
        for (const std::int64_t size : array.shape) {
            hashNumber(hash, size);
        }
        hashNumber(hash, std::ssize(array.bytes));
        hash.update(array.bytes);
    }
}

} // namespace bitprism
