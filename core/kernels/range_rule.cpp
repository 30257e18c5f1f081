// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/float16.h"
#include "core/base/parameters.h"
#include "core/kernels/grid_search.h"
#include "core/kernels/omni_limits.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace bitprism {

namespace {

constexpr float rangeFloor = 1e-5F; // AWQ, QuaRot and SmoothQuant: of the range or the maximum

template <typename Enum> struct Named
{
    Enum value;
    Choice choice;
};

const Named<RangeRule> rangeRules[] = {
    {RangeRule::GptqAsym, {"gptq-asym", BITPRISM_TR("Component", "Asymmetric with zero (GPTQ)")}},
    {RangeRule::GptqSym, {"gptq-sym", BITPRISM_TR("Component", "Symmetric (GPTQ)")}},
    {RangeRule::AwqAsym, {"awq-asym", BITPRISM_TR("Component", "Asymmetric (AWQ)")}},
    {RangeRule::OmniAsym, {"omni-asym", BITPRISM_TR("Component", "Asymmetric (OmniQuant)")}},
    {RangeRule::OmniSym, {"omni-sym", BITPRISM_TR("Component", "Symmetric (OmniQuant)")}},
    {RangeRule::QuarotSym, {"quarot-sym", BITPRISM_TR("Component", "Symmetric (QuaRot)")}},
    {RangeRule::SmoothQuant, {"smoothquant", BITPRISM_TR("Component", "Symmetric (SmoothQuant)")}},
};

const Named<ScaleType> scaleTypes[] = {
    {ScaleType::F16, {"f16", BITPRISM_TR("Component", "16-bit float")}},
    {ScaleType::Bf16, {"bf16", BITPRISM_TR("Component", "bfloat16")}},
    {ScaleType::F32, {"f32", BITPRISM_TR("Component", "32-bit float")}},
};

const Named<ClipSearch> clipSearches[] = {
    {ClipSearch::None, {"none", BITPRISM_TR("Component", "Full range")}},
    {ClipSearch::PowerNorm, {"power-norm", BITPRISM_TR("Component", "Least 2.4-norm error")}},
    {ClipSearch::MeanPowerNorm,
     {"mean-power-norm", BITPRISM_TR("Component", "Least mean 2.4-norm error")}},
    {ClipSearch::Hessian, {"hessian", BITPRISM_TR("Component", "Least output error")}},
};

template <typename Enum, std::size_t count>
std::string_view nameOf(const Named<Enum> (&table)[count], Enum value)
{
    for (const Named<Enum> &entry : table) {
        if (entry.value == value) {
            return entry.choice.value;
        }
    }
    BITPRISM_ASSERT(false, "every value stands in its table");
    return {};
}

template <typename Enum, std::size_t count>
Enum valueOf(const Named<Enum> (&table)[count], std::string_view name, std::string_view what)
{
    std::string known;
    for (const Named<Enum> &entry : table) {
        if (entry.choice.value == name) {
            return entry.value;
        }
        known += (known.empty() ? "" : ", ") + std::string(entry.choice.value);
    }
    throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "Unknown %1 \"%2\"; known are %3."), what,
                name, known);
}

template <typename Enum, std::size_t count>
std::vector<Choice> choicesOf(const Named<Enum> (&table)[count])
{
    std::vector<Choice> choices;
    for (const Named<Enum> &entry : table) {
        choices.push_back(entry.choice);
    }
    return choices;
}

float smallestScale(ScaleType type)
{
    switch (type) {
    case ScaleType::F16:
        return 0x1p-24F;
    case ScaleType::Bf16:
        return 0x1p-126F;
    case ScaleType::F32:
        break;
    }
    return 0x1p-126F; // subnormals lose digits and are slow
}

/// The scale a rule asks for, before it is rounded to its stored type.
float exactScale(float low, float high, const GridOptions &options)
{
    const auto maxCode = static_cast<float>((1 << options.bits) - 1);
    const auto maxMagnitude = static_cast<float>((1 << (options.bits - 1)) - 1);
    const float absMax = std::max(std::fabs(low), std::fabs(high));
    switch (options.rule) {
    case RangeRule::GptqAsym: {
        const float least = std::min(low, 0.0F);
        const float most = std::max(high, 0.0F);
        return (least == 0 && most == 0 ? 2.0F : most - least) / maxCode;
    }
    case RangeRule::GptqSym: {
        // A row without negative values spreads its codes over [0, max]; as published.
        const float least = low < 0 ? -absMax : 0.0F;
        return (absMax == 0 ? 2.0F : absMax - least) / maxCode;
    }
    case RangeRule::AwqAsym:
        return std::max(high - low, rangeFloor) / maxCode;
    case RangeRule::OmniAsym:
        return std::clamp((high - low) / maxCode, omni_limits::leastScale,
                          omni_limits::largestScale);
    case RangeRule::OmniSym:
        return std::clamp(absMax / maxMagnitude, omni_limits::leastScale,
                          omni_limits::largestScale);
    case RangeRule::QuarotSym:
    case RangeRule::SmoothQuant:
        break;
    }
    return std::max(absMax, rangeFloor) / maxMagnitude;
}

} // namespace

