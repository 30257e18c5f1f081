// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/tensor_math.h"

#include "core/base/cancellation.h"
#include "core/base/error.h"

#include <algorithm>

namespace bitprism::tensor_math {

namespace {

/// Multiplications of one product that cannot be interrupted: about 0.2 s on one core.
constexpr std::int64_t stripProducts = std::int64_t{1} << 33;

/// x W^T + bias, so many tokens at a time, looking for cancellation in between.
at::Tensor linearInStrips(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                          std::int64_t stripTokens)
{
    const at::Tensor rows = x.reshape({-1, x.size(-1)}); // [tokens, cols]
    const std::int64_t tokens = rows.size(0);
    at::Tensor result = at::empty({tokens, weight.size(0)}, x.options());
    for (std::int64_t first = 0; first < tokens; first += stripTokens) {
        throwIfWorkCancelled();
        const std::int64_t count = std::min(stripTokens, tokens - first);
        at::Tensor strip = result.narrow(0, first, count);
        const at::Tensor input = rows.narrow(0, first, count);
        if (bias.defined()) {
            at::addmm_out(strip, bias, input, weight.t());
        } else {
            at::mm_out(strip, input, weight.t());
        }
    }
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() = weight.size(0);
    return result.view(shape);
}

} // namespace

at::Tensor rmsNorm(const at::Tensor &x, const at::Tensor &gain, double epsilon)
{
    const at::Tensor inverse = (x * x).mean(-1, true).add_(epsilon).rsqrt_();
    at::Tensor normed = x * inverse;
    return normed.requires_grad() || gain.requires_grad() ? normed * gain : normed.mul_(gain);
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias)
{
    throwIfWorkCancelled();
    const std::int64_t stripTokens = std::max<std::int64_t>(1, stripProducts / weight.numel());
    const bool isGraphWanted = x.requires_grad() || weight.requires_grad();
    if (x.is_cpu() && !isGraphWanted && x.numel() / x.size(-1) > stripTokens) {
        return linearInStrips(x, weight, bias, stripTokens);
    }
    return bias.defined() ? at::linear(x, weight, bias) : at::linear(x, weight);
}

at::Tensor activation(const at::Tensor &x, std::string_view name)
{
    if (name == "relu") {
        return at::relu(x);
    }
    BITPRISM_ASSERT(name == "gelu" || name == "gelu_new", "descriptions know what runs");
    return at::gelu(x, name == "gelu_new" ? "tanh" : "none");
}

at::Tensor addInto(const at::Tensor &a, const at::Tensor &b)
{
    return a.requires_grad() || b.requires_grad() ? a + b : a.add_(b);
}

at::Tensor siluTimes(at::Tensor gate, const at::Tensor &up)
{
    return gate.requires_grad() || up.requires_grad() ? at::silu(gate) * up
                                                      : at::silu_(gate).mul_(up);
}

} // namespace bitprism::tensor_math
