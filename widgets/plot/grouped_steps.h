// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace bitprism {

/// Which of many places in a line (rows or columns of a map) are shown as one. Places of one group
/// stand together, and what is shown as one lies inside a group; where even whole groups are too
/// small, it is some whole groups.
class GroupedSteps
{
public:
    struct Span
    {
        int first = 0;
        int end = 0;

        int size() const { return end - first; }
    };

    GroupedSteps() = default;
    /// The group of each place.
    explicit GroupedSteps(const std::vector<QString> &groups);

    /// The places shown as one with `place`, where `least` of them fill the room that one needs:
    /// as many at least, but for a group that has fewer.
    Span at(int place, int least) const;
    /// No two groups are shown as one.
    bool isInsideGroups(int least) const { return m_largest >= least; }
    /// Of all spans.
    int largestSpan(int least) const;
    int count(int least) const;

private:
    std::vector<Span> m_groups;
    std::vector<int> m_groupOf; ///< of each place
    int m_largest = 0;
};

} // namespace bitprism
