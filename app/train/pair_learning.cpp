// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/pair_learning.h"

#include <algorithm>
#include <map>

namespace bitprism::train {

std::pair<PiecePair, std::int64_t> mostFrequentPair(const std::vector<CountedWord> &words)
{
    std::map<PiecePair, std::int64_t> counts;
    for (const CountedWord &word : words) {
        for (std::size_t i = 0; i + 1 < word.pieces.size(); ++i) {
            counts[{word.pieces[i], word.pieces[i + 1]}] += word.count;
        }
    }
    const auto best
        = std::max_element(counts.begin(), counts.end(),
                           [](const auto &a, const auto &b) { return a.second < b.second; });
    if (best == counts.end()) {
        return {};
    }
    return *best;
}

void joinPair(std::vector<CountedWord> &words, const PiecePair &pair, const std::string &joined)
{
    for (CountedWord &word : words) {
        std::vector<std::string> &pieces = word.pieces;
        for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
            if (pieces[i] == pair.first && pieces[i + 1] == pair.second) {
                pieces[i] = joined;
                pieces.erase(pieces.begin() + std::ptrdiff_t(i) + 1);
            }
        }
    }
}

std::vector<PiecePair> learnMerges(std::vector<CountedWord> words, std::size_t most)
{
    std::vector<PiecePair> merges;
    while (merges.size() < most) {
        const auto [pair, count] = mostFrequentPair(words);
        if (count < 2) {
            break;
        }
        joinPair(words, pair, pair.first + pair.second);
        merges.push_back(pair);
    }
    return merges;
}

std::vector<std::string> mergePieces(std::vector<std::string> letters,
                                     const std::vector<PiecePair> &merges)
{
    std::vector<CountedWord> word{{std::move(letters), 1}};
    for (const PiecePair &merge : merges) {
        joinPair(word, merge, merge.first + merge.second);
    }
    return std::move(word.front().pieces);
}

} // namespace bitprism::train
