// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace bitprism::train {

/// Byte-level BPE as GPT-2 defined it (Radford et al. 2019, 2.2): id 0 is "<|endoftext|>", ids 1 to
/// 256 the bytes in the order of their printable stand-ins, then one id per merge.
class ByteBpe
{
public:
    using Pair = std::pair<int, int>;

    explicit ByteBpe(std::vector<Pair> merges);

    /// Learns merges from `text` until `vocabularySize` ids exist or no pair occurs twice. The most
    /// frequent pair wins, the one of smaller ids among equals.
    static ByteBpe learn(std::string_view text, int vocabularySize);

    std::vector<std::int32_t> encode(std::string_view text) const;
    std::string decode(const std::vector<std::int32_t> &ids) const;
    int vocabularySize() const { return int(m_tokens.size()); }
    const std::vector<Pair> &merges() const { return m_merges; }

    /// The text of a tokenizer.json as Hugging Face's tokenizers writes it.
    std::string toTokenizerJson() const;

    static constexpr const char *endOfText = "<|endoftext|>";

private:
    std::vector<std::int32_t> encodeWord(std::string_view word) const;

    std::vector<Pair> m_merges;
    std::map<Pair, int> m_ranks;
    std::vector<std::string> m_tokens; // bytes of each id
};

/// Splits `text` where GPT-2's pattern does; the pieces follow each other without gaps.
std::vector<std::string_view> splitWords(std::string_view text);

} // namespace bitprism::train
