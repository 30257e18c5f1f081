// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/tensor_math.h"

#include "core/base/error.h"

namespace bitprism::tensor_math {

at::Tensor rmsNorm(const at::Tensor &x, const at::Tensor &gain, double epsilon)
{
    const at::Tensor inverse = (x * x).mean(-1, true).add_(epsilon).rsqrt_();
    at::Tensor normed = x * inverse;
    return normed.requires_grad() || gain.requires_grad() ? normed * gain : normed.mul_(gain);
}

at::Tensor linear(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias)
{
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

at::Tensor addInto(at::Tensor a, const at::Tensor &b)
{
    return a.requires_grad() || b.requires_grad() ? a + b : a.add_(b);
}

at::Tensor siluTimes(at::Tensor gate, const at::Tensor &up)
{
    return gate.requires_grad() || up.requires_grad() ? at::silu(gate) * up
                                                      : at::silu_(gate).mul_(up);
}

} // namespace bitprism::tensor_math
