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

/// Probed pairs below this many standard errors count as zero (high-impact-ratio.md 8.2).
inline constexpr double defaultNoiseFactor = 2;

/// Adds the interactions of a matrix to the problem that its sensitivity table poses. A null
/// matrix, or one without pairs, adds nothing for "automatic" and "none", and is BadInput for
/// others, as is a matrix of other layers, and an unknown source. Candidates that the problem lacks
/// (a target ruled them out) are passed over.
void addInteractions(AllocationProblem &problem, const InteractionMatrix *matrix,
                     std::string_view source, double noiseFactor = defaultNoiseFactor);

} // namespace bitprism
