// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_problem.h"
#include "core/results/interaction_matrix.h"

#include <string_view>

namespace bitprism {

/// Where a problem's interactions come from: nowhere; the pairs that were probed; the Fisher
/// projection; the probed pairs, and the projection for all others; "automatic" is the probed pairs
/// where there are any.
inline constexpr std::string_view interactionSources[]
    = {"automatic", "none", "measured", "fisher", "combined"};

/// Adds the interactions of a matrix to the problem that its sensitivity table poses. A null
/// matrix, or one without pairs, adds nothing for "automatic" and "none", and is BadInput for
/// others, as is a matrix of other layers, and an unknown source. Candidates that the problem lacks
/// (a target ruled them out) are passed over.
///
/// Probed pairs are noisier than single layers, as differences of nearly equal numbers, and who
/// keeps the large ones alone keeps the lucky ones. So each is drawn towards what its two layers'
/// own changes say of it, by as much as its error makes it doubtful, as single layers are towards
/// their divergence (lossEstimates()). The rule of high-impact-ratio.md 8.2, which sets pairs below
/// two standard errors to zero, stays where there are too few pairs to learn from. On stories260k
/// (2/4 bits, group 32, the cost of a uniform 0.10, 1,680 pairs of which 1,146 lay below two
/// standard errors) the ratios chosen so lost 1.550 nats and those of the rule 1.600, 0.049 +-
/// 0.006 apart.
void addInteractions(AllocationProblem &problem, const InteractionMatrix *matrix,
                     std::string_view source);

} // namespace bitprism
