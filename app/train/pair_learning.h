// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bitprism::train {

/// A distinct word of a text as its current pieces.
struct CountedWord
{
    std::vector<std::string> pieces;
    std::int64_t count = 0;
};

using PiecePair = std::pair<std::string, std::string>;

/// The most frequent neighbours, the first in order among equals, and their count (0: none).
std::pair<PiecePair, std::int64_t> mostFrequentPair(const std::vector<CountedWord> &words);

/// Replaces every such pair by `joined`, from the left.
void joinPair(std::vector<CountedWord> &words, const PiecePair &pair, const std::string &joined);

/// The distinct words of `words` with their pieces and counts, in order of the words.
template <typename PiecesOf>
std::vector<CountedWord> countWords(const std::vector<std::string> &words, const PiecesOf &piecesOf)
{
    std::map<std::string, std::int64_t> counts;
    for (const std::string &word : words) {
        ++counts[word];
    }
    std::vector<CountedWord> counted;
    for (const auto &[word, count] : counts) {
        counted.push_back({piecesOf(word), count});
    }
    return counted;
}

/// Byte pair encoding (Sennrich et al. 2016): merges in the order they are learned, at most `most`;
/// ends early where no pair occurs twice.
std::vector<PiecePair> learnMerges(std::vector<CountedWord> words, std::size_t most);

/// The pieces of one word by these merges.
std::vector<std::string> mergePieces(std::vector<std::string> letters,
                                     const std::vector<PiecePair> &merges);

} // namespace bitprism::train
