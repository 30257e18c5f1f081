// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/spending_params.h"

namespace bitprism {

void SpendingParams::visitMetric(ParamVisitor &v)
{
    v.choice("metric", metric,
             {{"automatic", BITPRISM_TR("Component", "The best one measured")},
              {"kl-divergence", BITPRISM_TR("Component", "KL divergence")},
              {"delta-nll", BITPRISM_TR("Component", "Change in loss, measured")},
              {"predicted-delta-nll", BITPRISM_TR("Component", "Change in loss, predicted")},
              {"output-mse", BITPRISM_TR("Component", "Error of the layer's output")},
              {"weight-mse", BITPRISM_TR("Component", "Error of the weights")}},
             {BITPRISM_TR("Component", "Metric"),
              BITPRISM_TR("Component", "The sensitivity whose sum is made small.")});
}

void SpendingParams::visitBudget(ParamVisitor &v)
{
    v.real("budget_bits", budgetBits, {0, 16},
           {BITPRISM_TR("Component", "Budget"),
            BITPRISM_TR("Component", "Average stored bits per weight; 0: given elsewhere."),
            "bit"});
}

Budget SpendingParams::budget() const
{
    Budget budget;
    if (budgetBits > 0) {
        budget.averageBits = budgetBits;
    }
    return budget;
}

} // namespace bitprism
