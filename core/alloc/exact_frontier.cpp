// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/exact_frontier.h"

#include "core/alloc/component_front.h"
#include "core/alloc/dense_search.h"
#include "core/alloc/integer_program.h"
#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "core/base/parallel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitprism {

namespace {

using Choices = std::vector<std::size_t>;

/// Costs that are not whole numbers come as sums in different orders.
constexpr double relativeSlack = 1e-12;

/// Connected units, each component ascending; only pairs that `joins` allows connect.
template <typename Joins>
std::vector<Choices> connected(const AllocationUnits &units, const Joins &joins)
{
    std::vector<std::size_t> parent(units.units().size());
    std::iota(parent.begin(), parent.end(), std::size_t(0));
    const auto rootOf = [&](std::size_t u) {
        while (parent[u] != u) {
            u = parent[u] = parent[parent[u]];
        }
        return u;
    };
    for (const UnitPair &pair : units.pairs()) {
        if (joins(pair)) {
            const auto [low, high] = std::minmax({rootOf(pair.first), rootOf(pair.second)});
            parent[high] = low;
        }
    }
    std::map<std::size_t, Choices> byRoot;
    for (std::size_t u = 0; u < parent.size(); ++u) {
        byRoot[rootOf(u)].push_back(u);
    }
    std::vector<Choices> result;
    for (auto &[root, members] : byRoot) {
        result.push_back(std::move(members));
    }
    return result;
}

/// The cheapest candidate of every unit; of equals the least damaging.
Choices cheapestChoice(const AllocationUnits &units, Resource resource)
{
    Choices choice;
    for (const AllocationUnit &unit : units.units()) {
        std::size_t best = 0;
        for (std::size_t c = 1; c < unit.candidates.size(); ++c) {
            const double cost = amountOf(unit.candidates[c].use, resource);
            const double least = amountOf(unit.candidates[best].use, resource);
            const bool isLess = unit.candidates[c].damage < unit.candidates[best].damage;
            best = cost < least || (cost == least && isLess) ? c : best;
        }
        choice.push_back(best);
    }
    return choice;
}

} // namespace

struct ExactFrontier::Found
{
    Choices choice;
    bool isOptimal = false;
    bool isThinned = false;
    std::optional<double> bound; ///< no choice within the limits damages less
};

/// Everything solved for one resource.
class ExactFrontier::Solution
{
public:
    Solution(const AllocationUnits &units, Resource resource, const ExactOptions &options,
             const std::stop_token &stop)
        : m_units(units)
        , m_resource(resource)
    {
        makeComponents(options, stop);
        merge(options, stop);
        const std::vector<Choices> uniform = uniformChoices(units);
        std::for_each(uniform.begin(), uniform.end(), [this](const Choices &c) { addKnown(c); });
        addKnown(cheapestChoice(units, resource));
        if (m_isDense) {
            searchDense(stop);
        }
        std::stable_sort(m_known.begin(), m_known.end(), [](const Known &a, const Known &b) {
            return a.cost != b.cost ? a.cost < b.cost : a.value < b.value;
        });
    }

    bool isOptimal() const { return m_isExact && !m_isThinned && !m_isDense; }
    bool isThinned() const { return m_isThinned; }

    /// The least damage within `limit`.
    Choices best(double limit) const
    {
        const double bound = limit * (1 + relativeSlack);
        double least = std::numeric_limits<double>::infinity();
        Choices choice;
        if (!m_isDense && m_front.costs.front() <= bound) {
            const auto above = std::upper_bound(m_front.costs.begin(), m_front.costs.end(), bound);
            const auto index = static_cast<std::size_t>(above - m_front.costs.begin()) - 1;
            least = m_front.values[index];
            choice = choiceAt(index);
        }
        for (const Known &known : m_known) {
            // Sums in other orders differ in the last bits.
            const double slack = choice.empty() ? 0 : relativeSlack * std::fabs(least);
            if (known.cost <= bound && known.value < least - slack) {
                least = known.value;
                choice = known.choice;
            }
        }
        return choice;
    }

