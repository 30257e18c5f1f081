// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/uniform_params.h"

namespace bitprism {

namespace {

constexpr std::string_view automatic = "auto";

bool hasSignedCodes(RangeRule rule)
{
    return rule == RangeRule::OmniSym || rule == RangeRule::QuarotSym
        || rule == RangeRule::SmoothQuant;
}

RangeRule resolvedRule(const UniformParams &params)
{
    if (params.rangeRule == automatic) {
        return params.symmetric ? RangeRule::GptqSym : RangeRule::GptqAsym;
    }
    return rangeRuleFromName(params.rangeRule);
}

} // namespace

void visitBits(ParamVisitor &v, int &bits, int least)
{
    v.integer(
        "bits", bits, {least, 8},
        {BITPRISM_TR("Component", "Bits"), BITPRISM_TR("Component", "Bits per code."), "bits"});
}

void visitGroupSize(ParamVisitor &v, int &groupSize)
{
    v.integer("group_size", groupSize, {0, 65536},
              {BITPRISM_TR("Component", "Group size"),
               BITPRISM_TR("Component", "Input columns that share one grid; 0: the whole row."),
               "columns"});
}

void visitSymmetric(ParamVisitor &v, bool &symmetric)
{
    v.flag("symmetric", symmetric,
           {BITPRISM_TR("Component", "Symmetric"),
            BITPRISM_TR("Component",
                        "Ranges symmetric about zero, so that no zero point is stored.")});
}

void visitScaleType(ParamVisitor &v, std::string &scaleType)
{
    v.choice("scale_type", scaleType, scaleTypeChoices(),
             {BITPRISM_TR("Component", "Scale type"),
              BITPRISM_TR("Component", "Type that scales are stored in.")});
}

void FixedRuleParams::visit(ParamVisitor &v)
{
    visitBits(v, bits, 2);
    visitGroupSize(v, groupSize);
    visitSymmetric(v, symmetric);
    visitScaleType(v, scaleType);
}

GridOptions FixedRuleParams::gridOptions(int layerBits, RangeRule asymmetricRule,
                                         RangeRule symmetricRule) const
{
    GridOptions options;
    options.bits = layerBits;
    options.rule = symmetric ? symmetricRule : asymmetricRule;
    options.granularity = groupSize == 0 ? Granularity::PerRow : Granularity::Group;
    options.groupSize = groupSize;
    options.scaleType = scaleTypeFromName(scaleType);
    return options;
}

void UniformParams::visit(ParamVisitor &v)
{
    std::vector<Choice> rules = rangeRuleChoices();
    rules.insert(rules.begin(), {automatic, BITPRISM_TR("Component", "Automatic")});
    visitBits(v, bits, 1);
    visitGroupSize(v, groupSize);
    visitSymmetric(v, symmetric);
    v.enabledIf("range_rule", automatic);
    v.choice("range_rule", rangeRule, rules,
             {BITPRISM_TR("Component", "Range rule"),
              BITPRISM_TR("Component",
                          "How a grid follows from the range of its weights; automatic: GPTQ's.")});
    v.choice("clip_search", clipSearch, clipSearchChoices(),
             {BITPRISM_TR("Component", "Clip search"),
              BITPRISM_TR("Component", "Search for a shrunken range that loses less.")});
    visitScaleType(v, scaleType);
}

std::optional<ParamProblem> UniformParams::check() const
{
    const RangeRule rule = resolvedRule(*this);
    if (symmetric && !isSymmetric(rule)) {
        return ParamProblem{
            "symmetric",
            BITPRISM_TR("Component",
                        "the range rule %1 is asymmetric; leave the rule at auto or "
                        "switch symmetric off"),
            {rangeRule}};
    }
    if (bits < 2 && hasSignedCodes(rule)) {
        return ParamProblem{"bits",
                            BITPRISM_TR("Component", "the range rule %1 needs 2 bits at least"),
                            {rangeRule}};
    }
    return std::nullopt;
}

GridOptions UniformParams::gridOptions(int layerBits) const
{
    GridOptions options;
    options.bits = layerBits;
    options.rule = resolvedRule(*this);
    options.granularity = groupSize == 0 ? Granularity::PerRow : Granularity::Group;
    options.groupSize = groupSize;
    options.scaleType = scaleTypeFromName(scaleType);
    options.clip = clipSearchFromName(clipSearch);
    return options;
}

} // namespace bitprism
