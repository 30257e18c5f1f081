// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/quant/activation_quantizer.h"
#include "core/quant/range_search.h"
#include "core/quant/signed_grid.h"

#include <ATen/ATen.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// Parameters that all activation quantizers share; call visit() from theirs.
struct ActivationGridParams
{
    int bits = 8;
    bool symmetric = true;
    std::string symmetricGrid{symmetricGrids::positive};
    bool shortcuts = false;
    bool attention = false;

    void visit(ParamVisitor &v);
    /// Of the symmetric grid.
    SymmetricCodes codes() const { return symmetricCodes(bits, symmetricGrid); }
};

/// What shares a grid of activations: the values of the parameter `granularity`.
namespace granularities {
inline constexpr std::string_view tensor = "tensor"; ///< all of a layer's input
inline constexpr std::string_view channel = "channel"; ///< an input channel, for all tokens
inline constexpr std::string_view token = "token"; ///< a token; found while the model runs
} // namespace granularities

/// An activation quantizer whose grids are fixed by calibration: the rounding and the state are
/// here, where the range comes from is the subclass's.
class StaticActivationQuantizer : public ActivationQuantizer
{
public:
    explicit StaticActivationQuantizer(const ActivationGridParams &grid)
        : m_grid(grid)
    {
    }

    int bits() const override { return m_grid.bits; }
    bool quantizesShortcuts() const override { return m_grid.shortcuts; }
    bool quantizesAttention() const override { return m_grid.attention; }
    at::Tensor quantize(const at::Tensor &input, const LayerInfo &layer) const override;
    /// {GRID: {"low": [...], "high": [...]}}: one number per tensor, or one per channel.
    Json state() const override;
    void restore(const Json &state) override;

protected:
    const ActivationGridParams &grid() const { return m_grid; }
    /// What the grid of a layer is kept under.
    virtual std::string gridName(const LayerInfo &layer) const { return layer.name; }
    void setRange(const LayerInfo &layer, std::vector<double> low, std::vector<double> high);
    /// `input` on the grids that reach from `low` (at most 0) to `high` (at least 0), which
    /// broadcast against it.
    at::Tensor roundTo(const at::Tensor &input, const at::Tensor &low,
                       const at::Tensor &high) const;
    /// Of a grid per tensor.
    ActivationRange rangeOf(const LayerInfo &layer) const;

private:
    struct Ends
    {
        std::vector<double> low; ///< [1] or [cols], at most 0
        std::vector<double> high; ///< as low, at least 0
    };
    ActivationGridParams m_grid;
    std::map<std::string, Ends> m_ranges; ///< by gridName()
};

} // namespace bitprism
