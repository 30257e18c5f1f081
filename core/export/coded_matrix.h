// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint_format.h"
#include "core/kernels/encoding.h"

namespace bitprism {

/// A coded tensor of a checkpoint that hands out its codes.
class CodedMatrix : public io::CodedTensor
{
public:
    /// [rows, cols]; null where the tensor holds plain values.
    virtual QuantizedWeightPtr weight() const = 0;

protected:
    using CodedTensor::CodedTensor;
};

/// The codes of a checkpoint's tensor; null where it has none, and for null.
inline QuantizedWeightPtr codesOf(const io::CodedTensor *tensor)
{
    const auto *matrix = dynamic_cast<const CodedMatrix *>(tensor);
    return matrix == nullptr ? nullptr : matrix->weight();
}

} // namespace bitprism
