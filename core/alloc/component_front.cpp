// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/component_front.h"

#include "core/base/cancellation.h"
#include "core/base/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace bitprism {

namespace {

using MemberChoice = std::vector<std::uint16_t>;

/// Walks through all choices depth first, so that sums over the members already chosen are shared.
class Enumeration
{
public:
    Enumeration(const Component &component, const std::stop_token &stop)
        : m_component(component)
        , m_stop(stop)
    {
        const auto count = static_cast<std::size_t>(component.combinations());
        m_costs.reserve(count);
        m_values.reserve(count);
    }

    void run()
    {
        std::vector<std::vector<double>> damages(m_component.size());
        for (std::size_t i = 0; i < m_component.size(); ++i) {
            for (std::size_t c = 0; c < m_component.candidates(i); ++c) {
                damages[i].push_back(m_component.damage(i, c));
            }
        }
        descend(0, 0, 0, damages);
    }

    const std::vector<double> &costs() const { return m_costs; }
    const std::vector<double> &values() const { return m_values; }

    /// The choice that was visited `index`-th.
    MemberChoice choiceAt(std::size_t index) const
    {
        MemberChoice choice(m_component.size());
        for (std::size_t i = m_component.size(); i-- > 0;) {
            choice[i] = static_cast<std::uint16_t>(index % m_component.candidates(i));
            index /= m_component.candidates(i);
        }
        return choice;
    }

private:
    /// `damages` holds, for members that are not chosen yet, each candidate's damage with its
    /// interactions with those that are.
    void descend(std::size_t i, double cost, double value,
                 const std::vector<std::vector<double>> &damages)
    {
        const std::size_t last = m_component.size() - 1;
        if (i == last) {
            for (std::size_t c = 0; c < damages[i].size(); ++c) {
                m_costs.push_back(cost + m_component.cost(i, c));
                m_values.push_back(value + damages[i][c]);
            }
            return;
        }
        throwIfStopped(m_stop);
        std::vector<std::vector<double>> deeper = damages;
        for (std::size_t c = 0; c < damages[i].size(); ++c) {
            for (std::size_t j = i + 1; j <= last; ++j) {
                for (std::size_t d = 0; d < damages[j].size(); ++d) {
                    deeper[j][d] = damages[j][d] + m_component.interaction(i, c, j, d);
                }
            }
            descend(i + 1, cost + m_component.cost(i, c), value + damages[i][c], deeper);
        }
    }

    const Component &m_component;
    const std::stop_token &m_stop;
    std::vector<double> m_costs;
    std::vector<double> m_values;
};

/// Damage + price * cost of each candidate of member i, given the others.
double localCost(const Component &component, const MemberChoice &choice, std::size_t i,
                 std::size_t c, double price)
{
    double sum = component.damage(i, c) + price * component.cost(i, c);
    for (std::size_t j = 0; j < component.size(); ++j) {
        if (j != i) {
            sum += component.interaction(i, c, j, choice[j]);
        }
    }
    return sum;
}

void coordinateDescent(const Component &component, double price, MemberChoice &choice)
{
    for (bool isChanged = true; isChanged;) {
        isChanged = false;
        for (std::size_t i = 0; i < component.size(); ++i) {
            std::size_t best = choice[i];
            double least = localCost(component, choice, i, best, price);
            for (std::size_t c = 0; c < component.candidates(i); ++c) {
                const double found = localCost(component, choice, i, c, price);
                if (found < least) {
                    least = found;
                    best = c;
                }
            }
            isChanged = isChanged || best != choice[i];
            choice[i] = static_cast<std::uint16_t>(best);
        }
    }
}

/// Prices at which something may change: from far below to far above damage per cost.
std::vector<double> pricesOf(const Component &component)
{
    double cost = 0;
    double damage = 0;
    for (std::size_t i = 0; i < component.size(); ++i) {
        for (std::size_t c = 1; c < component.candidates(i); ++c) {
            cost = std::max(cost, std::fabs(component.cost(i, c) - component.cost(i, 0)));
            damage = std::max(damage, std::fabs(component.damage(i, c) - component.damage(i, 0)));
        }
    }
    constexpr int steps = 48;
    std::vector<double> prices{0};
    for (int i = 0; cost > 0 && damage > 0 && i <= steps; ++i) {
        prices.push_back(damage / cost * std::pow(10.0, -5.0 + 7.0 * i / steps));
    }
    return prices;
}

/// Choices and their front, grown by neighbours of what lies on it.
class FrontSearch
{
public:
    FrontSearch(const Component &component, const std::stop_token &stop)
        : m_component(component)
        , m_stop(stop)
    {
    }

    void add(const MemberChoice &choice)
    {
        if (m_known.insert(choice).second) {
            m_choices.push_back(choice);
            m_costs.push_back(m_component.costOf(choice));
            m_values.push_back(m_component.damageOf(choice));
        }
    }

    void start()
    {
        constexpr int starts = 20;
        Random random(0, "component front");
        for (const double price : pricesOf(m_component)) {
            throwIfStopped(m_stop);
            for (int i = 0; i < starts; ++i) {
                MemberChoice choice;
                for (std::size_t j = 0; j < m_component.size(); ++j) {
                    choice.push_back(
                        static_cast<std::uint16_t>(random.below(m_component.candidates(j))));
                }
                coordinateDescent(m_component, price, choice);
                add(choice);
            }
        }
        MemberChoice cheapest; // what makes every feasible budget feasible here
        for (std::size_t i = 0; i < m_component.size(); ++i) {
            std::size_t best = 0;
            for (std::size_t c = 1; c < m_component.candidates(i); ++c) {
                best = m_component.cost(i, c) < m_component.cost(i, best) ? c : best;
            }
            cheapest.push_back(static_cast<std::uint16_t>(best));
        }
        add(cheapest);
    }

