// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/shared/view.h"

#include <QString>

#include <map>
#include <string>

namespace bitprism {

/// What a recipe makes of layers, as a text that is equal for equal forms: its components with all
/// parameters, those that are not written at their defaults. Calibration, data, tasks and seed do
/// not count.
std::string quantizationOf(const Recipe &recipe);

/// Finds runs by what they made of the layers. Asked at every edit of the recipe, so it remembers
/// what it read.
class RecipeRuns
{
public:
    /// The newest finished run on the open model whose recipe quantizes as the window's own does,
    /// as far as recipes of runs are read already; the others are asked for. Empty: none.
    QString newestOf(const ViewContext &context);
    /// Once more components, and so their defaults, are known.
    void forget() { m_known.clear(); }

private:
    std::string known(const ViewContext &context, const std::string &run);

    std::map<std::string, std::string> m_known; ///< quantizationOf() by run
};

} // namespace bitprism
