// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/json_reader.h"
#include "core/recipe/recipe.h"
#include "tests/fuzz/support.h"

#include <nlohmann/json.hpp>

using namespace bitprism;

/// An accepted recipe is written and read back to the same one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    fuzz::expectErrorOrSuccess([&] {
        const Json json = io::parseJson(fuzz::asText(data, size), "recipe.json");
        Recipe recipe = Recipe::fromJson(json, "recipe.json");
        recipe.validate();
        const Json again = io::parseJson(recipe.toFileText(), "again.json");
        BITPRISM_ASSERT(Recipe::fromJson(again, "again.json") == recipe, "recipes survive files");
    });
    return 0;
}
