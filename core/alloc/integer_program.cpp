// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/integer_program.h"

#include "core/base/cancellation.h"
#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <csetjmp>
#include <glpk.h>
#include <memory>
#include <stop_token>
#include <string>

namespace bitprism {

namespace {

/// The solver's memory of this thread; goes last.
struct Environment
{
    Environment() { glp_term_out(GLP_OFF); }
    ~Environment() { glp_free_env(); }
    Environment(const Environment &) = delete;
    Environment &operator=(const Environment &) = delete;
};

struct ProblemDeleter
{
    void operator()(glp_prob *problem) const { glp_delete_prob(problem); }
};

void leave(void *place) { std::longjmp(*static_cast<std::jmp_buf *>(place), 1); }

/// False where one of the solver's assertions fails, which would end the process; of the frames
/// between, all C but the search's callback, none has anything to destroy.
template <typename Call> bool withoutAbort(const Call &call)
{
    std::jmp_buf place;
    if (setjmp(place) != 0) {
        glp_error_hook(nullptr, nullptr);
        return false;
    }
    glp_error_hook(&leave, &place);
    call();
    glp_error_hook(nullptr, nullptr);
    return true;
}

/// The program's columns: one for each candidate, in order, numbered from 1 as the solver does.
class Program
{
public:
    Program(const AllocationUnits &units, const std::vector<LinearLimit> &limits)
        : m_units(units)
        , m_problem(glp_create_prob())
    {
        glp_set_obj_dir(m_problem.get(), GLP_MIN);
        addColumns();
        addLimits(limits);
    }

    void startFrom(const std::vector<std::size_t> &choice)
    {
        m_start.assign(static_cast<std::size_t>(glp_get_num_cols(m_problem.get())) + 1, 0);
        for (std::size_t u = 0; u < choice.size(); ++u) {
            m_start[static_cast<std::size_t>(m_first[u]) + choice[u]] = 1;
        }
    }

    IntegerSolution solve(double seconds)
    {
        IntegerSolution solution;
        bool isDone = false;
        if (!withoutAbort([&] { isDone = relax(seconds) && search(seconds); })) {
            static_cast<void>(m_problem.release()); // the environment frees it
        }
        throwIfStopped(m_stop);
        if (!isDone) {
            return solution;
        }
        const int status = glp_mip_status(m_problem.get());
        solution.isInfeasible = m_isInfeasible || status == GLP_NOFEAS;
        solution.isOptimal = status == GLP_OPT;
        solution.bound
            = m_scale * (solution.isOptimal ? glp_mip_obj_val(m_problem.get()) : m_bound);
        if (status == GLP_OPT || status == GLP_FEAS) {
            solution.choice = chosen();
        }
        return solution;
    }

private:
    /// Damages are scaled so that the solver's tolerances are far below what differs.
    void addColumns()
    {
        for (const AllocationUnit &unit : m_units.units()) {
            for (const UnitCandidate &candidate : unit.candidates) {
                m_scale = std::max(m_scale, std::fabs(candidate.damage));
            }
        }
        m_scale = m_scale > 0 ? m_scale / 1e4 : 1;
        for (const AllocationUnit &unit : m_units.units()) {
            const auto count = static_cast<int>(unit.candidates.size());
            m_first.push_back(glp_add_cols(m_problem.get(), count));
            std::vector<int> own;
            for (int c = 0; c < count; ++c) {
                own.push_back(m_first.back() + c);
                glp_set_col_kind(m_problem.get(), own.back(), GLP_BV);
                glp_set_obj_coef(m_problem.get(), own.back(),
                                 unit.candidates[static_cast<std::size_t>(c)].damage / m_scale);
            }
            addRow(GLP_FX, own, std::vector<double>(own.size(), 1), 1);
        }
    }

    void addLimits(const std::vector<LinearLimit> &limits)
    {
        for (const LinearLimit &limit : limits) {
            // Relative to the least a choice needs, in parts of what is left: well scaled numbers.
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
            addRow(GLP_UP, columns, values, (limit.limit - least) / unit);
        }
    }

