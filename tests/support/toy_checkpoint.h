// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/dtype.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace bitprism::test {

/// A small random checkpoint of the llama group; every variant of the group is an option.
struct ToyLlama
{
    std::string modelType = "llama"; ///< qwen2 adds q/k/v biases, qwen3 q/k norms
    std::int64_t hidden = 32;
    std::int64_t intermediate = 48;
    int blocks = 2;
    std::int64_t heads = 4;
    std::int64_t keyValueHeads = 2;
    std::int64_t headSize = 8;
    std::int64_t vocabulary = 64; ///< at least 258 with a tokenizer
    std::int64_t context = 64;
    bool tiedHead = false;
    bool attentionBias = false;
    bool mlpBias = false;
    io::Dtype dtype = io::Dtype::F32; ///< F32, F16 or BF16
    int shards = 1;
    bool hasTokenizer = false; ///< byte-level BPE without merges: ids 0 <s>, 1 </s>, 2.. the bytes
    std::string extraConfig = "{}"; ///< JSON object merged into config.json; null removes a key
    std::uint64_t seed = 1;
    double spread = 0.08; ///< standard deviation of the weights
};

/// Writes config.json, the safetensors file(s) and, if asked for, tokenizer.json into `folder`,
/// which is made.
void writeToyLlama(const std::filesystem::path &folder, const ToyLlama &options = {});

/// The shape of a 7B model of the llama group in BF16, with its data left as holes: 13.5 GB that
/// take a few kilobytes of disk. `shards` files and their index.
void writeSparse7B(const std::filesystem::path &folder, int shards = 3);

} // namespace bitprism::test
