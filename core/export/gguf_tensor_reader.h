// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint_format.h"
#include "core/io/gguf.h"
#include "core/kernels/ggml_types.h"

#include <cstdint>
#include <memory>
#include <string>

namespace bitprism {

/// How a tensor of a GGUF file lies beside the checkpoint's.
struct GgufPlacement
{
    std::string name; ///< the checkpoint's
    std::int64_t headSize = 0; ///< rows of a head whose rows are interleaved; 0: they are in order
    bool isTransposed = false; ///< the checkpoint's rows are columns here; a matrix
};

/// A tensor of a GGUF file as the checkpoint has it, decoded when it is read.
std::unique_ptr<const io::CodedTensor> ggufTensorReader(std::shared_ptr<const io::GgufFile> source,
                                                        const io::GgufTensor &tensor, GgmlType type,
                                                        GgufPlacement placement);

} // namespace bitprism
