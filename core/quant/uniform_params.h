// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/kernels/uniform_quantizer.h"

#include <optional>
#include <string>

namespace bitprism {

/// The parameters that every uniform grid has, for the visit() of a params struct.
void visitBits(ParamVisitor &v, int &bits, int least);
void visitGroupSize(ParamVisitor &v, int &groupSize);
void visitSymmetric(ParamVisitor &v, bool &symmetric);
void visitScaleType(ParamVisitor &v, std::string &scaleType);

/// A grid whose rule belongs to the method: one for asymmetric, one for symmetric ranges.
struct FixedRuleParams
{
    int bits = 4;
    int groupSize = 128;
    bool symmetric = false;
    std::string scaleType = "f16";

    void visit(ParamVisitor &v);
    GridOptions gridOptions(int layerBits, RangeRule asymmetricRule, RangeRule symmetricRule) const;
};

/// Parameters of a uniform affine grid, shared by the weight quantizers
/// that round to one. Part of their params structs: call visit() and check() from theirs.
struct UniformParams
{
    int bits = 4;
    int groupSize = 128;
    bool symmetric = false;
    std::string rangeRule = "auto";
    std::string clipSearch = "none";
    std::string scaleType = "f16";

    void visit(ParamVisitor &v);
    std::optional<ParamProblem> check() const;
    /// The grid for a layer quantized at `layerBits`.
    GridOptions gridOptions(int layerBits) const;
    bool needsHessian() const { return clipSearch == clipSearchName(ClipSearch::Hessian); }
};

} // namespace bitprism
