// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

namespace bitprism::test {

/// A small random checkpoint of a text family other than llama's: gpt2, opt, bert, roberta, albert
/// or llada. 2 blocks, hidden size 16, 2 heads, 80 tokens, context 40.
struct ToyFamily
{
    std::string modelType = "bert";
    bool classifies = false; ///< encoders: a head of 3 classes ("no", "maybe", "yes")
    bool hasTokenizer = false; ///< vocab.txt: letters, digits, WordPiece's specials
    std::string extraConfig = "{}"; ///< JSON object merged into config.json; null removes a key
    std::set<std::string> without; ///< tensors to leave out
    double spread = 0.15; ///< standard deviation of the weights
    std::uint64_t seed = 3;
};

void writeToyFamily(const std::filesystem::path &folder, const ToyFamily &options);

} // namespace bitprism::test
