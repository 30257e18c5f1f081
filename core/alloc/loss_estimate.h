// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/uncertainty.h"
#include "core/results/sensitivity_table.h"

#include <optional>
#include <vector>

namespace bitprism {

/// What a probe says about the change of the loss, once chance is taken out of it.
struct LossEstimate
{
    std::optional<double> change; ///< nats per token, never below zero; absent: not probed
    Uncertainty uncertainty; ///< unknown where the probes have no standard errors
};

/// Estimates for all cells of a table, in their order.
///
/// A measured change of the loss is noise where it is small, and who picks the least of many takes
/// the luckiest (the winner's curse): sums of such picks fall below zero, though quantizing makes
/// nothing better. So each measurement x, of standard error s, is drawn towards what the cell's KL
/// divergence k says, of which the same tokens tell far more: that the change lies near c k, with
/// the standard deviation r k. The mean of the normal posterior is
///     (r^2 k^2 x + s^2 c k) / (r^2 k^2 + s^2),  of variance  r^2 k^2 s^2 / (r^2 k^2 + s^2),
/// besides the error of c, which all cells share. It favours nobody, however often it is picked
/// from. c and r are learned from the cells themselves (core/alloc/scale_prior.h); where the
/// divergence says nothing, r comes out large and the measurements stay as they are. Measurements
/// far above their noise do so anyway.
///
/// Where c and r cannot be learned (no divergences, no standard errors, too few cells) the
/// measurement stands, and so does the gradients' prediction where nothing was measured. What is
/// below zero then counts as zero: to lose nothing is the most that can be hoped for.
/// (high-impact-ratio.md 8.1 keeps what is below zero: so does the table, whence it is shown.)
///
/// The layers' own parts count as independent. They are measured on the same tokens, which could
/// tie them together; over the windows of tiny-llama (42 layers, 2 to 8 bits) and stories260k (35
/// layers, ratios 0 to 1) the mean correlation of two layers was between -0.02 and 0.05, which
/// makes the standard error of a sum of all layers 0.75 to 1.55 times what independence gives.
std::vector<LossEstimate> lossEstimates(const SensitivityTable &table);

} // namespace bitprism
