// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_problem.h"
#include "core/alloc/allocator.h"
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

/// An allocator whose parameters are SpendingParams and more: metric and budget are theirs.
template <typename Params> class SpendingAllocator : public Allocator
{
public:
    std::string damageMetric() const final { return m_params.metric; }
    Budget budget() const final { return m_params.budget(); }

protected:
    explicit SpendingAllocator(const Params &params)
        : m_params(params)
    {
    }

    Params m_params;
};

} // namespace bitprism
