// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/exact_frontier.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism {

namespace {

constexpr int askedBudgets = 64; ///< asked in one repeat

struct RatioSolverParams
{
    int blocks = 32;
    int layers = 7;
    int candidates = 5;
    int repeats = 3;

    void visit(ParamVisitor &v)
    {
        v.integer("blocks", blocks, {1, 1024},
                  {BITPRISM_TR("Bench", "Blocks"), BITPRISM_TR("Bench", "Blocks of the model."),
                   "blocks"});
        v.integer(
            "layers", layers, {1, 64},
            {BITPRISM_TR("Bench", "Layers"), BITPRISM_TR("Bench", "Layers of a block."), "layers"});
        v.integer("candidates", candidates, {2, 64},
                  {BITPRISM_TR("Bench", "Candidates"),
                   BITPRISM_TR("Bench", "Ratios that each layer may have."), "candidates"});
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

/// The shapes of a 7B Llama, ratios from 0.02 to 0.2 at 2 and 3 bits without groups.
AllocationProblem ratioProblem(const RatioSolverParams &params, JobContext &context)
{
    Random random = context.random("bench ratios");
    constexpr std::int64_t rows[] = {4096, 4096, 4096, 4096, 11008, 11008, 4096};
    constexpr std::int64_t cols[] = {4096, 4096, 4096, 4096, 4096, 4096, 11008};
    AllocationProblem problem;
    for (int b = 0; b < params.blocks; ++b) {
        const std::size_t first = problem.layers.size();
        for (int l = 0; l < params.layers; ++l) {
            AllocationLayer &layer = problem.layers.emplace_back();
            layer.name = std::to_string(b) + "." + std::to_string(l);
            layer.block = b;
            layer.weights = rows[l % 7] * cols[l % 7];
            const double sensitivity = 0.01 * std::exp(random.normal());
            for (int c = 0; c < params.candidates; ++c) {
                AllocationCandidate &candidate = layer.candidates.emplace_back();
                candidate.bits = 2;
                candidate.ratio = 0.02 + 0.18 * c / std::max(1, params.candidates - 1);
                const auto high = std::llround(*candidate.ratio * static_cast<double>(cols[l % 7]));
                candidate.storageBits
                    = rows[l % 7] * (2 * cols[l % 7] + high + 19 + 18) + cols[l % 7];
                candidate.damage
                    = sensitivity * std::exp(-4 * *candidate.ratio) * (1 + 0.05 * random.normal());
            }
        }
        for (std::size_t i = first; i < problem.layers.size(); ++i) {
            for (std::size_t j = i + 1; j < problem.layers.size(); ++j) {
                LayerInteraction &pair = problem.interactions.emplace_back();
                pair.first = i;
                pair.second = j;
                for (int k = 0; k < params.candidates * params.candidates; ++k) {
                    pair.values.push_back(0.001 * random.normal());
                }
            }
        }
    }
    return problem;
}

/// The quadratic program over ratios: the whole frontier from probes, then budgets as a dragged
/// cursor asks them.
class RatioSolver final : public Bench
{
public:
    using Params = RatioSolverParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "ratio-solver",
                BITPRISM_TR("Bench", "Solving ratios with interactions for all budgets"),
                "shapes of a 7B model, pairs within blocks",
                {}};
    }
    explicit RatioSolver(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        const AllocationProblem problem = ratioProblem(m_params, run);
        std::unique_ptr<const Frontier> frontier;
        const Timing solving = fastestOf(m_params.repeats, run, [&] {
            frontier = std::make_unique<ExactFrontier>(problem, ExactOptions(), run.stopToken());
        });
        const std::vector<FrontierPoint> points = frontier->points();
        const double least = points.front().averageBits;
        const double span = points.back().averageBits - least;
        const Timing answering = fastestOf(m_params.repeats, run, [&] {
            for (int i = 0; i < askedBudgets; ++i) {
                Budget budget;
                budget.averageBits = least + span * (i + 1) / askedBudgets;
                static_cast<void>(frontier->at(budget));
            }
        });
        const double choices
            = m_params.blocks * std::pow(m_params.candidates, static_cast<double>(m_params.layers));
        BenchMeasurement result
            = measured(choices, "choices", m_params.repeats, solving, run.request().threads);
        result.details["seconds_per_budget"] = answering.seconds / askedBudgets;
        result.details["points"] = static_cast<double>(points.size());
        // Every choice of a block is an addition for each layer, and a cost.
        result.operations = choices * 2;
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, ratio_solver, RatioSolver);

} // namespace bitprism