    /// max over prices of the Lagrangian's least value: no choice within `limit` damages less.
    double lowerBound(double limit) const
    {
        const auto boundAt = [&](double price) {
            double sum = m_crossBound - price * limit;
            for (std::size_t i = 0; i < m_components.size(); ++i) {
                sum += componentBound(i, price);
            }
            return sum;
        };
        const double span = std::max(m_front.costs.back() - m_front.costs.front(), 1.0);
        const double fall = std::max(m_front.values.front() - m_front.values.back(), 1e-12);
        double best = boundAt(0);
        double low = std::log(fall / span) - 12;
        double high = std::log(fall / span) + 12;
        constexpr double golden = 0.618;
        for (int i = 0; i < 48; ++i) { // the bound is concave in the price
            const double a = high - golden * (high - low);
            const double b = low + golden * (high - low);
            const double atA = boundAt(std::exp(a));
            const double atB = boundAt(std::exp(b));
            best = std::max({best, atA, atB});
            (atA > atB ? high : low) = atA > atB ? b : a;
        }
        return best;
    }

    /// Choices to try under several limits, dearest first; at most about `count`.
    std::vector<Choices> samples(double limit, std::size_t count) const
    {
        std::vector<Choices> result;
        for (std::size_t i = m_known.size(); i-- > 0;) {
            result.push_back(m_known[i].choice);
        }
        const std::size_t step = std::max<std::size_t>(1, m_front.size() / count);
        for (std::size_t i = m_front.size(); i-- > 0;) {
            if ((i % step == 0 || i + 1 == m_front.size())
                && m_front.costs[i] <= limit * (1 + relativeSlack)) {
                result.push_back(choiceAt(i));
            }
        }
        return result;
    }

    std::vector<FrontierPoint> points() const
    {
        std::vector<FrontierPoint> points;
        std::size_t next = 0;
        const auto add = [&](const FrontierPoint &point) {
            if (!points.empty() && point.objective >= points.back().objective) {
                return;
            }
            if (!points.empty() && point.averageBits <= points.back().averageBits) {
                points.pop_back();
            }
            points.push_back(point);
        };
        const auto addKnownUpTo = [&](double cost) {
            for (; next < m_known.size() && m_known[next].cost < cost; ++next) {
                add(m_units.point(m_known[next].choice));
            }
        };
        const double weights = static_cast<double>(m_units.weights());
        const bool hasErrors
            = !m_known.empty() && m_units.damageUncertainty(m_known.front().choice).isKnown;
        for (std::size_t i = 0; i < m_front.size() && !m_isDense; ++i) {
            addKnownUpTo(m_front.costs[i]);
            add({m_front.costs[i] / weights, m_units.problem().fixedBytes + m_bytes[i],
                 m_front.values[i],
                 hasErrors ? m_units.damageUncertainty(choiceAt(i)).standardError()
                           : std::nullopt});
        }
        addKnownUpTo(std::numeric_limits<double>::infinity());
        return points;
    }

private:
    struct Known
    {
        Choices choice;
        double cost = 0;
        double value = 0;
    };

    void addKnown(const Choices &choice)
    {
        m_known.push_back(
            {choice, amountOf(m_units.use(choice), m_resource), m_units.damage(choice)});
    }

