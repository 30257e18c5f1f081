// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/kernels/uniform_quantizer.h"

#include <optional>
#include <string>

namespace bitprism {

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
