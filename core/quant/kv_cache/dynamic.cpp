// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/kv_cache_quantizer.h"
#include "core/quant/signed_grid.h"

namespace bitprism {

namespace {

struct DynamicCacheParams
{
    int bits = 8;
    std::string keys = "token";
    std::string values = "token";
    int groupSize = 32;
    bool symmetric = false;

    void visit(ParamVisitor &v)
    {
        const std::vector<Choice> granularities{
            {"token", BITPRISM_TR("Component", "Per token")},
            {"channel", BITPRISM_TR("Component", "Per channel")}};
        v.integer(
            "bits", bits, {2, 8},
            {BITPRISM_TR("Component", "Bits"), BITPRISM_TR("Component", "Bits per code."), "bits"});
        v.choice("keys", keys, granularities,
                 {BITPRISM_TR("Component", "Keys"),
                  BITPRISM_TR("Component", "What shares a grid among a head's keys.")});
        v.choice("values", values, granularities,
                 {BITPRISM_TR("Component", "Values"),
                  BITPRISM_TR("Component", "What shares a grid among a head's values.")});
        v.integer("group_size", groupSize, {1, 4096},
                  {BITPRISM_TR("Component", "Tokens per group"),
                   BITPRISM_TR("Component",
                               "Consecutive tokens that share the grids of a channel; an "
                               "incomplete last group stays in full precision."),
                   "tokens"});
        v.flag("symmetric", symmetric,
               {BITPRISM_TR("Component", "Symmetric"),
                BITPRISM_TR("Component",
                            "Grids symmetric about zero; otherwise from the smallest to the "
                            "largest value, with a zero point.")});
    }
};

/// Grids of keys and values from themselves, for each head: one per token, or one per channel and
/// group of tokens, the last incomplete group left as it is until it fills.
class DynamicCache final : public KvCacheQuantizer
{
public:
    using Params = DynamicCacheParams;
    static ComponentInfo info()
    {
        return {Kind::kv_cache,
                "dynamic",
                BITPRISM_TR("Component", "Dynamic grids"),
                "Ashkboos et al., QuaRot, arXiv 2404.00456; per channel: Liu et al., KIVI, arXiv "
                "2402.02750",
                {}};
    }
    explicit DynamicCache(const Params &params)
        : m_params(params)
    {
    }

    int keyBits() const override { return m_params.bits; }
    int valueBits() const override { return m_params.bits; }
    double storedKeyBits(std::int64_t headSize, std::int64_t positions) const override
    {
        return storedBits(m_params.keys, headSize, positions);
    }
    double storedValueBits(std::int64_t headSize, std::int64_t positions) const override
    {
        return storedBits(m_params.values, headSize, positions);
    }
    at::Tensor quantizeKeys(const at::Tensor &keys) const override
    {
        return m_params.keys == "token" ? rounded(keys, -1) : byChannel(keys);
    }
    at::Tensor quantizeValues(const at::Tensor &values) const override
    {
        return m_params.values == "token" ? rounded(values, -1) : byChannel(values);
    }

private:
    double storedBits(const std::string &shared, std::int64_t headSize,
                      std::int64_t positions) const
    {
        constexpr double scaleBits = 16;
        const double grid = scaleBits + (m_params.symmetric ? 0 : m_params.bits);
        if (shared == "token") {
            return m_params.bits + (headSize > 0 ? grid / static_cast<double>(headSize) : 0);
        }
        const std::int64_t open = positions % m_params.groupSize;
        const double whole = positions > 0
            ? static_cast<double>(positions - open) / static_cast<double>(positions)
            : 0;
        constexpr double openBits = 16;
        return whole * (m_params.bits + grid / m_params.groupSize) + (1 - whole) * openBits;
    }

    /// One grid for each slice along `dimension`.
    at::Tensor rounded(const at::Tensor &x, std::int64_t dimension) const
    {
        if (m_params.symmetric) {
            return fakeQuantizeSigned(x, x.abs().amax(dimension, /*keepdim=*/true), m_params.bits);
        }
        return fakeQuantizeRange(x, x.amin(dimension, /*keepdim=*/true).clamp_max(0),
                                 x.amax(dimension, /*keepdim=*/true).clamp_min(0), m_params.bits);
    }

    at::Tensor byChannel(const at::Tensor &x) const // [samples, heads, length, head size]
    {
        const std::int64_t groups = x.size(2) / m_params.groupSize;
        if (groups == 0) {
            return x;
        }
        const std::int64_t whole = groups * m_params.groupSize;
        const at::Tensor grouped
            = x.narrow(2, 0, whole)
                  .reshape({x.size(0), x.size(1), groups, m_params.groupSize, x.size(3)});
        const at::Tensor done
            = rounded(grouped, 3).reshape({x.size(0), x.size(1), whole, x.size(3)});
        return whole == x.size(2) ? done
                                  : at::cat({done, x.narrow(2, whole, x.size(2) - whole)}, 2);
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(kv_cache, dynamic, DynamicCache);

} // namespace bitprism
