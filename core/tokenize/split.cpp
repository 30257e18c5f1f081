// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/pre_tokenizer.h"

#include <algorithm>

namespace bitprism::tokenize {

namespace {

/// A stretch that matches, or lies between two matches.
struct Stretch
{
    Range range;
    bool isMatch = false;
};

void listStretches(Range piece, const std::vector<Range> &matches, bool inverts,
                   std::vector<Stretch> &stretches)
{
    stretches.clear();
    std::size_t position = piece.begin;
    for (const Range &match : matches) {
        const Range range{piece.begin + match.begin, piece.begin + match.end};
        if (position != range.begin) {
            stretches.push_back({{position, range.begin}, inverts});
        }
        stretches.push_back({range, !inverts});
        position = range.end;
    }
    if (position != piece.end) {
        stretches.push_back({{position, piece.end}, inverts});
    }
}

/// Whether a stretch joins the one before it, in reading order (or against it, for MergedWithNext).
bool joins(SplitBehavior behavior, bool isMatch, bool previousIsMatch)
{
    return behavior == SplitBehavior::Contiguous ? isMatch == previousIsMatch
                                                 : isMatch && !previousIsMatch;
}

void joinForward(SplitBehavior behavior, const std::vector<Stretch> &stretches,
                 std::vector<Range> &pieces)
{
    const std::size_t first = pieces.size();
    bool previousIsMatch = false;
    for (const Stretch &stretch : stretches) {
        if (joins(behavior, stretch.isMatch, previousIsMatch) && pieces.size() > first) {
            pieces.back().end = stretch.range.end;
        } else {
            pieces.push_back(stretch.range);
        }
        previousIsMatch = stretch.isMatch;
    }
}

void joinBackward(const std::vector<Stretch> &stretches, std::vector<Range> &pieces)
{
    const std::size_t first = pieces.size();
    bool previousIsMatch = false;
    for (auto stretch = stretches.rbegin(); stretch != stretches.rend(); ++stretch) {
        if (joins(SplitBehavior::MergedWithNext, stretch->isMatch, previousIsMatch)
            && pieces.size() > first) {
            pieces.back().begin = stretch->range.begin;
        } else {
            pieces.push_back(stretch->range);
        }
        previousIsMatch = stretch->isMatch;
    }
    std::reverse(pieces.begin() + static_cast<std::ptrdiff_t>(first), pieces.end());
}

void cut(SplitBehavior behavior, const std::vector<Stretch> &stretches, std::vector<Range> &pieces)
{
    switch (behavior) {
    case SplitBehavior::Removed:
    case SplitBehavior::Isolated:
        for (const Stretch &stretch : stretches) {
            if (behavior == SplitBehavior::Isolated || !stretch.isMatch) {
                pieces.push_back(stretch.range);
            }
        }
        break;
    case SplitBehavior::MergedWithNext:
        joinBackward(stretches, pieces);
        break;
    case SplitBehavior::MergedWithPrevious:
    case SplitBehavior::Contiguous:
        joinForward(behavior, stretches, pieces);
        break;
    }
}

} // namespace

void splitPieces(PieceList &list, const Pattern &pattern, SplitBehavior behavior, bool inverts)
{
    std::vector<Range> pieces;
    std::vector<Range> matches;
    std::vector<Stretch> stretches;
    for (const Range &piece : list.pieces) {
        matches.clear();
        pattern(list.view(piece), matches);
        listStretches(piece, matches, inverts, stretches);
        cut(behavior, stretches, pieces);
    }
    std::erase_if(pieces, [](const Range &piece) { return piece.begin == piece.end; });
    list.beginsInput = list.beginsInput && !pieces.empty() && !list.pieces.empty()
        && pieces.front().begin == list.pieces.front().begin;
    list.pieces = std::move(pieces);
}

} // namespace bitprism::tokenize
