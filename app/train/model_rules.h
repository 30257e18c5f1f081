// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/learning_tensors.h"

#include <string>
#include <vector>

namespace bitprism::train {

/// Appends a linear layer [rows, cols], and its bias of zeros. Not for tables of embeddings or
/// heads, which AdamW updates.
void addLinear(std::vector<LearnedTensor> &rules, const std::string &name, std::int64_t rows,
               std::int64_t cols, double deviation = 0.02, bool hasBias = true);

/// Appends a convolution's kernel; `shape` is [channels out, channels in, sizes ...].
void addKernel(std::vector<LearnedTensor> &rules, const std::string &name,
               std::vector<std::int64_t> shape, double deviation);

/// Appends a norm's gain of ones, and its bias of zeros.
void addNorm(std::vector<LearnedTensor> &rules, const std::string &name, std::int64_t size,
             bool hasBias = true);

/// Deviation of the layers that write to the residual stream: 0.02 over the root of their number
/// (GPT-2).
double residualDeviation(int blocks);

} // namespace bitprism::train
