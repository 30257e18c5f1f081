// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/interaction_terms.h"

#include "core/alloc/scale_prior.h"
#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

namespace bitprism {

namespace {

/// Where a candidate of the matrix stands in the problem.
struct Place
{
    std::size_t layer = 0;
    std::optional<std::size_t> candidate; ///< nothing: a target ruled it out
};

std::vector<Place> placesOf(const AllocationProblem &problem, const InteractionMatrix &matrix)
{
    std::map<std::string_view, std::size_t> layers;
    for (std::size_t i = 0; i < problem.layers.size(); ++i) {
        layers[problem.layers[i].name] = i;
    }
    std::vector<Place> places;
    for (const ProbedCandidate &probed : matrix.candidates) {
        const auto layer = layers.find(probed.layer);
        if (layer == layers.end()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The interactions name layer %1, which the sensitivities lack; "
                                    "measure both again."),
                        probed.layer);
        }
        Place &place = places.emplace_back(Place{layer->second, std::nullopt});
        const auto &candidates = problem.layers[place.layer].candidates;
        for (std::size_t c = 0; c < candidates.size(); ++c) {
            if (candidates[c].bits == probed.bits && candidates[c].ratio == probed.ratio) {
                place.candidate = c;
            }
        }
    }
    return places;
}

/// The tables of pairs of layers, made as they are needed.
class Terms
{
public:
    Terms(AllocationProblem &problem, std::vector<Place> places)
        : m_problem(problem)
        , m_places(std::move(places))
    {
    }

    void set(std::size_t i, std::size_t j, double value, double variance = 0)
    {
        Place first = m_places[i];
        Place second = m_places[j];
        if (first.layer == second.layer || !first.candidate || !second.candidate) {
            return; // one candidate of a layer excludes the others
        }
        if (first.layer > second.layer) {
            std::swap(first, second);
        }
        const std::size_t cols = m_problem.layers[second.layer].candidates.size();
        const auto [found, isNew]
            = m_tables.emplace(std::pair(first.layer, second.layer), m_problem.interactions.size());
        if (isNew) {
            const std::size_t rows = m_problem.layers[first.layer].candidates.size();
            m_problem.interactions.push_back({first.layer, second.layer,
                                              std::vector<double>(rows * cols, 0),
                                              std::vector<double>(rows * cols, 0)});
        }
        LayerInteraction &table = m_problem.interactions[found->second];
        const std::size_t cell = *first.candidate * cols + *second.candidate;
        table.values[cell] = value;
        table.variances[cell] = variance;
    }

private:
    AllocationProblem &m_problem;
    std::vector<Place> m_places;
    std::map<std::pair<std::size_t, std::size_t>, std::size_t> m_tables;
};

/// A pair is as large as its layers' own changes let it be: at most their geometric mean, where the
/// loss is quadratic (Cauchy and Schwarz).
ScaledProbe probeOf(const InteractionMatrix &matrix, const ProbedPair &pair)
{
    const auto change
        = [&](std::size_t i) { return std::max(0.0, matrix.candidates[i].omega.value_or(0)); };
    return {pair.value, pair.standardError.value_or(0),
            std::sqrt(change(pair.first) * change(pair.second))};
}

/// Nothing where there are too few pairs to learn it from, or they have no standard errors.
std::optional<ScalePrior> learnPairPrior(const InteractionMatrix &matrix)
{
    constexpr std::size_t leastPairs = 64; // most drown in noise: they say less than single layers
    constexpr double leastScatter = 0.05;
    std::vector<ScaledProbe> probes;
    for (const ProbedPair &pair : matrix.pairs) {
        const ScaledProbe probe = probeOf(matrix, pair);
        if (probe.error > 0 && probe.scale > 0) {
            probes.push_back(probe);
        }
    }
    return probes.size() < leastPairs ? std::nullopt : learnScalePrior(probes, leastScatter);
}

bool isKnown(std::string_view source)
{
    return std::find(std::begin(interactionSources), std::end(interactionSources), source)
        != std::end(interactionSources);
}

} // namespace

void addInteractions(AllocationProblem &problem, const InteractionMatrix *matrix,
                     std::string_view source)
{
    constexpr double noiseFactor = 2; // standard errors
    if (!isKnown(source)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "Unknown source of interactions \"%1\"."), source);
    }
    const bool hasPairs = matrix != nullptr && !matrix->pairs.empty();
    const bool hasFisher = matrix != nullptr && !matrix->fisher.empty();
    if (source == "none" || (source == "automatic" && !hasPairs)) {
        return;
    }
    const bool isMissing = (source == "fisher" && !hasFisher) || (source == "measured" && !hasPairs)
        || (source == "combined" && !(hasPairs && hasFisher));
    if (isMissing) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The sensitivity run holds no interactions of the source %1; run "
                                "sensitivity with --interactions block (or fisher, full)."),
                    source);
    }
    Terms terms(problem, placesOf(problem, *matrix));
    if (source == "fisher" || source == "combined") {
        for (std::size_t i = 0; i < matrix->candidates.size(); ++i) {
            for (std::size_t j = i + 1; j < matrix->candidates.size(); ++j) {
                terms.set(i, j, matrix->fisherValue(i, j));
            }
        }
    }
    if (source == "fisher") {
        return;
    }
    const std::optional<ScalePrior> prior = learnPairPrior(*matrix);
    for (const ProbedPair &pair : matrix->pairs) {
        const double error = pair.standardError.value_or(0);
        if (prior && error > 0) {
            const ScalePrior::Posterior posterior = prior->of(probeOf(*matrix, pair));
            terms.set(pair.first, pair.second, posterior.mean, posterior.variance);
            continue;
        }
        const bool isNoise = std::fabs(pair.value) < noiseFactor * error;
        // The projection is no better where the measured pair drowns in noise.
        terms.set(pair.first, pair.second, isNoise ? 0 : pair.value, isNoise ? 0 : error * error);
    }
}

} // namespace bitprism
