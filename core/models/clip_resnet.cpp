// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/clip_resnet.h"

#include "core/models/convolution.h"

#include <cmath>

namespace bitprism::clip_resnet {

namespace {

constexpr double batchNormEpsilon = 1e-5;

/// [samples, places, channels] of a square image as [samples, channels, side,
/// side].
at::Tensor toImage(const at::Tensor &places)
{
    const auto side
        = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(places.size(1)))));
    return places.transpose(1, 2).reshape({places.size(0), places.size(2), side, side});
}

at::Tensor toPlaces(const at::Tensor &image) { return image.flatten(2).transpose(1, 2); }

/// Batch normalisation by its running statistics, as one scale and shift of the
/// last dimension.
at::Tensor normalised(const at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias,
                      const at::Tensor &mean, const at::Tensor &variance)
{
    const at::Tensor scale = weight * at::rsqrt(variance + batchNormEpsilon);
    return x * scale + (bias - mean * scale);
}

at::Tensor normalised(const BlockLayers &layers, const std::string &name, const at::Tensor &x)
{
    return normalised(x, layers.tensor(name + ".weight"), layers.tensor(name + ".bias"),
                      layers.tensor(name + ".running_mean"), layers.tensor(name + ".running_var"));
}

at::Tensor pooled(const at::Tensor &places, int stride)
{
    return stride == 1 ? places : toPlaces(at::avg_pool2d(toImage(places), stride));
}

} // namespace

at::Tensor stem(const TensorSource &source, const at::Tensor &images)
{
    at::Tensor image = images;
    for (int i = 1; i <= 3; ++i) {
        const std::string number = std::to_string(i);
        const std::string norm = "visual.bn" + number;
        const at::Tensor convolved = at::linear(convolution::patches2d(image, 3, i == 1 ? 2 : 1, 1),
                                                source.load("visual.conv" + number + ".weight"));
        image = toImage(at::relu(
            normalised(convolved, source.load(norm + ".weight"), source.load(norm + ".bias"),
                       source.load(norm + ".running_mean"), source.load(norm + ".running_var"))));
    }
    return toPlaces(at::avg_pool2d(image, 2));
}

at::Tensor bottleneck(const BlockLayers &layers, const ClipConfig::Bottleneck &shape,
                      const at::Tensor &hidden)
{
    at::Tensor x = at::relu(normalised(layers, "bn1", layers.apply("conv1", hidden)));
    const at::Tensor patches = convolution::patches2d(toImage(x), 3, 1, 1);
    x = at::relu(normalised(layers, "bn2", layers.apply("conv2", patches)));
    x = normalised(layers, "bn3", layers.apply("conv3", pooled(x, shape.stride)));
    const at::Tensor shortcut = shape.hasDownsample
        ? normalised(layers, "downsample.1",
                     layers.apply("downsample.0", pooled(hidden, shape.stride)))
        : hidden;
    return at::relu(x + shortcut);
}

at::Tensor attentionPool(const BlockLayers &layers, BlockId block, std::int64_t heads,
                         const at::Tensor &hidden)
{
    const at::Tensor tokens
        = at::cat({hidden.mean(1, true), hidden}, 1) + layers.tensor("positional_embedding");
    AttentionCall call;
    call.query = layers.operand(AttentionOperand::Query,
                                splitHeads(layers.apply("q_proj", tokens.narrow(1, 0, 1)), heads));
    call.key
        = layers.operand(AttentionOperand::Key, splitHeads(layers.apply("k_proj", tokens), heads));
    call.value = layers.operand(AttentionOperand::Value,
                                splitHeads(layers.apply("v_proj", tokens), heads));
    call.isCausal = false;
    call.block = block;
    call.hooks = layers.hooks();
    return layers.apply("c_proj", attend(call));
}

} // namespace bitprism::clip_resnet