std::string_view rangeRuleName(RangeRule rule) { return nameOf(rangeRules, rule); }
std::string_view scaleTypeName(ScaleType type) { return nameOf(scaleTypes, type); }
std::string_view clipSearchName(ClipSearch clip) { return nameOf(clipSearches, clip); }

RangeRule rangeRuleFromName(std::string_view name)
{
    return valueOf(rangeRules, name, "range rule");
}
ScaleType scaleTypeFromName(std::string_view name)
{
    return valueOf(scaleTypes, name, "scale type");
}
ClipSearch clipSearchFromName(std::string_view name)
{
    return valueOf(clipSearches, name, "clip search");
}

std::vector<Choice> rangeRuleChoices() { return choicesOf(rangeRules); }
std::vector<Choice> scaleTypeChoices() { return choicesOf(scaleTypes); }
std::vector<Choice> clipSearchChoices() { return choicesOf(clipSearches); }

bool isSymmetric(RangeRule rule)
{
    return rule != RangeRule::GptqAsym && rule != RangeRule::AwqAsym && rule != RangeRule::OmniAsym;
}

int symmetricZeroPoint(RangeRule rule, int bits)
{
    BITPRISM_ASSERT(isSymmetric(rule), "asymmetric grids have zero points of their own");
    return (1 << (bits - 1)) - (rule == RangeRule::OmniSym ? 1 : 0);
}

int zeroPointBits(RangeRule rule, int bits)
{
    constexpr int wideBits = 16;
    if (isSymmetric(rule)) {
        return 0;
    }
    return rule == RangeRule::OmniAsym ? wideBits : bits;
}

float roundScale(float scale, ScaleType type)
{
    float rounded = scale;
    if (type == ScaleType::F16) {
        rounded = roundToHalf(scale);
    } else if (type == ScaleType::Bf16) {
        rounded = bfloat16ToFloat(floatToBfloat16(scale));
    }
    if (!std::isfinite(rounded)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Weights are too large for scales of type %1; use scale type f32 "
                                "or bf16."),
                    scaleTypeName(type));
    }
    return std::max(rounded, smallestScale(type));
}

Grid gridFromRange(float low, float high, const GridOptions &options)
{
    Grid grid;
    grid.scale = roundScale(exactScale(low, high, options), options.scaleType);
    if (isSymmetric(options.rule)) {
        grid.zeroPoint = static_cast<std::int16_t>(symmetricZeroPoint(options.rule, options.bits));
        return grid;
    }
    const float zeroPoint = detail::exactZeroPoint(low, grid.scale, options.rule);
    if (options.rule == RangeRule::GptqAsym && low >= 0 && high <= 0) {
        // All weights are zero: the range is [-1, 1] by definition.
        grid.zeroPoint = detail::clampZeroPoint(1.0F / grid.scale, options.rule, options.bits);
        return grid;
    }
    grid.zeroPoint = detail::clampZeroPoint(zeroPoint, options.rule, options.bits);
    return grid;
}

namespace detail {

float exactZeroPoint(float low, float scale, RangeRule rule)
{
    return -(rule == RangeRule::GptqAsym ? std::min(low, 0.0F) : low) / scale;
}

std::int16_t clampZeroPoint(float zeroPoint, RangeRule rule, int bits)
{
    const bool isWide = rule == RangeRule::OmniAsym;
    const float least = isWide ? -omni_limits::largestZeroPoint : 0.0F;
    const float most = isWide ? omni_limits::largestZeroPoint : static_cast<float>((1 << bits) - 1);
    return static_cast<std::int16_t>(std::clamp(std::nearbyint(zeroPoint), least, most));
}

void checkOptions(const GridOptions &options)
{
    const bool needsMagnitude = options.rule == RangeRule::OmniSym
        || options.rule == RangeRule::QuarotSym || options.rule == RangeRule::SmoothQuant;
    const int least = needsMagnitude ? 2 : 1;
    if (options.bits < least || options.bits > 8) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "Grids of rule %1 have %2 to 8 bits, not %3."),
                    rangeRuleName(options.rule), least, options.bits);
    }
    if (options.groupSize < 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The group size is %1; it cannot be negative."),
                    options.groupSize);
    }
}

} // namespace detail

} // namespace bitprism