    void makeComponents(const ExactOptions &options, const std::stop_token &stop)
    {
        const std::vector<AllocationUnit> &units = m_units.units();
        const auto isInside = [&](const UnitPair &pair) {
            return units[pair.first].block >= 0
                && units[pair.first].block == units[pair.second].block;
        };
        const auto add = [&](Choices members) {
            m_components.emplace_back(m_units, std::move(members), m_resource);
        };
        const std::vector<Choices> whole
            = connected(m_units, [](const UnitPair &) { return true; });
        for (const Choices &members : whole) {
            double combinations = 1;
            for (const std::size_t u : members) {
                combinations *= static_cast<double>(units[u].candidates.size());
            }
            m_isDense = m_isDense || combinations > options.mostCombinations;
        }
        if (m_isDense) { // too much for one piece: by blocks, if any pair crosses them
            m_isDense = false;
            for (const UnitPair &pair : m_units.pairs()) {
                if (!isInside(pair)) {
                    m_isDense = true;
                    m_crossBound += *std::min_element(pair.values.begin(), pair.values.end());
                }
            }
            for (Choices &members : connected(m_units, isInside)) {
                add(std::move(members));
            }
        } else {
            std::for_each(whole.begin(), whole.end(), add);
        }
        m_fronts.resize(m_components.size());
        parallelFor(m_components.size(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                m_fronts[i] = m_components[i].combinations() <= options.mostCombinations
                    ? enumerateFront(m_components[i], stop)
                    : searchFront(m_components[i], stop);
            }
        });
        m_isExact = std::all_of(m_fronts.begin(), m_fronts.end(),
                                [](const ComponentFront &front) { return front.isExact; });
    }

    std::vector<std::int64_t> bytesOf(std::size_t component) const
    {
        std::vector<std::int64_t> bytes;
        const Choices &members = m_components[component].members();
        for (const std::vector<std::uint16_t> &choice : m_fronts[component].choices) {
            std::int64_t &sum = bytes.emplace_back(0);
            for (std::size_t i = 0; i < members.size(); ++i) {
                sum += m_units.units()[members[i]].candidates[choice[i]].use.bytes;
            }
        }
        return bytes;
    }

    void merge(const ExactOptions &options, const std::stop_token &stop)
    {
        m_front = m_fronts.front().front;
        m_bytes = bytesOf(0);
        for (std::size_t i = 1; i < m_fronts.size(); ++i) {
            throwIfStopped(stop);
            TracedFront merged = mergeFronts(m_front, m_fronts[i].front, stop);
            m_isThinned = thinFront(merged, options.maxPoints) || m_isThinned;
            const std::vector<std::int64_t> added = bytesOf(i);
            std::vector<std::int64_t> bytes(merged.front.size());
            for (std::size_t j = 0; j < bytes.size(); ++j) {
                bytes[j] = m_bytes[merged.first[j]] + added[merged.second[j]];
            }
            m_bytes = std::move(bytes);
            m_front = std::move(merged.front);
            m_levels.push_back({std::move(merged.first), std::move(merged.second)});
        }
    }

    Choices choiceAt(std::size_t index) const
    {
        Choices choice(m_units.units().size());
        for (std::size_t i = m_fronts.size(); i-- > 0;) {
            const std::size_t own = i == 0 ? index : m_levels[i - 1].own[index];
            index = i == 0 ? 0 : m_levels[i - 1].before[index];
            const Choices &members = m_components[i].members();
            for (std::size_t j = 0; j < members.size(); ++j) {
                choice[members[j]] = m_fronts[i].choices[own][j];
            }
        }
        return choice;
    }

    double componentBound(std::size_t i, double price) const
    {
        if (!m_fronts[i].isExact) {
            return m_components[i].lowerBound(price);
        }
        const ParetoFront &front = m_fronts[i].front;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t j = 0; j < front.size(); ++j) {
            least = std::min(least, front.values[j] + price * front.costs[j]);
        }
        return least;
    }

    /// Improves choices all along the front of the blocks by what crosses them; what a budget
    /// found is a start for the next.
    void searchDense(const std::stop_token &stop)
    {
        constexpr std::size_t budgets = 192;
        const DenseSearch search(m_units, m_resource);
        Choices last = cheapestChoice(m_units, m_resource);
        const std::size_t step = std::max<std::size_t>(1, m_front.size() / budgets);
        for (std::size_t i = 0; i < m_front.size(); i += step) {
            const double limit = m_front.costs[i];
            Choices start = choiceAt(i);
            if (m_units.damage(last) < m_units.damage(start)) {
                start = last;
            }
            last = search.improve(start, limit, stop);
            addKnown(last);
        }
    }

    struct Level
    {
        std::vector<std::uint32_t> before; ///< point of the front merged so far
        std::vector<std::uint32_t> own; ///< point of the component's front
    };

    const AllocationUnits &m_units;
    Resource m_resource;
    std::vector<Component> m_components;
    std::vector<ComponentFront> m_fronts; ///< of each component
    std::vector<Level> m_levels; ///< of each merge
    ParetoFront m_front; ///< of all; without what crosses blocks
    std::vector<std::int64_t> m_bytes; ///< of its points
    std::vector<Known> m_known; ///< choices with their true damage, costs ascending
    double m_crossBound = 0; ///< least that what crosses blocks can add
    bool m_isDense = false;
    bool m_isExact = true;
    bool m_isThinned = false;
};

