// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocator.h"
#include "core/base/random.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace bitprism::test {

/// Layers "layer 0", ... with widths 2, 3, 4, 8 and random sizes. Convex: each further bit avoids
/// less damage than the one before; otherwise damages are random, now and then rising with bits.
inline AllocationProblem randomProblem(std::size_t layers, bool isConvex, std::uint64_t seed)
{
    Random random(seed, "allocation");
    AllocationProblem problem;
    problem.fixedBytes = 1000;
    for (std::size_t i = 0; i < layers; ++i) {
        AllocationLayer &layer = problem.layers.emplace_back();
        layer.name = "layer " + std::to_string(i);
        layer.weights = 64 * static_cast<std::int64_t>(1 + random.below(20));
        const double sensitivity = std::exp(2 * random.normal());
        for (const int bits : {2, 3, 4, 8}) {
            AllocationCandidate &candidate = layer.candidates.emplace_back();
            candidate.bits = bits;
            candidate.storageBits = layer.weights * bits + layer.weights / 4;
            candidate.bitOperations = static_cast<double>(layer.weights * bits);
            candidate.ioBytes = candidate.storageBits / 8;
            candidate.damage = isConvex ? sensitivity * std::pow(4.0, -bits)
                                        : sensitivity * (random.uniform() + 1.0 / bits);
            candidate.deltaNll = 2 * candidate.damage;
        }
    }
    return problem;
}

inline std::unique_ptr<const Frontier> solved(const std::string &allocator,
                                              const AllocationProblem &problem,
                                              const Json &params = Json::object())
{
    return create<Allocator>(allocator, params, "test")->solve(problem);
}

inline Budget averageBits(double bits)
{
    Budget budget;
    budget.averageBits = bits;
    return budget;
}

/// What an allocation's choices use and cost, from the problem itself.
struct Reached
{
    double averageBits = 0;
    std::int64_t bytes = 0;
    double damage = 0;
    double bitOperations = 0;
    std::int64_t ioBytes = 0;
};

inline Reached reached(const AllocationProblem &problem, const Allocation &allocation)
{
    Reached sum;
    sum.bytes = problem.fixedBytes;
    double storage = 0;
    double weights = 0;
    for (std::size_t i = 0; i < problem.layers.size(); ++i) {
        const AllocationLayer &layer = problem.layers[i];
        for (const AllocationCandidate &candidate : layer.candidates) {
            const LayerChoice &choice = allocation.layers.at(i);
            if (choice.layer == layer.name && choice.bits == candidate.bits
                && choice.ratio == candidate.ratio) {
                storage += static_cast<double>(candidate.storageBits);
                weights += static_cast<double>(layer.weights);
                sum.bytes += (candidate.storageBits + 7) / 8;
                sum.damage += candidate.damage;
                sum.bitOperations += candidate.bitOperations;
                sum.ioBytes += candidate.ioBytes;
            }
        }
    }
    sum.averageBits = storage / weights;
    return sum;
}

/// The least damage of all combinations within `bits` on average; infinite where none is.
inline double leastDamage(const AllocationProblem &problem, double bits)
{
    double weights = 0;
    std::size_t combinations = 1;
    for (const AllocationLayer &layer : problem.layers) {
        weights += static_cast<double>(layer.weights);
        combinations *= layer.candidates.size();
    }
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t combination = 0; combination < combinations; ++combination) {
        std::size_t rest = combination;
        double storage = 0;
        double damage = 0;
        for (const AllocationLayer &layer : problem.layers) {
            const AllocationCandidate &candidate = layer.candidates[rest % layer.candidates.size()];
            rest /= layer.candidates.size();
            storage += static_cast<double>(candidate.storageBits);
            damage += candidate.damage;
        }
        if (storage <= bits * weights * (1 + 1e-12)) {
            least = std::min(least, damage);
        }
    }
    return least;
}

} // namespace bitprism::test
