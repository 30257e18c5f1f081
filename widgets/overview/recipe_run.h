// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/shared/view.h"

#include <QString>

namespace bitprism {

/// Whether both make layers of the same form: the same components with the same parameters, those
/// that are not written at their defaults. Calibration, data, tasks and seed do not count.
bool isSameQuantization(const Recipe &a, const Recipe &b);

/// The newest finished run on the open model whose recipe quantizes as the window's own does, as
/// far as recipes of runs are read already; the others are asked for. Empty: none.
QString runOfRecipe(const ViewContext &context);

} // namespace bitprism
