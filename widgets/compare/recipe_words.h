// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

namespace bitprism {

/// A key of recipes in words: "weights.bits" is "Weights: Bits", "transforms.0.alpha" is
/// "Transform 1: Strength". The names of parameters are those of the components that `recipe`, JSON
/// text, chooses, or else those of `other`; a key that nothing is known of stays as it is.
QString recipeKeyText(const std::string &key, const std::string &recipe,
                      const std::string &other = {});

/// Its value in words: JSON text as recipes have it; empty: not there.
QString recipeValueText(const std::string &key, const std::string &value,
                        const std::string &recipe);

} // namespace bitprism
