// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/pair_learning.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace bitprism::train {

/// Llama-style BPE of lower-case sentences: "▁" before each word, bytes behind the specials.
class SentencePieces
{
public:
    static constexpr std::int64_t startToken = 1;
    static constexpr std::int64_t endToken = 2;

    /// At most `most` pieces, learned from the words of `sentences`.
    SentencePieces(const std::vector<std::string> &sentences, std::size_t most);

    std::int64_t size() const { return std::int64_t(m_pieces.size()); }
    /// Without specials; the letters a to z and spaces only.
    std::vector<std::int64_t> encode(const std::string &text) const;

    /// tokenizer.json and tokenizer_config.json.
    void write(const std::filesystem::path &folder, int positions) const;

private:
    void add(const std::string &piece);

    std::vector<PiecePair> m_merges;
    std::vector<std::string> m_pieces;
    std::map<std::string, std::int64_t> m_ids;
};

} // namespace bitprism::train
