// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "core/results/outlier_table.h"

#include <optional>
#include <vector>

namespace bitprism {

/// The values that a recipe's activation quantizer can give to a layer's input, as far as the
/// stored statistics tell.
struct ActivationGrid
{
    enum class Basis
    {
        Range, ///< of the whole calibration set
        TypicalToken, ///< of the token whose largest magnitude is the median
        AtMost ///< the range's; narrower ones are searched, or belong to channels, when it runs
    };

    double low = 0;
    double high = 0;
    int bits = 0;
    int steps = 0; ///< from low to high; 0: as many as the bits give
    Basis basis = Basis::Range;

    /// The grid's values, rising, from low to high: 2^bits, or one less on a narrow grid.
    std::vector<double> values() const;
};

/// Nothing where the recipe leaves activations alone, or the table is of weights.
std::optional<ActivationGrid> activationGrid(const ComponentChoice &activations,
                                             const LayerOutliers &layer);

} // namespace bitprism
