// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/integer_program.h"

#include "core/base/error.h"

#include <Cbc_C_Interface.h>
#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <string>

namespace bitprism {

namespace {

struct ModelDeleter
{
    void operator()(void *model) const { Cbc_deleteModel(model); }
};

/// The program's columns: one for each candidate, in order.
class Program
{
public:
    Program(const AllocationUnits &units, const std::vector<LinearLimit> &limits)
        : m_units(units)
        , m_model(Cbc_newModel())
    {
        Cbc_setParameter(m_model.get(), "log", "0");
        addColumns();
        addLimits(limits);
    }

    void startFrom(const std::vector<std::size_t> &choice)
    {
        std::vector<int> columns;
        for (std::size_t u = 0; u < choice.size(); ++u) {
            columns.push_back(m_first[u] + static_cast<int>(choice[u]));
        }
        const std::vector<double> ones(columns.size(), 1.0);
        Cbc_setMIPStartI(m_model.get(), static_cast<int>(columns.size()), columns.data(),
                         ones.data());
    }

    IntegerSolution solve(double seconds)
    {
        Cbc_setMaximumSeconds(m_model.get(), seconds);
        Cbc_setAllowableGap(m_model.get(), 0);
        Cbc_setParameter(m_model.get(), "ratioGap", "0");
        Cbc_solve(m_model.get());
        IntegerSolution solution;
        solution.isOptimal = Cbc_isProvenOptimal(m_model.get()) != 0;
        solution.bound = m_scale * Cbc_getBestPossibleObjValue(m_model.get());
        solution.isInfeasible = Cbc_isProvenInfeasible(m_model.get()) != 0;
        if (solution.isInfeasible) {
            return solution;
        }
        const double *values = Cbc_getColSolution(m_model.get());
        for (std::size_t u = 0; values != nullptr && u < m_first.size(); ++u) {
            const std::size_t count = m_units.units()[u].candidates.size();
            const double *first = values + m_first[u];
            solution.choice.push_back(
                static_cast<std::size_t>(std::max_element(first, first + count) - first));
        }
        return solution;
    }

private:
    /// Damages are scaled so that the solver's absolute tolerances are far below what differs.
    void addColumns()
    {
        for (const AllocationUnit &unit : m_units.units()) {
            for (const UnitCandidate &candidate : unit.candidates) {
                m_scale = std::max(m_scale, std::fabs(candidate.damage));
            }
        }
        m_scale = m_scale > 0 ? m_scale / 1e4 : 1;
        int columns = 0;
        for (const AllocationUnit &unit : m_units.units()) {
            m_first.push_back(columns);
            std::vector<int> own;
            for (const UnitCandidate &candidate : unit.candidates) {
                own.push_back(columns++);
                const std::string name = "x" + std::to_string(own.back());
                Cbc_addCol(m_model.get(), name.c_str(), 0, 1, candidate.damage / m_scale, 1, 0,
                           nullptr, nullptr);
            }
            const std::vector<double> ones(own.size(), 1.0);
            const std::string name = "one" + std::to_string(m_first.size());
            Cbc_addRow(m_model.get(), name.c_str(), static_cast<int>(own.size()), own.data(),
                       ones.data(), 'E', 1);
        }
    }

    void addLimits(const std::vector<LinearLimit> &limits)
    {
        for (std::size_t i = 0; i < limits.size(); ++i) {
            // Relative to the least a choice needs, in parts of what is left: well scaled numbers.
            const LinearLimit &limit = limits[i];
            double least = 0;
            for (const std::vector<double> &amounts : limit.amounts) {
                least += *std::min_element(amounts.begin(), amounts.end());
            }
            const double unit = std::max(limit.limit - least, 1.0) / 1e4;
            std::vector<int> columns;
            std::vector<double> values;
            for (std::size_t u = 0; u < limit.amounts.size(); ++u) {
                const std::vector<double> &amounts = limit.amounts[u];
                const double base = *std::min_element(amounts.begin(), amounts.end());
                for (std::size_t c = 0; c < amounts.size(); ++c) {
                    columns.push_back(m_first[u] + static_cast<int>(c));
                    values.push_back((amounts[c] - base) / unit);
                }
            }
            const std::string name = "limit" + std::to_string(i);
            Cbc_addRow(m_model.get(), name.c_str(), static_cast<int>(columns.size()),
                       columns.data(), values.data(), 'L', (limit.limit - least) / unit);
        }
    }

    const AllocationUnits &m_units;
    std::unique_ptr<void, ModelDeleter> m_model;
    std::vector<int> m_first; ///< column of each unit's first candidate
    double m_scale = 0;
};

} // namespace

IntegerSolution solveIntegerProgram(const AllocationUnits &units,
                                    const std::vector<LinearLimit> &limits,
                                    const std::vector<std::size_t> &start, double seconds)
{
    static std::mutex mutex; // the library keeps state of its own
    const std::lock_guard lock(mutex);
    Program program(units, limits);
    if (!start.empty()) {
        program.startFrom(start);
    }
    return program.solve(seconds);
}

std::vector<LinearLimit> linearLimits(const AllocationUnits &units, const ResourceLimits &limits)
{
    std::vector<LinearLimit> result;
    for (const Resource resource : allResources) {
        if (const std::optional<double> limit = limits.limit(resource)) {
            LinearLimit &row = result.emplace_back();
            row.limit = *limit;
            for (const AllocationUnit &unit : units.units()) {
                row.amounts.emplace_back();
                for (const UnitCandidate &candidate : unit.candidates) {
                    row.amounts.back().push_back(amountOf(candidate.use, resource));
                }
            }
        }
    }
    return result;
}

void refuseTogether(bool isCertain)
{
    if (isCertain) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "These budgets cannot be met together, though each can alone; "
                                "raise one of them."));
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "No allocation that keeps all of these budgets was found; raise one of "
                            "them."));
}

std::vector<std::size_t> choiceWithin(const ResourceLimits &limits, const AllocationUnits &units)
{
    constexpr double seconds = 1;
    IntegerSolution found = solveIntegerProgram(units, linearLimits(units, limits), {}, seconds);
    // The solver's tolerances are wider than a budget's.
    if (found.choice.empty() || !limits.allow(units.use(found.choice))) {
        refuseTogether(found.isInfeasible);
    }
    return std::move(found.choice);
}

} // namespace bitprism
