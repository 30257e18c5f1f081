// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/recipe.h"

#include "core/io/json_reader.h"
#include "core/recipe/recipe_json.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

constexpr std::size_t maxRecipeBytes = std::size_t{16} << 20;

} // namespace

Json ComponentChoice::parameters() const { return Json::parse(params); }

Json ComponentChoice::toJson() const
{
    Json json = parameters();
    json["id"] = id;
    return json;
}

Json CalibrationChoice::samplerParameters() const
{
    Json json = sampler.parameters();
    if (recipe_json::hasParameter(Kind::sampler, sampler.id, "samples")) {
        json["samples"] = samples;
    }
    if (recipe_json::hasParameter(Kind::sampler, sampler.id, "length")) {
        json["length"] = length;
    }
    return json;
}

std::string Recipe::textOf(const Recipe &recipe, int indent)
{
    return recipe.toJson().dump(indent, ' ', false, Json::error_handler_t::replace);
}

void Recipe::validate(std::string_view where) { recipe_json::checkComponents(*this, where, true); }

Recipe readRecipe(const std::filesystem::path &file)
{
    const io::JsonLimits limits{maxRecipeBytes, 32};
    return Recipe::fromJson(io::readJsonFile(file, limits), file.string());
}

bool globMatches(std::string_view pattern, std::string_view name)
{
    // Greedy with one point to return to, the last star: linear in practice, never exponential.
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
            // One character of UTF-8 may be several bytes.
            do {
                ++n;
            } while (pattern[p] == '?' && n < name.size()
                     && (static_cast<unsigned char>(name[n]) & 0xC0) == 0x80);
            ++p;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

} // namespace bitprism
