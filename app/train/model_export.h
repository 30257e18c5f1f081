// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/byte_bpe.h"
#include "app/train/llama_layout.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitprism::train {

/// Writes `model.safetensors`: BF16, under Hugging Face's names, without the tied output head.
void writeWeights(const std::filesystem::path &folder, const LlamaConfig &config,
                  const std::vector<float> &parameters);

/// Writes the JSON files of a model folder: config, generation, tokenizer and special tokens.
void writeDescriptions(const std::filesystem::path &folder, const LlamaConfig &config,
                       const ByteBpe &tokenizer);

/// `parameters` as they are after writing and reading: rounded to BF16.
std::vector<float> roundedParameters(const std::vector<float> &parameters);

} // namespace bitprism::train