    void addRow(int kind, std::vector<int> columns, std::vector<double> values, double bound)
    {
        const auto count = static_cast<int>(columns.size());
        columns.insert(columns.begin(), 0); // the solver counts from 1
        values.insert(values.begin(), 0);
        const int row = glp_add_rows(m_problem.get(), 1);
        glp_set_row_bnds(m_problem.get(), row, kind, bound, bound);
        glp_set_mat_row(m_problem.get(), row, count, columns.data(), values.data());
    }

    /// False where the time was too short.
    bool relax(double seconds)
    {
        constexpr double slice = 0.2; // without a callback, this is how it can be cancelled
        glp_smcp options;
        glp_init_smcp(&options);
        options.tm_lim = milliseconds(slice);
        int result = GLP_ETMLIM;
        for (double spent = 0; result == GLP_ETMLIM && spent < seconds; spent += slice) {
            if (m_stop.stop_requested()) {
                return false;
            }
            result = glp_simplex(m_problem.get(), &options);
        }
        m_isInfeasible = result == 0 && glp_get_status(m_problem.get()) == GLP_NOFEAS;
        m_bound = glp_get_obj_val(m_problem.get());
        return result == 0;
    }

    bool search(double seconds)
    {
        if (m_isInfeasible) {
            return true;
        }
        constexpr double relativeTolerance = 1e-9; // of the objective; as shipped, 1e-7
        glp_iocp options;
        glp_init_iocp(&options);
        options.cov_cuts = GLP_ON; // each limit is a knapsack: covers cut most
        options.tol_obj = relativeTolerance;
        options.tm_lim = milliseconds(seconds);
        options.cb_func = &Program::step;
        options.cb_info = this;
        const int result = glp_intopt(m_problem.get(), &options);
        return result == 0 || result == GLP_ETMLIM || result == GLP_ESTOP;
    }

    /// Called by the solver throughout its search.
    static void step(glp_tree *tree, void *program)
    {
        auto &self = *static_cast<Program *>(program);
        if (self.m_stop.stop_requested()) {
            glp_ios_terminate(tree);
            return;
        }
        if (const int best = glp_ios_best_node(tree)) {
            self.m_bound = std::max(self.m_bound, glp_ios_node_bound(tree, best));
        }
        if (glp_ios_reason(tree) == GLP_IHEUR && !self.m_start.empty()) {
            glp_ios_heur_sol(tree, self.m_start.data());
            self.m_start.clear();
        }
    }

    static int milliseconds(double seconds) { return static_cast<int>(std::ceil(seconds * 1000)); }

    std::vector<std::size_t> chosen() const
    {
        std::vector<std::size_t> choice;
        for (std::size_t u = 0; u < m_first.size(); ++u) {
            std::size_t best = 0;
            for (std::size_t c = 1; c < m_units.units()[u].candidates.size(); ++c) {
                best = value(u, c) > value(u, best) ? c : best;
            }
            choice.push_back(best);
        }
        return choice;
    }

    double value(std::size_t unit, std::size_t candidate) const
    {
        return glp_mip_col_val(m_problem.get(), m_first[unit] + static_cast<int>(candidate));
    }

    const AllocationUnits &m_units;
    Environment m_environment;
    std::unique_ptr<glp_prob, ProblemDeleter> m_problem;
    std::stop_token m_stop = CancellationScope::current();
    std::vector<int> m_first; ///< column of each unit's first candidate
    std::vector<double> m_start; ///< by column; empty: none
    double m_scale = 0;
    double m_bound = 0; ///< no choice has less, in the solver's units
    bool m_isInfeasible = false;
};

} // namespace

IntegerSolution solveIntegerProgram(const AllocationUnits &units,
                                    const std::vector<LinearLimit> &limits,
                                    const std::vector<std::size_t> &start, double seconds)
{
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

std::string integerSolverName() { return std::string("glpk ") + glp_version(); }

} // namespace bitprism
