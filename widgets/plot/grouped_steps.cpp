// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/grouped_steps.h"

#include <algorithm>

namespace bitprism {

GroupedSteps::GroupedSteps(const std::vector<QString> &groups)
{
    const int places = static_cast<int>(groups.size());
    m_groupOf.reserve(groups.size());
    for (int place = 0; place < places; ++place) {
        const auto at = static_cast<std::size_t>(place);
        if (place == 0 || groups[at] != groups[at - 1]) {
            m_groups.push_back({place, place});
        }
        ++m_groups.back().end;
        m_groupOf.push_back(static_cast<int>(m_groups.size()) - 1);
    }
    for (const Span &group : m_groups) {
        m_largest = std::max(m_largest, group.size());
    }
}

GroupedSteps::Span GroupedSteps::at(int place, int least) const
{
    const int number = m_groupOf[static_cast<std::size_t>(place)];
    if (!isInsideGroups(least)) {
        const int together = (least + m_largest - 1) / m_largest;
        const int last
            = std::min(number / together * together + together, static_cast<int>(m_groups.size()))
            - 1;
        return {m_groups[static_cast<std::size_t>(number / together * together)].first,
                m_groups[static_cast<std::size_t>(last)].end};
    }
    const Span &group = m_groups[static_cast<std::size_t>(number)];
    // In parts that differ by one place at most: none of them is a small rest.
    const int parts = std::max(1, group.size() / least);
    const int part = ((place - group.first + 1) * parts - 1) / group.size();
    return {group.first + part * group.size() / parts,
            group.first + (part + 1) * group.size() / parts};
}

int GroupedSteps::largestSpan(int least) const
{
    int largest = 0;
    for (int place = 0; place < static_cast<int>(m_groupOf.size());) {
        const Span span = at(place, least);
        largest = std::max(largest, span.size());
        place = span.end;
    }
    return largest;
}

int GroupedSteps::count(int least) const
{
    int spans = 0;
    for (int place = 0; place < static_cast<int>(m_groupOf.size()); ++spans) {
        place = at(place, least).end;
    }
    return spans;
}

} // namespace bitprism
