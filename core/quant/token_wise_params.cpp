// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/token_wise_params.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Two significant digits.
double roundedToTwo(double x)
{
    const double unit = std::pow(10, std::floor(std::log10(x)) - 1);
    return std::nearbyint(x / unit) * unit;
}

/// Share of tokens that the grid of candidates goes down by: published for 8, 6 and 4 bits, ours in
/// the middle between them for 7 and 5, and as for 4 below.
double searchedDepth(int bits)
{
    switch (bits) {
    case 8:
        return 0.1;
    case 7:
        return 0.2;
    case 6:
        return 0.3;
    case 5:
        return 0.6;
    default:
        return 0.9;
    }
}

} // namespace

void TokenWiseClippingParams::visit(ParamVisitor &v)
{
    grid.visit(v);
    v.flag("search", search,
           {BITPRISM_TR("Component", "Search"),
            BITPRISM_TR("Component",
                        "Finds the share of tokens kept by what the clipping does to the "
                        "network's output; otherwise the share below holds.")});
    v.real("kept", kept, {0.5, 1},
           {BITPRISM_TR("Component", "Share kept"),
            BITPRISM_TR("Component",
                        "Quantile of the tokens' extremes that every range reaches; 1: the "
                        "whole range, averaged over batches.")});
    v.enabledIf("search", "false");
    v.real("step", step, {0, 0.5},
           {BITPRISM_TR("Component", "Step of the share"),
            BITPRISM_TR("Component",
                        "Between the shares that are tried; 0: as published, from the tokens "
                        "of a batch, at most 0.01.")});
    v.enabledIf("search", "true");
    v.integer("batch", batch, {1, 65536},
              {BITPRISM_TR("Component", "Batch"),
               BITPRISM_TR("Component",
                           "Calibration samples whose tokens are ranked together; ranges are "
                           "averaged over batches."),
               "samples"});
    v.choice("distance", distance,
             {{"fitting", BITPRISM_TR("Component", "What fits the model")},
              {"squared-error", BITPRISM_TR("Component", "Squared error of the output")},
              {"divergence", BITPRISM_TR("Component", "KL divergence of the output")}},
             {BITPRISM_TR("Component", "Judged by"),
              BITPRISM_TR("Component",
                          "What is compared with the network that rounds nothing; fitting: the "
                          "divergence for language models, else the squared error.")});
    v.choice("weights", weights,
             {{"full", BITPRISM_TR("Component", "In full precision")},
              {"quantized", BITPRISM_TR("Component", "Quantized")}},
             {BITPRISM_TR("Component", "Weights meanwhile"),
              BITPRISM_TR("Component", "What the network computes with during the search.")});
    v.integer("epochs", epochs, {0, 1000},
              {BITPRISM_TR("Component", "Epochs of the fine stage"),
               BITPRISM_TR("Component",
                           "Passes that learn scales and zero points by gradient, from the "
                           "searched ranges on; what was best is kept.")});
    v.real("rate", rate, {1e-8, 1},
           {BITPRISM_TR("Component", "Learning rate"),
            BITPRISM_TR("Component", "Of the fine stage (Adam); it falls to zero as a cosine.")});
}

double TokenWiseClippingParams::shareStep(std::int64_t samples, std::int64_t length) const
{
    if (step > 0) {
        return step;
    }
    constexpr double publishedTokens = 4096; // of a batch of 32 texts of 128
    constexpr double publishedStep = 0.01;
    const auto together = std::min<std::int64_t>(batch, std::max<std::int64_t>(1, samples));
    const auto tokens = static_cast<double>(std::max<std::int64_t>(1, together * length));
    const double found
        = std::min(publishedStep, roundedToTwo(publishedStep * publishedTokens / tokens));
    return std::max(found, 1 / tokens);
}

double TokenWiseClippingParams::candidates(int bits, std::int64_t samples,
                                           std::int64_t length) const
{
    constexpr double slack = 1e-9; // 0.3 / 0.01 is a little less than 30
    return std::max(1.0, std::floor(searchedDepth(bits) / shareStep(samples, length) + slack));
}

} // namespace bitprism
