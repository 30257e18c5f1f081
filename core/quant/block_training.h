// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/weight_quantizer.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bitprism {

/// One calibration sample of a block that learns: what enters it on the quantized stream, and what
/// should come out.
struct TrainingSample
{
    StreamState input; ///< one sample
    at::Tensor target; ///< [1, length, hidden]: the full-precision block on its own stream
    at::Tensor sameInputTarget; ///< the full-precision block on `input`; undefined if not asked
};

/// The samples of a task, one by one, whatever batches its states hold; views, but for the targets
/// on the same input, which cost one run of the block.
std::vector<TrainingSample> trainingSamples(const BlockTask &task, bool withSameInputTargets,
                                            JobContext &context);

/// The mean squared error of the block's output per element, in FP32, with `weights` (by tensor
/// name) in place of the block's; the sum of both errors where the sample has two targets. With
/// weights that want gradients, in gradient mode, it can be gone back through. Checks cancellation
/// at each layer.
at::Tensor blockLoss(const BlockTask &task, const std::map<std::string, at::Tensor> &weights,
                     const TrainingSample &sample, JobContext &context);

/// Bytes that one step of training holds: the graph of one sample, the gradients of the weights,
/// and the targets.
std::int64_t trainingMemory(const QuantizerWork &work, bool withSameInputTargets);

} // namespace bitprism
