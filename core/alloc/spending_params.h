// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_problem.h"
#include "core/base/parameters.h"

#include <string>

namespace bitprism {

/// Parameters that allocators share; call the visiting functions from theirs.
struct SpendingParams
{
    std::string metric = "automatic"; ///< one of damageMetrics
    double budgetBits = 0; ///< average stored bits per weight; 0: given elsewhere

    void visitMetric(ParamVisitor &v);
    void visitBudget(ParamVisitor &v);
    Budget budget() const;
};

} // namespace bitprism
