// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/pair_learning.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace bitprism::train {

/// CLIP's tokenizer over lower-case words: 256 printable bytes, the same at a word's end, merges,
/// two specials. Our captions are letters and full stops.
class CaptionTokenizer
{
public:
    explicit CaptionTokenizer(const std::vector<std::string> &captions);

    std::int64_t size() const { return std::int64_t(m_pieces.size()); }
    std::int64_t startToken() const { return size() - 2; }
    std::int64_t endToken() const { return size() - 1; }

    /// With both specials.
    std::vector<std::int64_t> encode(const std::string &caption) const;

    /// vocab.json, merges.txt, tokenizer.json and tokenizer_config.json.
    void write(const std::filesystem::path &folder, int positions) const;

private:
    void add(const std::string &piece);

    std::vector<PiecePair> m_merges;
    std::vector<std::string> m_pieces;
    std::map<std::string, std::int64_t> m_ids;
};

} // namespace bitprism::train
