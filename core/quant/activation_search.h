// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/quant/activation_quantizer.h"

#include <ATen/ATen.h>

#include <cstddef>
#include <functional>

namespace bitprism {

/// How far outputs are from those of the network that rounds nothing.
enum class OutputDistance
{
    SquaredError, ///< mean over all numbers of the output
    Divergence ///< Kullback-Leibler, mean over positions: of networks that give distributions
};

/// One layer's input in one calibration sample.
struct SeenInput
{
    const LayerInfo &layer;
    std::size_t sample;
    const at::Tensor &rows; ///< [tokens, cols], padding left out
    bool hasTokens; ///< false where the rows are no tokens (one pooled vector per text)
};

/// What an activation quantizer may ask of the network while it searches for its grids: what enters
/// the layers, and what its grids do to the output. Samples count from 0.
class ActivationSearch
{
public:
    virtual ~ActivationSearch() = default;

    virtual std::size_t samples() const = 0;
    /// Of the longest sample, in tokens.
    virtual std::int64_t length() const = 0;
    /// The distance that suits what the network's output means.
    virtual OutputDistance fittingDistance() const = 0;
    /// Runs the network, nothing rounded, and shows every quantized layer's input, sample by
    /// sample within a block; of layers that share their input, the first one's.
    virtual void observe(const std::function<void(const SeenInput &)> &look) = 0;
    /// The distance with activations rounded by `quantizer`, for each sample: the sum, and the
    /// count to divide it by.
    struct Distance
    {
        double sum = 0;
        double count = 0;
    };
    virtual std::vector<Distance> distances(const ActivationQuantizer &quantizer,
                                            OutputDistance distance)
        = 0;
    /// The mean distance of samples [first, first + count), whose gradients are left with what
    /// quantizer.quantize() reads and wants some.
    virtual double backward(const ActivationQuantizer &quantizer, OutputDistance distance,
                            std::size_t first, std::size_t count)
        = 0;
    virtual JobContext &context() = 0;
};

/// Layers that are fed by one tensor share a grid: the name they share.
std::string siteOf(const LayerInfo &layer);

} // namespace bitprism