ExactFrontier::ExactFrontier(AllocationProblem problem, ExactOptions options,
                             const std::stop_token &stop)
    : m_units(std::move(problem))
    , m_options(std::move(options))
{
    m_solutions[Resource::Storage]
        = std::make_unique<const Solution>(m_units, Resource::Storage, m_options, stop);
}

ExactFrontier::~ExactFrontier() = default;

const ExactFrontier::Solution &ExactFrontier::solution(Resource resource) const
{
    {
        const std::lock_guard lock(m_mutex);
        if (const auto known = m_solutions.find(resource); known != m_solutions.end()) {
            return *known->second;
        }
    }
    // Without the lock: who asks for what is solved does not wait, and whoever is first counts.
    auto solved = std::make_unique<const Solution>(m_units, resource, m_options,
                                                   CancellationScope::current());
    const std::lock_guard lock(m_mutex);
    return *m_solutions.emplace(resource, std::move(solved)).first->second;
}

ExactFrontier::Found ExactFrontier::underOne(Resource resource, double limit) const
{
    const Solution &solved = solution(resource);
    Found found;
    found.choice = solved.best(limit);
    found.isOptimal = solved.isOptimal();
    found.isThinned = solved.isThinned();
    if (!found.isOptimal && std::isfinite(limit) && !found.choice.empty()) {
        found.bound = solved.lowerBound(limit);
    }
    return found;
}

/// The optimum under one of the limits is that under all if it keeps the others; else the best of
/// the choices that are tried.
ExactFrontier::Found ExactFrontier::underSeveral(const ResourceLimits &limits,
                                                 const std::vector<Resource> &limited) const
{
    constexpr std::size_t tried = 1024;
    Found best;
    double least = std::numeric_limits<double>::infinity();
    std::optional<double> bound;
    for (const Resource resource : limited) {
        const double limit = *limits.limit(resource);
        Found one = underOne(resource, limit);
        if (!one.choice.empty() && one.isOptimal) {
            bound
                = std::max(bound.value_or(m_units.damage(one.choice)), m_units.damage(one.choice));
        }
        if (!one.choice.empty() && limits.allow(m_units.use(one.choice))) {
            return one;
        }
        for (Choices &choice : solution(resource).samples(limit, tried)) {
            const double damage = m_units.damage(choice);
            if (damage < least && limits.allow(m_units.use(choice))) {
                least = damage;
                best.choice = std::move(choice);
            }
        }
    }
    best.bound = bound;
    return best;
}

Allocation ExactFrontier::at(const Budget &budget) const
{
    const auto start = std::chrono::steady_clock::now();
    const ResourceLimits limits(budget, m_units);
    std::vector<Resource> limited;
    for (const Resource resource : allResources) {
        if (limits.limit(resource)) {
            limited.push_back(resource);
        }
    }
    Found found;
    if (limited.size() > 1) {
        found = underSeveral(limits, limited);
    } else {
        const Resource resource = limited.empty() ? Resource::Storage : limited.front();
        found = underOne(resource,
                         limited.empty() ? std::numeric_limits<double>::infinity()
                                         : *limits.limit(resource));
    }
    if (found.choice.empty()) {
        found.choice = cheapestChoice(m_units, limited.front());
        if (!limits.allow(m_units.use(found.choice))) {
            found.choice = choiceWithin(limits, m_units);
        }
    }
    Allocation allocation = m_units.allocation(found.choice, m_options.allocator,
                                               found.isOptimal ? "optimal" : "feasible");
    allocation.solver = "exact-front";
    allocation.thinned = found.isThinned;
    if (found.isOptimal || found.bound) {
        const double bound = found.isOptimal ? allocation.objective : *found.bound;
        allocation.gap = std::max(0.0, allocation.objective - bound);
    }
    allocation.milliseconds
        = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
              .count();
    return allocation;
}

std::vector<FrontierPoint> ExactFrontier::points() const
{
    return solution(Resource::Storage).points();
}

} // namespace bitprism
