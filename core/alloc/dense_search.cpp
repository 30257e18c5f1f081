// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/dense_search.h"

#include "core/base/cancellation.h"
#include "core/base/random.h"

#include <cmath>

namespace bitprism {

namespace {

constexpr int sweeps = 200;
constexpr double firstTemperature = 0.05; // of |damage|
constexpr double cooling = 0.95;

} // namespace

/// A choice, and for every candidate of every unit its damage with the others as they are.
class DenseSearch::State
{
public:
    State(const DenseSearch &search, std::vector<std::size_t> choice)
        : m_search(search)
        , m_choice(std::move(choice))
        , m_fields(search.m_damages)
        , m_cost(search.cost(m_choice))
        , m_damage(search.m_units.damage(m_choice))
    {
        for (std::size_t u = 0; u < m_choice.size(); ++u) {
            addFields(search.index(u, m_choice[u]), 1);
        }
    }

    const std::vector<std::size_t> &choice() const { return m_choice; }
    double cost() const { return m_cost; }
    double damage() const { return m_damage; }

    double costChange(std::size_t unit, std::size_t candidate) const
    {
        return m_search.m_costs[m_search.index(unit, candidate)]
            - m_search.m_costs[m_search.index(unit, m_choice[unit])];
    }
    double damageChange(std::size_t unit, std::size_t candidate) const
    {
        return m_fields[m_search.index(unit, candidate)]
            - m_fields[m_search.index(unit, m_choice[unit])];
    }
    /// Of two units that change at once.
    double damageChange(std::size_t u, std::size_t a, std::size_t v, std::size_t b) const
    {
        const std::size_t newU = m_search.index(u, a);
        const std::size_t oldU = m_search.index(u, m_choice[u]);
        const std::size_t newV = m_search.index(v, b);
        const std::size_t oldV = m_search.index(v, m_choice[v]);
        return damageChange(u, a) + damageChange(v, b) + m_search.interaction(newU, newV)
            - m_search.interaction(newU, oldV) - m_search.interaction(oldU, newV)
            + m_search.interaction(oldU, oldV);
    }
    void change(std::size_t unit, std::size_t candidate)
    {
        m_damage += damageChange(unit, candidate);
        m_cost += costChange(unit, candidate);
        addFields(m_search.index(unit, m_choice[unit]), -1);
        m_choice[unit] = candidate;
        addFields(m_search.index(unit, candidate), 1);
    }

    void descend(double limit, const std::stop_token &stop)
    {
        while (stepOne(limit) || stepTwo(limit)) {
            throwIfStopped(stop);
        }
    }

private:
    /// Differences below are rounding.
    double smallest() const { return -1e-12 * (std::fabs(m_damage) + 1e-300); }

    void addFields(std::size_t candidate, double sign)
    {
        for (std::size_t i = 0; i < m_fields.size(); ++i) {
            m_fields[i] += sign * m_search.interaction(candidate, i);
        }
    }
    std::size_t candidates(std::size_t unit) const
    {
        return m_search.m_units.units()[unit].candidates.size();
    }

    bool stepOne(double limit)
    {
        double least = smallest();
        std::size_t unit = 0;
        std::size_t candidate = 0;
        for (std::size_t u = 0; u < m_choice.size(); ++u) {
            for (std::size_t c = 0; c < candidates(u); ++c) {
                const double found = damageChange(u, c);
                if (found < least && m_cost + costChange(u, c) <= limit) {
                    least = found;
                    unit = u;
                    candidate = c;
                }
            }
        }
        if (least >= smallest()) {
            return false;
        }
        change(unit, candidate);
        return true;
    }

    bool stepTwo(double limit)
    {
        for (std::size_t u = 0; u < m_choice.size(); ++u) {
            for (std::size_t a = 0; a < candidates(u); ++a) {
                const double room = limit - m_cost - costChange(u, a);
                for (std::size_t v = u + 1; v < m_choice.size() && a != m_choice[u]; ++v) {
                    for (std::size_t b = 0; b < candidates(v); ++b) {
                        if (costChange(v, b) <= room && damageChange(u, a, v, b) < smallest()) {
                            change(u, a);
                            change(v, b);
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    const DenseSearch &m_search;
    std::vector<std::size_t> m_choice;
    std::vector<double> m_fields; ///< [candidate]
    double m_cost;
    double m_damage;
};

DenseSearch::DenseSearch(const AllocationUnits &units, Resource resource)
    : m_units(units)
{
    for (const AllocationUnit &unit : units.units()) {
        m_first.push_back(m_costs.size());
        for (const UnitCandidate &candidate : unit.candidates) {
            m_costs.push_back(amountOf(candidate.use, resource));
            m_damages.push_back(candidate.damage);
        }
    }
    m_size = m_costs.size();
    m_matrix.assign(m_size * m_size, 0);
    for (const UnitPair &pair : units.pairs()) {
        const std::size_t stride = units.units()[pair.second].candidates.size();
        for (std::size_t i = 0; i < pair.values.size(); ++i) {
            const std::size_t a = index(pair.first, i / stride);
            const std::size_t b = index(pair.second, i % stride);
            m_matrix[a * m_size + b] = pair.values[i];
            m_matrix[b * m_size + a] = pair.values[i];
        }
    }
}

double DenseSearch::cost(const std::vector<std::size_t> &choice) const
{
    double sum = 0;
    for (std::size_t u = 0; u < choice.size(); ++u) {
        sum += m_costs[index(u, choice[u])];
    }
    return sum;
}

std::vector<std::size_t> DenseSearch::improve(const std::vector<std::size_t> &start, double limit,
                                              const std::stop_token &stop) const
{
    State state(*this, start);
    state.descend(limit, stop);
    std::vector<std::size_t> best = state.choice();
    double least = state.damage();
    Random random(0, "dense search");
    const std::size_t units = best.size();
    double temperature = firstTemperature * std::fabs(least);
    for (int sweep = 0; sweep < sweeps; ++sweep, temperature *= cooling) {
        throwIfStopped(stop);
        for (std::size_t i = 0; i < units; ++i) {
            const auto pick = [&](std::size_t u) {
                return static_cast<std::size_t>(random.below(m_units.units()[u].candidates.size()));
            };
            const auto u = static_cast<std::size_t>(random.below(units));
            const auto v = static_cast<std::size_t>(random.below(units));
            const std::size_t a = pick(u);
            const std::size_t b = pick(v);
            // Every other change takes from one unit what it gives to another.
            const bool isDouble = u != v && i % 2 == 1;
            const double cost = state.costChange(u, a) + (isDouble ? state.costChange(v, b) : 0);
            if (state.cost() + cost > limit) {
                continue;
            }
            const double change
                = isDouble ? state.damageChange(u, a, v, b) : state.damageChange(u, a);
            if (change > 0 && random.uniform() >= std::exp(-change / temperature)) {
                continue;
            }
            state.change(u, a);
            if (isDouble) {
                state.change(v, b);
            }
            if (state.damage() < least) {
                least = state.damage();
                best = state.choice();
            }
        }
    }
    State last(*this, best);
    last.descend(limit, stop);
    return m_units.damage(last.choice()) <= m_units.damage(start) ? last.choice() : start;
}

} // namespace bitprism
