// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocator.h"

#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism {

namespace {

constexpr int budgets = 64; ///< asked in one repeat

struct AllocatorBenchParams
{
    std::string id = "sensitivity-greedy";
    int layers = 500;
    int repeats = 5;

    void visit(ParamVisitor &v)
    {
        v.text("allocator", id,
               {BITPRISM_TR("Bench", "Allocator"),
                BITPRISM_TR("Bench", "The allocator that is asked.")});
        v.integer("layers", layers, {1, 1 << 20},
                  {BITPRISM_TR("Bench", "Layers"), BITPRISM_TR("Bench", "Layers to choose for."),
                   "layers"});
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

AllocationProblem problemOf(int layers, JobContext &context)
{
    Random random = context.random("bench allocation");
    AllocationProblem problem;
    for (int i = 0; i < layers; ++i) {
        AllocationLayer &layer = problem.layers.emplace_back();
        layer.name = "layer " + std::to_string(i);
        layer.weights = 4096 * static_cast<std::int64_t>(1024 + random.below(8192));
        const double sensitivity = std::exp(2 * random.normal());
        for (int bits = 2; bits <= 8; ++bits) {
            AllocationCandidate &candidate = layer.candidates.emplace_back();
            candidate.bits = bits;
            candidate.storageBits = layer.weights * bits + layer.weights / 8;
            candidate.damage = sensitivity * std::pow(4.0, -bits) * (1 + 0.1 * random.normal());
            candidate.deltaNll = candidate.damage;
        }
    }
    return problem;
}

/// Solves once, then answers budgets as a dragged cursor asks them.
class AllocatorBench final : public Bench
{
public:
    using Params = AllocatorBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "allocator",
                BITPRISM_TR("Bench", "Solving an allocation and answering budgets"),
                "seven widths a layer, convex damages with noise",
                {}};
    }
    explicit AllocatorBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        const auto allocator
            = create<Allocator>(m_params.id, Json::object(), "bench allocator: " + m_params.id);
        const AllocationProblem problem = problemOf(m_params.layers, run);
        std::unique_ptr<const Frontier> frontier;
        const Timing solving = fastestOf(
            m_params.repeats, run, [&] { frontier = allocator->solve(problem, run.stopToken()); });
        const Timing answering = fastestOf(m_params.repeats, run, [&] {
            for (int i = 0; i < budgets; ++i) {
                Budget budget;
                budget.averageBits = 2.25 + 5.5 * i / budgets;
                static_cast<void>(frontier->at(budget));
            }
        });
        BenchMeasurement result = measured(budgets, "budgets", m_params.repeats, answering, 1);
        result.details["solve_seconds"] = solving.seconds;
        result.details["seconds_per_budget"] = answering.seconds / budgets;
        // An answer names a choice for each layer: reading and writing that is the least there is.
        result.bytes = static_cast<double>(budgets) * static_cast<double>(problem.layers.size())
            * (sizeof(AllocationCandidate) + sizeof(LayerChoice));
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, allocator, AllocatorBench);

} // namespace bitprism
