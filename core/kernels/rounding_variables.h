// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/matrix_view.h"
#include "core/kernels/uniform_quantizer.h"

#include <cstdint>
#include <vector>

namespace bitprism {

/// AdaRound's variables of one layer (Nagel et al., arXiv 2004.10568; schedule as in BRECQ's code):
/// each weight is scale * (clamp(floor(w / scale) + h(V) + zeroPoint, 0, maxCode) - zeroPoint) with
/// h(V) = clamp(1.2 sigmoid(V) - 0.1, 0, 1), between the two codes next to it on grids fixed
/// beforehand. At the start h(V) is the fraction of w / scale: the soft weights are the weights
/// themselves inside the grid's range, and hardening them rounds to nearest. Who owns the loss
/// gives its gradient with respect to the soft weights; the chain to V and Adam are here. Same
/// result for any thread count. Holds five floats a weight.
class RoundingVariables
{
public:
    /// `weights` [rows, cols], finite.
    RoundingVariables(MatrixView<const float> weights, GridSet grids);

    const GridSet &grids() const { return m_grids; }
    /// Fills `result` [rows, cols].
    void softWeights(MatrixView<float> result) const;
    /// One step of Adam (betas 0.9 and 0.999) on the loss whose gradient with respect to the soft
    /// weights is `gradient` [rows, cols], plus lambda sum (1 - |2h - 1|^beta), which drives h to
    /// 0 or 1; lambda 0: without.
    void step(MatrixView<const float> gradient, double learningRate, double lambda, double beta);
    /// Share of weights whose h(V) is 0 or 1 exactly.
    double settledShare() const;
    /// V >= 0 rounds up; [rows, cols].
    std::vector<std::uint8_t> codes() const;

private:
    template <typename Body> void forWeights(const Body &body) const;

    GridSet m_grids;
    std::vector<float> m_floors; ///< floor(w / scale) + zeroPoint, a whole number
    std::vector<float> m_variables; ///< V
    std::vector<float> m_means; ///< Adam's moments
    std::vector<float> m_squares;
    double m_meanDecay = 1; ///< 0.9^steps, for the moments' start at zero
    double m_squareDecay = 1;
};

/// AdaRound's regulariser over a training of `steps` (BRECQ's code): none during the warm-up, then
/// `lambda` with an exponent that falls linearly.
struct RoundingSchedule
{
    int steps = 0;
    double lambda = 0;
    double betaStart = 20;
    double betaEnd = 2;
    double warmUp = 0.2; ///< share of the steps

    struct Regulariser
    {
        double lambda = 0;
        double beta = 0;
    };
    Regulariser at(int step) const;
};

} // namespace bitprism
