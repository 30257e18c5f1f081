// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/llama_config.h"

#include <ATen/ATen.h>

#include <vector>

namespace bitprism {

/// Angular frequencies of the rotary embedding, one per pair of channels (RoFormer, eq. 15), after
/// the scaling that the configuration names.
std::vector<double> rotaryFrequencies(std::int64_t headSize, double theta,
                                      const RopeScaling &scaling);

/// Cosine and sine of every position's angles, [length, headSize / 2], FP32 (angles in FP64).
struct RotaryTable
{
    at::Tensor cosine;
    at::Tensor sine;
};
RotaryTable rotaryTable(const std::vector<double> &frequencies, const at::Tensor &positions);

/// Rotates channel pairs (i, i + headSize / 2), the half-split layout of Hugging Face checkpoints.
/// `x` is [samples, heads, length, headSize].
at::Tensor rotateHalves(const at::Tensor &x, const RotaryTable &table);

} // namespace bitprism