    /// Neighbours of the front by one change, then by two, while the front gets new points.
    void grow()
    {
        std::set<MemberChoice> expanded;
        for (int members = 1; members <= 2; ++members) {
            for (bool isNew = true; isNew && m_choices.size() < mostChoices;) {
                isNew = false;
                for (const std::uint32_t index : paretoFront(m_costs, m_values).first) {
                    const MemberChoice choice = m_choices[index];
                    if (m_choices.size() < mostChoices && expanded.insert(choice).second) {
                        throwIfStopped(m_stop);
                        isNew = true;
                        expand(choice, members);
                    }
                }
            }
            expanded.clear();
        }
    }

    ComponentFront result() const
    {
        TracedFront traced = paretoFront(m_costs, m_values);
        ComponentFront result;
        result.isExact = false;
        for (const std::uint32_t index : traced.first) {
            result.choices.push_back(m_choices[index]);
        }
        result.front = std::move(traced.front);
        return result;
    }

private:
    static constexpr std::size_t mostChoices = 400000;

    void expand(const MemberChoice &choice, int members)
    {
        for (std::size_t i = 0; i < choice.size(); ++i) {
            for (std::size_t c = 0; c < m_component.candidates(i); ++c) {
                MemberChoice changed = choice;
                changed[i] = static_cast<std::uint16_t>(c);
                if (members == 1) {
                    add(changed);
                    continue;
                }
                for (std::size_t j = i + 1; j < choice.size(); ++j) {
                    for (std::size_t d = 0; d < m_component.candidates(j); ++d) {
                        changed[j] = static_cast<std::uint16_t>(d);
                        add(changed);
                    }
                    changed[j] = choice[j];
                }
            }
        }
    }

    const Component &m_component;
    const std::stop_token &m_stop;
    std::set<MemberChoice> m_known;
    std::vector<MemberChoice> m_choices;
    std::vector<double> m_costs;
    std::vector<double> m_values;
};

} // namespace

Component::Component(const AllocationUnits &units, std::vector<std::size_t> members,
                     Resource resource)
    : m_members(std::move(members))
{
    for (const std::size_t member : m_members) {
        m_costs.emplace_back();
        m_damages.emplace_back();
        for (const UnitCandidate &candidate : units.units()[member].candidates) {
            m_costs.back().push_back(amountOf(candidate.use, resource));
            m_damages.back().push_back(candidate.damage);
        }
    }
    m_tables.assign(size() * size(), nullptr);
    for (const UnitPair &pair : units.pairs()) {
        const auto first = std::lower_bound(m_members.begin(), m_members.end(), pair.first);
        const auto second = std::lower_bound(m_members.begin(), m_members.end(), pair.second);
        if (first != m_members.end() && *first == pair.first && second != m_members.end()
            && *second == pair.second) {
            m_tables[static_cast<std::size_t>(first - m_members.begin()) * size()
                     + static_cast<std::size_t>(second - m_members.begin())]
                = &pair.values;
        }
    }
}

const std::vector<double> *Component::table(std::size_t i, std::size_t j) const
{
    return m_tables[i * size() + j];
}

double Component::interaction(std::size_t i, std::size_t a, std::size_t j, std::size_t b) const
{
    if (i > j) {
        return interaction(j, b, i, a);
    }
    const std::vector<double> *values = table(i, j);
    return values == nullptr ? 0 : (*values)[a * candidates(j) + b];
}

double Component::combinations() const
{
    double product = 1;
    for (const std::vector<double> &costs : m_costs) {
        product *= static_cast<double>(costs.size());
    }
    return product;
}

double Component::costOf(const MemberChoice &choice) const
{
    double sum = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        sum += cost(i, choice[i]);
    }
    return sum;
}

double Component::damageOf(const MemberChoice &choice) const
{
    double sum = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        sum += damage(i, choice[i]);
        for (std::size_t j = i + 1; j < size(); ++j) {
            sum += interaction(i, choice[i], j, choice[j]);
        }
    }
    return sum;
}

double Component::lowerBound(double price) const
{
    double sum = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t c = 0; c < candidates(i); ++c) {
            double bound = damage(i, c) + price * cost(i, c);
            for (std::size_t j = 0; j < size(); ++j) {
                double half = std::numeric_limits<double>::infinity();
                for (std::size_t d = 0; j != i && d < candidates(j); ++d) {
                    half = std::min(half, interaction(i, c, j, d) / 2);
                }
                bound += j == i ? 0 : half;
            }
            least = std::min(least, bound);
        }
        sum += least;
    }
    return sum;
}

ComponentFront enumerateFront(const Component &component, const std::stop_token &stop)
{
    Enumeration enumeration(component, stop);
    enumeration.run();
    TracedFront traced = paretoFront(enumeration.costs(), enumeration.values());
    ComponentFront result;
    for (const std::uint32_t index : traced.first) {
        result.choices.push_back(enumeration.choiceAt(index));
    }
    result.front = std::move(traced.front);
    return result;
}

ComponentFront searchFront(const Component &component, const std::stop_token &stop)
{
    FrontSearch search(component, stop);
    search.start();
    search.grow();
    return search.result();
}

} // namespace bitprism
