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

/// Mean negative log-likelihood of all of `tokens` but the first, in nats, in windows of `length`
/// that do not overlap: a token sees those before it in its window.
double evaluateLoss(const LlamaConfig &config, Precision precision,
                    const std::vector<float> &parameters, std::span<const std::int32_t> tokens,
                    int length);

} // namespace bitprism::train
