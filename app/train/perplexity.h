// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/llama_layout.h"

#include <cstdint>
#include <span>
#include <vector>

namespace bitprism::train {

/// What matrix products compute with; sums and parameters are FP32 either way.
enum class Precision
{
    Float32,
    Bfloat16
};

/// Mean negative log-likelihood in nats, counted as bitprism-cli counts it: windows of `length`
/// tokens that do not overlap, the first token of each not predicted, a shorter rest left out.
/// Throws Error (BadInput) when there is no whole window.
double evaluateLoss(const LlamaConfig &config, Precision precision,
                    const std::vector<float> &parameters, std::span<const std::int32_t> tokens,
                    int length);

} // namespace bitprism::train
