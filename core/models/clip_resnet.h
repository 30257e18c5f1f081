// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/clip_config.h"
#include "core/models/block_layers.h"
#include "core/models/forward_pass.h"

/// The ResNet tower of CLIP (d4c-clip.md 2.3). Every convolution has stride 1
/// but the stem's first: an average pool strides. Between blocks an image is
/// [samples, height x width, channels].
namespace bitprism::clip_resnet {

/// `images` [samples, 3, size, size], normalised.
at::Tensor stem(const TensorSource &source, const at::Tensor &images);

at::Tensor bottleneck(const BlockLayers &layers, const ClipConfig::Bottleneck &shape,
                      const at::Tensor &hidden);

/// Attention of the mean over all places, [samples, 1, projection].
at::Tensor attentionPool(const BlockLayers &layers, BlockId block, std::int64_t heads,
                         const at::Tensor &hidden);

} // namespace bitprism::clip_resnet
