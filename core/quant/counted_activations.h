// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/static_activations.h"

#include <ATen/ATen.h>

#include <string>

namespace bitprism {

/// An activation quantizer whose ranges follow from how often values occur: for the whole input or
/// for each of its channels from counts in calibration, for each token from its own values.
class CountedActivationQuantizer : public StaticActivationQuantizer
{
public:
    CountedActivationQuantizer(const ActivationGridParams &grid, std::string granularity);

    StatisticsNeeds needs() const override;
    void fit(const LayerInfo &layer, const LayerStatistics &statistics) override;
    at::Tensor quantize(const at::Tensor &input, const LayerInfo &layer) const override;

    /// Lists the parameter `granularity`.
    static void visitGranularity(ParamVisitor &v, std::string &granularity);

protected:
    virtual ActivationRange rangeOfCounts(const MagnitudeCounts &counts) const = 0;
    /// `input` [..., cols] with a range for each row.
    virtual at::Tensor quantizeTokens(const at::Tensor &input) const = 0;

private:
    std::string m_granularity;
};

} // namespace bitprism
